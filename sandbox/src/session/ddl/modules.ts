import { converter } from '../../engine/convert.ts';
import { compileQuery, compileExpression } from '../../engine/query/compile-query.ts';
import { notSupported, SqlError } from '../../engine/sql-error.ts';
import { INT } from '../../engine/types.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import type * as ast from '../../parser/ast.ts';
import { nowTicks } from '../../storage/clock.ts';
import type {
  FunctionDefinition,
  ModuleParameter,
  ProcedureDefinition,
  SchemaObject,
  TypeDefinition,
  ViewDefinition,
} from '../../storage/table.ts';
import { tableContext } from '../contexts.ts';
import { checkDeclarations } from '../declarations.ts';
import { ExecutionContext } from '../execution-context.ts';
import { Frame } from '../frame.ts';
import { resolveDeclaredType } from '../resolve-type.ts';
import type { SessionState } from '../session-state.ts';
import { NO_RESULTS } from '../sinks.ts';
import { declareTableParameter, fullTypeName, tableTypeOf } from '../table-types.ts';
import { createTableVariable } from './create-table.ts';
import { refuseSideEffects } from './function-side-effects.ts';
import { newObjectName, requireCreate, type NewName } from './names.ts';
import { currentUndo } from './undo.ts';

type Module = ViewDefinition | ProcedureDefinition | FunctionDefinition;

const FUNCTION_KINDS = ['scalar function', 'inline function', 'table function'];

export function createView(session: SessionState, statement: ast.CreateView): void {
  const { target, base } = prepare(session, statement, 'CREATE VIEW', ['view']);
  const { query } = statement;
  if (query.orderBy.length > 0 && !limitsRows(query)) {
    throw new SqlError(
      1033,
      'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.',
      15,
    );
  }
  const compiled = compileQuery(query, tableContext(session, target.database, target.schema.name));
  const names = statement.columns;
  if (names && names.length !== compiled.columns.length) {
    const many = names.length > compiled.columns.length;
    throw new SqlError(
      many ? 8158 : 8159,
      `'${target.name}' has ${many ? 'more' : 'fewer'} columns than were specified in the column list.`,
    );
  }
  const columns = compiled.columns.map((column, i) => {
    const name = names?.[i] ?? column.name;
    if (name === '')
      throw new SqlError(
        4511,
        'Create View or Function failed because no column name was specified for column ' + `${i + 1}.`,
      );
    return { name, type: plain(column.type), nullable: column.nullable };
  });
  refuseDuplicateColumns(columns, target.name);
  put(session, target, {
    ...base,
    kind: 'view',
    definition: statement.definition,
    query,
    ...(names ? { columnNames: names } : {}),
    schemaBound: statement.schemaBinding,
    checkOption: statement.checkOption,
    columns,
  });
}

const limitsRows = (query: ast.Query): boolean =>
  query.offset !== undefined ||
  query.for !== undefined ||
  (query.body.kind === 'select' && query.body.top !== undefined);

function refuseDuplicateColumns(columns: readonly { readonly name: string }[], object: string): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name.toLowerCase())) {
      throw new SqlError(
        4506,
        `Column names in each view or function must be unique. Column name '${name}' in view or function '${object}' is specified more than once.`,
      );
    }
    seen.add(name.toLowerCase());
  }
}

export function createProcedure(session: SessionState, statement: ast.CreateProcedure): void {
  const { target, base } = prepare(session, statement, 'CREATE PROCEDURE', ['procedure']);
  const executeAs = executingUser(session, target, statement.executeAs);
  const parameters = statement.parameters.map((parameter, i) => parameterOf(session, target, parameter, i + 1));
  checkBody(session, statement.definition, parameters, statement.body);
  put(session, target, {
    ...base,
    kind: 'procedure',
    definition: statement.definition,
    parameters,
    body: statement.body,
    ...(executeAs === undefined ? {} : { executeAs }),
  });
}

export function createFunction(session: SessionState, statement: ast.CreateFunction): void {
  refuseExecuteAs(statement.executeAs);
  if (statement.returnsNullOnNullInput) throw notSupported('RETURNS NULL ON NULL INPUT', statement.line);
  const { target, base } = prepare(session, statement, 'CREATE FUNCTION', FUNCTION_KINDS);
  const parameters = statement.parameters.map((parameter, i) => parameterOf(session, target, parameter, i + 1));
  const common = { ...base, definition: statement.definition, parameters, schemaBound: statement.schemaBinding };
  const { returns } = statement;
  if (returns.kind === 'scalar') {
    const type = resolveDeclaredType(returns.type, target.database, target.schema.name).type;
    refuseSideEffects(returns.body, target.name);
    checkBody(session, statement.definition, parameters, returns.body);
    put(session, target, { ...common, kind: 'scalar function', returns: type, body: returns.body });
    return;
  }
  if (returns.kind === 'inline') {
    const frame = new Frame({ kind: 'function', text: statement.definition, sink: NO_RESULTS });
    for (const parameter of parameters) frame.declare(parameter.name, parameter.type, null);
    const context = new ExecutionContext(session, {
      database: target.database,
      defaultSchema: target.schema.name,
      chainOwner: target.schema.principalId,
      frame,
    });
    const compiled = compileQuery(returns.query, context);
    const columns = compiled.columns.map((column, i) => {
      if (column.name === '')
        throw new SqlError(4514, `CREATE FUNCTION failed because a column name is not specified for column ${i + 1}.`);
      return { name: column.name, type: plain(column.type), nullable: column.nullable };
    });
    refuseDuplicateColumns(columns, target.name);
    put(session, target, { ...common, kind: 'inline function', query: returns.query, columns });
    return;
  }
  refuseSideEffects(returns.body, target.name);
  const frame = new Frame({ kind: 'function', text: statement.definition, sink: NO_RESULTS });
  for (const parameter of parameters) frame.declare(parameter.name, parameter.type, null);
  const table = createTableVariable(session, frame, returns.variable, returns.table);
  frame.tableVariables.set(returns.variable.toLowerCase(), table);
  checkDeclarations(returns.body, frame);
  put(session, target, {
    ...common,
    kind: 'table function',
    columns: table.columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    body: returns.body,
    resultVariable: returns.variable,
    resultTable: returns.table,
  });
}

