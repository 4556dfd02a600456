import type { Steps } from '../engine/contracts.ts';
import { converter } from '../engine/convert.ts';
import { notSupported } from '../engine/sql-error.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import type * as ast from '../parser/ast.ts';
import { createTableVariable } from './ddl/create-table.ts';
import { undeclared } from './declarations.ts';
import { compiling } from './errors.ts';
import { evaluate } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { resolveDeclaredType } from './resolve-type.ts';
import type { SessionState } from './session-state.ts';
import { newTypedTable, tableTypeOf } from './table-types.ts';

const NOT_FOR_VARIABLES = ['text', 'ntext', 'image'];

/** DECLARE in a loop declares once; its initial values are set each time. */
export function* declareVariables(session: SessionState, frame: Frame, statement: ast.Declare): Steps {
  for (const variable of statement.variables) {
    declareVariable(session, frame, variable);
    if (variable.kind === 'scalar' && variable.value)
      yield* assign(session, frame, statement, variable.name, variable.value);
  }
}

function declareVariable(session: SessionState, frame: Frame, variable: ast.DeclaredVariable): void {
  if (variable.kind === 'table') {
    if (frame.tableVariables.has(variable.name.toLowerCase())) return;
    const table = compiling(() => createTableVariable(session, frame, variable.name, variable.table));
    frame.tableVariables.set(variable.name.toLowerCase(), table);
    return;
  }
  const tableType = tableTypeOf(session, variable.type);
  if (tableType !== undefined) {
    const key = variable.name.toLowerCase();
    if (variable.value) throw notSupported('a value for a variable of a table type', variable.line);
    if (!frame.tableVariables.has(key))
      frame.tableVariables.set(key, newTypedTable(session, frame, variable.name, tableType));
  } else if (!frame.variable(variable.name)) {
    frame.declare(variable.name, declaredType(session, variable.type), null);
  }
}

/**
 * A variable exists from its DECLARE on in the text, also when control flow skips the DECLARE: it is then NULL, a
 * table is empty (learn.microsoft.com: DECLARE @local_variable; its scope is the batch).
 */
export function declareBranches(session: SessionState, frame: Frame, statements: readonly ast.Statement[]): void {
  for (const statement of statements) declareInside(session, frame, statement, false);
}

function declareInside(session: SessionState, frame: Frame, statement: ast.Statement, nested: boolean): void {
  const inside = (statements: readonly ast.Statement[]): void => {
    for (const inner of statements) declareInside(session, frame, inner, true);
  };
  switch (statement.kind) {
    case 'declare':
      if (nested) for (const variable of statement.variables) declareVariable(session, frame, variable);
      break;
    case 'block':
      inside(statement.body);
      break;
    case 'if':
      inside(statement.otherwise ? [statement.then, statement.otherwise] : [statement.then]);
      break;
    case 'while':
      inside([statement.body]);
      break;
    case 'try':
      inside([...statement.body, ...statement.handler]);
      break;
    default:
      break;
  }
}

function declaredType(session: SessionState, name: ast.TypeName): SqlType {
  return compiling(() => {
    const { type } = resolveDeclaredType(name, session.database, 'dbo');
    if (NOT_FOR_VARIABLES.includes(type.name)) throw notSupported(`local variables of type ${type.name}`);
    return type;
  });
}

export function* setVariable(session: SessionState, frame: Frame, statement: ast.SetVariable): Steps {
  yield* assign(session, frame, statement, statement.variable, statement.value);
}

function* assign(
  session: SessionState,
  frame: Frame,
  statement: ast.Statement,
  name: string,
  value: ast.Expression,
): Steps {
  const result = yield* evaluate(session, frame, statement, value);
  assignVariable(frame, name, result.type, result.value);
}

/** Text that is too long for a variable is truncated without an error. */
export function assignVariable(frame: Frame, name: string, type: SqlType, value: Value): void {
  const variable = frame.variable(name);
  if (!variable) throw undeclared(name);
  variable.value = value === null ? null : converter(type, variable.type, { implicit: true })(value);
}
