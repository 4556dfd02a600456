import type * as ast from '../../parser/ast.ts';
import type {
  ResolvedFunctionSource,
  ResolvedInlineFunction,
  ResolvedTable,
  ResolvedView,
  SourceColumn,
} from '../binder/bind-context.ts';
import { bindExpression } from '../binder/bind-expression.ts';
import { bindArguments } from '../binder/bind-function.ts';
import { bindExists } from '../binder/bind-subquery.ts';
import { findCte, Scope, type ScopeColumn } from '../binder/scope.ts';
import type { BoundExpression, Env, RowStream } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import { INT } from '../types.ts';
import { compileInner } from './compile-body.ts';
import { compileCte } from './cte.ts';
import type { InnerQuery, OutputColumn } from './inner-query.ts';
import { storedLookup, storedRows, type LeafCondition, type LeafInput } from './leaf.ts';
import { openJson } from './open-json.ts';
import { NO_VALUES, rowsOf } from './row-source.ts';
import { bindTableFunction, type BoundTableFunction } from './table-functions.ts';

export type LeafColumn = Omit<ScopeColumn, 'qualifier'>;

export interface BuiltLeaf {
  readonly columns: readonly LeafColumn[];
  readonly input: LeafInput;
  readonly schema?: string;
  /** Row-level security. */
  readonly conditions?: readonly LeafCondition[];
  /** Set when the stored row is its last column: the table of that row. */
  readonly target?: NonNullable<ScopeColumn['base']>;
}

const IDENTITY_COLUMN: LeafColumn = { name: null, type: INT, nullable: true, hidden: true };

const MAX_NESTING = 32;

/** A name in FROM: a common table expression, table, view or catalog view. */
export function namedLeaf(node: ast.NamedTable, scope: Scope, identity: boolean): BuiltLeaf {
  const { context } = scope;
  const cte = node.name.length === 1 ? findCte(scope.ctes, node.name[0]!) : undefined;
  if (cte) return queryLeaf(compileCte(cte, scope, identity), node.name[0]!, cte.columnNames, identity);
  const resolved = context.resolveSource(node.name);
  if (!resolved) {
    const shown = node.name.join('.');
    if (shown.startsWith('@'))
      throw new SqlError(1087, `Must declare the table variable "${shown}".`, 15, 2, node.line);
    throw new SqlError(208, `Invalid object name '${shown}'.`, 16, 1, node.line);
  }
  if (resolved.kind !== 'table' || resolved.table.lifetime === 'permanent') context.checkPermission('SELECT', resolved);
  switch (resolved.kind) {
    case 'table':
      return { ...tableLeaf(resolved, node, scope, identity), schema: resolved.schema };
    case 'view':
      return { ...viewLeaf(resolved, scope, identity), schema: resolved.schema };
    case 'virtual': {
      const { compilation } = scope;
      return {
        schema: resolved.schema,
        columns: resolved.columns.map(sourceColumn),
        input: {
          ...leafInput(resolved.columns, false, () => rowsOf(resolved.rows(), compilation)),
          lookup: resolved.lookup,
        },
      };
    }
  }
}

const sourceColumn = (column: SourceColumn): LeafColumn => ({
  name: column.name,
  type: column.type,
  nullable: column.nullable,
  identity: column.identity,
  computed: column.computed,
});

const leafInput = (
  columns: readonly { readonly type: LeafColumn['type'] }[],
  correlated: boolean,
  open: LeafInput['open'],
): LeafInput => ({
  width: columns.length,
  types: columns.map(column => column.type),
  correlated,
  open,
});

function tableLeaf(resolved: ResolvedTable, node: ast.NamedTable, scope: Scope, identity: boolean): BuiltLeaf {
  const { table } = resolved;
  const { compilation } = scope;
  const hints = node.hints.map(hint => hint.name);
  const known = compilation.reads.find(read => read.table === table && read.hints.join() === hints.join());
  if (!known) compilation.reads.push({ table, hints });
  const columns: LeafColumn[] = table.columns.map((column, ordinal) => ({
    name: column.name,
    type: column.type,
    nullable: column.nullable,
    identity: column.identity !== undefined,
    computed: column.computed !== undefined,
    base: { table, ordinal },
  }));
  const conditions = rowFilters(resolved, columns, scope);
  if (identity) columns.push(IDENTITY_COLUMN);
  return {
    columns,
    conditions,
    ...(identity ? { target: { table, ordinal: 0 } } : {}),
    input: {
      ...leafInput(columns, false, () => storedRows(table, identity, compilation)),
      lookup: storedLookup(table, identity),
      readAgain: true,
      table,
    },
  };
}