/** principal_id of WITH EXECUTE AS; undefined for CALLER. */
function executingUser(
  session: SessionState,
  target: NewName,
  executeAs: ast.ExecuteAs | undefined,
): number | undefined {
  switch (executeAs?.kind) {
    case 'owner':
      return target.schema.principalId;
    case 'self':
      return session.securityIn(target.database).principal.principalId;
    case 'user': {
      const user = target.database.security.find(executeAs.name);
      if (user?.type !== 'S') {
        throw new SqlError(
          15151,
          `Cannot find the user '${executeAs.name}', because it does not exist or you do not have permission.`,
        );
      }
      return user.principalId;
    }
    default:
      return undefined;
  }
}

function refuseExecuteAs(executeAs: ast.ExecuteAs | undefined): void {
  if (executeAs && executeAs.kind !== 'caller')
    throw notSupported(`EXECUTE AS ${executeAs.kind.toUpperCase()} in a module`);
}

function checkBody(
  session: SessionState,
  text: string,
  parameters: readonly ModuleParameter[],
  body: readonly ast.Statement[],
): void {
  const frame = new Frame({ kind: 'procedure', text, sink: NO_RESULTS, parent: session.frame });
  for (const { name, type, tableType } of parameters) {
    if (tableType === undefined) frame.declare(name, type, null);
    else declareTableParameter(session, frame, { name, tableType }, undefined);
  }
  checkDeclarations(body, frame);
}

function parameterOf(session: SessionState, target: NewName, node: ast.Parameter, position: number): ModuleParameter {
  const table = tableTypeOf(session, node.type);
  if (table) {
    if (node.readOnly) return tableParameter(node.name, table);
    throw new SqlError(
      352,
      `The table-valued parameter "${node.name}" must be declared with the READONLY option.`,
      15,
      1,
      node.line,
    );
  }
  const { type } = resolveDeclaredType(node.type, target.database, target.schema.name, position);
  let value: Value = null;
  if (node.default) {
    const compiled = compileExpression(node.default, tableContext(session, target.database, target.schema.name));
    const given = compiled.evaluate([], session.ticker);
    value = given === null ? null : converter(compiled.type, type, { implicit: true })(given);
  }
  return {
    name: node.name,
    type,
    output: node.output,
    readOnly: node.readOnly,
    hasDefault: node.default !== undefined,
    default: value,
  };
}

/** Its scalar type is never used. */
const tableParameter = (name: string, type: TypeDefinition): ModuleParameter => ({
  name,
  type: INT,
  output: false,
  readOnly: true,
  tableType: fullTypeName(type),
  hasDefault: false,
  default: null,
});

interface Prepared {
  readonly target: NewName;
  readonly base: SchemaObject;
}

/** Checks CREATE, ALTER and CREATE OR ALTER against existing objects; an altered module keeps its id and permissions. */
function prepare(
  session: SessionState,
  statement: ast.ModuleNode,
  permission: string,
  kinds: readonly string[],
): Prepared {
  const target = newObjectName(session, statement.name);
  const existing = target.database.objectByName(target.schema.name, target.name);
  const shown = statement.name.join('.');
  if (existing && (statement.verb === 'create' || !kinds.includes(existing.kind))) {
    if (statement.verb === 'create')
      throw new SqlError(2714, `There is already an object named '${target.name}' in the database.`, 16, 3);
    throw new SqlError(2010, `Cannot perform alter on '${shown}' because it is an incompatible object type.`);
  }
  if (!existing && statement.verb === 'alter') throw new SqlError(208, `Invalid object name '${shown}'.`, 16, 6);
  const security = session.securityIn(target.database);
  if (!existing) requireCreate(session, permission, target);
  else if (!security.has('ALTER', existing)) throw new SqlError(208, `Invalid object name '${shown}'.`, 16, 6);
  const now = nowTicks();
  const base = {
    objectId: existing?.objectId ?? target.database.newObjectId(),
    schema: target.schema.name,
    name: existing?.name ?? target.name,
    created: existing?.created ?? now,
    modified: now,
    ...(statement.encrypted ? { encrypted: true as const } : {}),
  };
  return { target, base };
}

function put(session: SessionState, target: NewName, module: Module): void {
  const existing = target.database.objectByName(target.schema.name, module.name);
  currentUndo(session).log(existing ? target.database.replace(existing, module) : target.database.add(module));
}

function plain(type: SqlType): SqlType {
  const { untypedNull: _untyped, ...rest } = type;
  return rest;
}
