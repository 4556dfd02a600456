import type { ResultSink, Steps } from '../../engine/contracts.ts';
import { converter } from '../../engine/convert.ts';
import { SqlError } from '../../engine/sql-error.ts';
import { INT, UNTYPED_NULL } from '../../engine/types.ts';
import type * as ast from '../../parser/ast.ts';
import { undeclared } from '../declarations.ts';
import { evaluate, evaluateText } from '../evaluate.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { CapturingSink } from '../sinks.ts';
import { runDynamic } from './dynamic.ts';
import type { CallArgument, ProcedureCall } from './procedure-call.ts';
import { runProcedure } from './run-procedure.ts';

/** EXEC procedure …, EXEC @name …, EXEC ('text'). */
export function* executeProcedureStatement(
  session: SessionState,
  frame: Frame,
  statement: ast.ExecuteStatement,
): Steps {
  yield* execute(session, frame, statement, frame.sink);
}

/** INSERT … EXEC: the result sets of what is executed. */
export function* captureExecution(
  session: SessionState,
  frame: Frame,
  statement: ast.ExecuteStatement,
): Steps<CapturingSink> {
  for (let level: Frame | undefined = frame; level; level = level.parent) {
    if (level.sink instanceof CapturingSink) throw new SqlError(8164, 'An INSERT EXEC statement cannot be nested.');
  }
  const sink = new CapturingSink(frame.sink, session.transactions.count);
  yield* execute(session, frame, statement, sink);
  return sink;
}

function* execute(session: SessionState, frame: Frame, statement: ast.ExecuteStatement, sink: ResultSink): Steps {
  const { target } = statement;
  if (target.kind === 'string') {
    const text = yield* evaluateText(session, frame, statement, target.expression);
    if (text !== null) yield* runDynamic(session, frame, sink, text, []);
    return;
  }
  let name: readonly string[];
  if (target.kind === 'procedure') name = target.name;
  else {
    const variable = frame.variable(target.variable);
    if (!variable) throw undeclared(target.variable);
    name = splitProcedureName(String(variable.value ?? ''));
  }
  const args: CallArgument[] = [];
  for (const argument of statement.args) args.push(yield* argumentOf(session, frame, statement, argument));
  const call: ProcedureCall = { session, frame, sink, name: name.join('.'), args, line: statement.line };
  const status = yield* runProcedure(call, name);
  if (statement.returnVariable === undefined) return;
  const variable = frame.variable(statement.returnVariable);
  if (!variable) throw undeclared(statement.returnVariable);
  variable.value = converter(INT, variable.type, { implicit: true })(status);
}

function* argumentOf(
  session: SessionState,
  frame: Frame,
  statement: ast.Statement,
  node: ast.ExecuteArgument,
): Steps<CallArgument> {
  const name = node.name ?? '';
  if (node.value.kind === 'default') return { name, type: UNTYPED_NULL, value: null, useDefault: true };
  const table = node.value.kind === 'variable' ? frame.tableVariables.get(node.value.name.toLowerCase()) : undefined;
  if (table) return { name, type: UNTYPED_NULL, value: null, table };
  const { value, type } = yield* evaluate(session, frame, statement, node.value);
  if (!node.output) return { name, type, value };
  if (node.value.kind !== 'variable') {
    throw new SqlError(179, 'Cannot use the OUTPUT option when passing a constant to a stored procedure.', 15);
  }
  const variable = frame.variable(node.value.name);
  if (!variable) throw undeclared(node.value.name);
  return {
    name,
    type,
    value,
    assign: (result, from) => {
      variable.value = result === null ? null : converter(from, variable.type, { implicit: true })(result);
    },
  };
}

const splitProcedureName = (name: string): string[] =>
  name.split('.').map(part =>
    part
      .trim()
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/^"(.*)"$/, '$1'),
  );