/** Row-level security: EXISTS (SELECT … FROM predicate(columns)) for each filter, before any other condition. */
function rowFilters(resolved: ResolvedTable, columns: readonly LeafColumn[], scope: Scope): LeafCondition[] {
  const filters = scope.context.rowFilters?.(resolved.table) ?? [];
  return filters.map(filter => {
    const own = new Scope(filter.context, undefined, scope.compilation);
    for (const column of columns) own.add({ ...column, qualifier: resolved.name });
    const line = 0;
    const predicate = bindExists(
      {
        kind: 'query',
        line,
        ctes: [],
        orderBy: [],
        offset: undefined,
        fetch: undefined,
        for: undefined,
        hints: [],
        body: {
          kind: 'select',
          line,
          distinct: false,
          top: undefined,
          into: undefined,
          where: undefined,
          groupBy: undefined,
          having: undefined,
          windows: [],
          items: [
            { kind: 'expression', line, alias: undefined, expression: { kind: 'literal', line, type: INT, value: 1 } },
          ],
          from: [
            {
              kind: 'apply',
              line,
              outer: false,
              left: ONE_ROW,
              right: {
                kind: 'table function',
                line,
                name: filter.functionName,
                args: filter.args,
                schema: undefined,
                alias: undefined,
                columnAliases: undefined,
              },
            },
          ],
        },
      },
      own,
    );
    return { predicate, correlated: false, expensive: false };
  });
}

/** (VALUES (1)) AS one (c): the arguments of a function may then refer to the outer row. */
const ONE_ROW: ast.DerivedTable = {
  kind: 'derived table',
  line: 0,
  alias: '#one',
  columnAliases: ['#c'],
  query: {
    kind: 'query',
    line: 0,
    ctes: [],
    orderBy: [],
    offset: undefined,
    fetch: undefined,
    for: undefined,
    hints: [],
    body: { kind: 'values', line: 0, rows: [[{ kind: 'literal', line: 0, type: INT, value: 1 }]] },
  },
};

function nested<T>(scope: Scope, compile: () => T): T {
  const { compilation } = scope;
  if (compilation.nesting >= MAX_NESTING) {
    throw new SqlError(
      217,
      `Maximum stored procedure, function, trigger, or view nesting level exceeded (limit ${MAX_NESTING}).`,
    );
  }
  compilation.nesting++;
  try {
    return compile();
  } finally {
    compilation.nesting--;
  }
}

function viewLeaf(view: ResolvedView, scope: Scope, identity: boolean): BuiltLeaf {
  const compiled = nested(scope, () =>
    compileInner(view.query, view.context, undefined, { nested: false, single: true, identity }, scope.compilation),
  );
  return queryLeaf(compiled, view.name, view.columnNames, identity);
}

const columnCount = (alias: string, has: number, named: number): SqlError =>
  has > named
    ? new SqlError(8158, `'${alias}' has more columns than were specified in the column list.`)
    : new SqlError(8159, `'${alias}' has fewer columns than were specified in the column list.`);

/** A query as a source of rows: its columns must have names, each once. */
function queryLeaf(
  compiled: InnerQuery,
  alias: string,
  names: readonly string[] | undefined,
  identity: boolean,
): BuiltLeaf {
  const visible = compiled.columns;
  if (names && names.length !== visible.length) {
    throw columnCount(alias, visible.length, names.length);
  }
  const seen = new Set<string>();
  const columns = visible.map((column: OutputColumn, i): LeafColumn => {
    const name = names?.[i] ?? column.name;
    if (name === null || name === '')
      throw new SqlError(8155, `No column name was specified for column ${i + 1} of '${alias}'.`);
    if (seen.has(name.toLowerCase()))
      throw new SqlError(8156, `The column '${name}' was specified multiple times for '${alias}'.`);
    seen.add(name.toLowerCase());
    return {
      name,
      type: column.type,
      nullable: column.nullable,
      identity: column.identity,
      computed: column.computed,
      base: column.base,
    };
  });
  if (identity && compiled.targetTable) columns.push(IDENTITY_COLUMN);
  return {
    columns,
    input: {
      ...leafInput(columns, compiled.correlated, outer => compiled.run(outer)),
      ...(compiled.narrow ? { narrow: compiled.narrow } : {}),
      ...(compiled.plan ? { plan: compiled.plan } : {}),
    },
    ...(identity && compiled.targetTable ? { target: compiled.targetTable } : {}),
  };
}

export function derivedLeaf(
  node: ast.DerivedTable,
  scope: Scope,
  parent: Scope | undefined,
  identity: boolean,
): BuiltLeaf {
  const own = new Scope(scope.context, parent, scope.compilation);
  own.ctes = scope.ctes;
  const compiled = compileInner(
    node.query,
    scope.context,
    parent,
    { nested: true, single: true, identity },
    scope.compilation,
    scope.ctes,
  );
  // It refers to queries outside of the query that contains it.
  if (compiled.correlated && parent !== scope) scope.correlated = true;
  return queryLeaf(compiled, node.alias, node.columnAliases, identity);
}

/** OPENJSON, STRING_SPLIT, GENERATE_SERIES and user-defined functions. */
export function functionLeaf(node: ast.TableFunction, scope: Scope, parent: Scope | undefined): BuiltLeaf {
  const { context, compilation } = scope;
  // Arguments may refer to sources on the left (APPLY) or to enclosing queries.
  const own = new Scope(context, parent, compilation);
  own.ctes = scope.ctes;
  const built = node.name.length === 1 ? builtinFunction(node, own) : undefined;
  const function_ = built ?? userFunction(node, own);
  if (own.correlated && parent !== scope) scope.correlated = true;
  const names = node.columnAliases;
  if (names && names.length !== function_.columns.length) {
    throw columnCount(node.alias ?? node.name.join('.'), function_.columns.length, names.length);
  }
  const columns = function_.columns.map((column, i) => ({ ...sourceColumn(column), name: names?.[i] ?? column.name }));
  return {
    columns,
    input: leafInput(columns, own.correlated, outer => function_.open({ row: NO_VALUES, outer })),
  };
}

function builtinFunction(node: ast.TableFunction, own: Scope): BoundTableFunction | undefined {
  const name = node.name[0]!;
  const isJson = name.toUpperCase() === 'OPENJSON';
  if (node.schema && !isJson) throw new SqlError(102, "Incorrect syntax near the keyword 'WITH'.", 15, 1, node.line);
  if (!isJson && !/^(STRING_SPLIT|GENERATE_SERIES)$/i.test(name)) return undefined;
  const args = node.args.map(arg => bindExpression(arg, own));
  if (!isJson) return bindTableFunction(name, args, own.compilation);
  const schema = node.schema?.map(column => ({
    name: column.name,
    type: own.context.resolveType(column.type),
    path: column.path,
    asJson: column.asJson,
  }));
  return openJson(args, schema, own.compilation);
}

function userFunction(node: ast.TableFunction, own: Scope): BoundTableFunction {
  const found: ResolvedFunctionSource | undefined = own.context.resolveTableFunction(node.name);
  if (!found) throw new SqlError(208, `Invalid object name '${node.name.join('.')}'.`, 16, 1, node.line);
  own.context.checkPermission('SELECT', found);
  const args = bindArguments(node.name.join('.'), node.args, found.parameters, own);
  if (found.kind === 'inline-function') return inlineFunction(found, args, own);
  return {
    columns: found.columns,
    open: env => rowsOf(found.rows(args.map(arg => arg.evaluate(env))), own.compilation),
  };
}

/** An inline function is a view whose parameters are the row of a scope around it. */
function inlineFunction(
  found: ResolvedInlineFunction,
  args: readonly BoundExpression[],
  own: Scope,
): BoundTableFunction {
  const parameters = new Scope(found.context, undefined, own.compilation);
  parameters.parameters = new Map(
    found.parameters.map((parameter, i) => [parameter.name.toLowerCase(), { ordinal: i, type: parameter.type }]),
  );
  const compiled = nested(own, () =>
    compileInner(found.query, found.context, parameters, { nested: false, single: true }, own.compilation),
  );
  const leaf = queryLeaf(compiled, found.name, undefined, false);
  return {
    columns: leaf.columns.map(column => ({
      name: column.name!,
      type: column.type,
      nullable: column.nullable,
      identity: column.identity,
      computed: column.computed,
    })),
    open: (env: Env): RowStream => compiled.run({ row: args.map(arg => arg.evaluate(env)), outer: null }),
  };
}
