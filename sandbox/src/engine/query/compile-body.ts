import type * as ast from '../../parser/ast.ts';
import type { BindContext } from '../binder/bind-context.ts';
import { bindExpression } from '../binder/bind-expression.ts';
import type { Compilation } from '../binder/compilation.ts';
import { isNullable } from '../binder/nullability.ts';
import { Scope, type CteEnvironment } from '../binder/scope.ts';
import type { BoundExpression } from '../contracts.ts';
import { converter } from '../convert.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { INT, isInteger, sameRepresentation, unify } from '../types.ts';
import { compileSelect } from './compile-select.ts';
import { columnCounts, defineCtes } from './cte.ts';
import { wrapFor } from './for-clause.ts';
import type { CompileOptions, InnerQuery, OutputColumn } from './inner-query.ts';
import { CONSTANT_SCAN, passing, type PlanNode } from './plan-node.ts';
import { type RowLimit, evaluateLimit, NO_LIMIT } from './row-limit.ts';
import { NO_VALUES } from './row-source.ts';
import { limitedPlan, limitRows } from './select-plan.ts';
import { convertRows, distinctRows, intersectOrExcept } from './set-operators.ts';
import type { SortKey } from './sort.ts';

/** The clauses after a query's body: ORDER BY, OFFSET and FETCH. */
export interface Surroundings {
  readonly orderBy: readonly ast.OrderItem[];
  readonly offset: ast.Expression | undefined;
  readonly fetch: ast.Expression | undefined;
  readonly forClause: ast.ForJson | ast.ForXml | undefined;
}

/** Compiles a query expression whose enclosing query's rows are those of `parent`. */
export function compileInner(
  query: ast.Query,
  context: BindContext,
  parent: Scope | undefined,
  options: CompileOptions,
  compilation: Compilation | undefined = parent?.compilation,
  ctes: CteEnvironment | undefined = parent?.ctes,
): InnerQuery {
  const scope = new Scope(context, parent, compilation);
  scope.ctes = ctes;
  scope.ctes = defineCtes(query.ctes, scope, options.maximumRecursion);
  if (
    options.nested &&
    query.orderBy.length > 0 &&
    !query.offset &&
    !query.for &&
    !(query.body.kind === 'select' && query.body.top)
  ) {
    throw new SqlError(
      1033,
      'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.',
      15,
      1,
      query.orderBy[0]!.line,
    );
  }
  const around: Surroundings = {
    orderBy: query.orderBy,
    offset: query.offset,
    fetch: query.fetch,
    forClause: query.for,
  };
  const compiled = compileBody(
    query.body,
    query.orderBy,
    context,
    parent,
    options,
    scope.compilation,
    scope.ctes,
    around,
  );
  return query.for ? wrapFor(compiled, query.for, options.single === true) : compiled;
}

export function compileBody(
  body: ast.QueryBody,
  orderBy: readonly ast.OrderItem[],
  context: BindContext,
  parent: Scope | undefined,
  options: CompileOptions,
  compilation: Compilation,
  ctes: CteEnvironment | undefined,
  around: Surroundings = { orderBy, offset: undefined, fetch: undefined, forClause: undefined },
): InnerQuery {
  const scope = new Scope(context, parent, compilation);
  scope.ctes = ctes;
  switch (body.kind) {
    case 'select':
      return compileSelect(body, around, scope, options);
    case 'values':
      return compileValues(body, scope);
    case 'set operation': {
      // EXISTS doesn't look at the columns, but INTERSECT and EXCEPT do.
      const own = { ...options, exists: false, identity: false };
      const compile = (member: ast.QueryBody): InnerQuery =>
        compileBody(member, [], context, parent, own, compilation, ctes);
      return orderOutput(compileSetOperation(body, compile, compilation), around, scope);
    }
  }
}

/** TOP, OFFSET and FETCH see variables and enclosing queries, not the rows. */
export function bindLimit(top: ast.Top | undefined, around: Surroundings, scope: Scope): RowLimit {
  if (!top && !around.offset) return NO_LIMIT;
  const own = new Scope(scope.context, scope.parent, scope.compilation);
  own.ctes = scope.ctes;
  const bind = (node: ast.Expression | undefined): BoundExpression | undefined => node && bindExpression(node, own);
  if (top && around.offset)
    throw new SqlError(10741, 'A TOP can not be used in the same query or sub-query as a OFFSET.', 15, 2, top.line);
  const limit = {
    top: bind(top?.expression),
    percent: top?.percent ?? false,
    withTies: top?.withTies ?? false,
    offset: bind(around.offset),
    fetch: bind(around.fetch),
  };
  if (own.correlated) scope.correlated = true;
  return limit;
}

function compileValues(body: ast.TableValues, scope: Scope): InnerQuery {
  const width = body.rows[0]!.length;
  const rows = body.rows.map(row => {
    if (row.length !== width)
      throw new SqlError(
        10709,
        'The number of columns for each row in a table value constructor must be the same.',
        16,
        1,
        body.line,
      );
    return row.map(cell => bindExpression(cell, scope));
  });
  const types = rows[0]!.map((_, i) => outputType(unify(rows.map(row => row[i]!.type))));
  const converters = rows.map(row => row.map((cell, i) => converterTo(cell.type, types[i]!)));
  return {
    columns: types.map((type, i) => ({
      name: null,
      type,
      nullable: body.rows.some(row => isNullable(row[i]!, scope)),
      table: null,
      json: false,
    })),
    correlated: scope.correlated,
    *run(outer) {
      const env = { row: NO_VALUES, outer };
      for (let r = 0; r < rows.length; r++) {
        yield rows[r]!.map((cell, i) => {
          const value = cell.evaluate(env);
          const convert = converters[r]![i];
          return convert ? convert(value) : value;
        });
      }
    },
  };
}

/** The literal NULL in a result is an int. */
export const outputType = (type: SqlType): SqlType => (type.untypedNull ? INT : type);

const converterTo = (from: SqlType, to: SqlType): ReturnType<typeof converter> | undefined =>
  sameRepresentation(from, to) &&
  !from.untypedNull &&
  (from.length === to.length || from.name === to.name) &&
  !/^n?char$|^binary$/.test(to.name)
    ? undefined
    : converter(from, to, { implicit: true });

function compileSetOperation(
  body: ast.SetOperation,
  compile: (member: ast.QueryBody) => InnerQuery,
  compilation: Compilation,
): InnerQuery {
  // A long chain of UNIONs nests to the left; a loop walks down it, because recursion could exhaust the stack.
  const chain: ast.SetOperation[] = [];
  let at: ast.QueryBody = body;
  while (at.kind === 'set operation') {
    chain.push(at);
    at = at.left;
  }
  let left = compile(at);
  for (let i = chain.length - 1; i >= 0; i--) left = combine(chain[i]!, left, compile(chain[i]!.right), compilation);
  return left;
}

function combine(node: ast.SetOperation, left: InnerQuery, right: InnerQuery, compilation: Compilation): InnerQuery {
  if (left.columns.length !== right.columns.length) throw columnCounts();
  if (left.assignments || right.assignments) {
    throw new SqlError(
      10734,
      'Variable assignment is not allowed in a statement containing a top level UNION, INTERSECT or EXCEPT operator.',
    );
  }
  const columns = left.columns.map((column, i): OutputColumn => {
    const other = right.columns[i]!;
    const type = outputType(unify([column.type, other.type]));
    return { name: column.name, type, nullable: column.nullable || other.nullable, table: null, json: false };
  });
  const types = columns.map(column => column.type);
  const leftConverters = left.columns.map((column, i) => converterTo(column.type, types[i]!));
  const rightConverters = right.columns.map((column, i) => converterTo(column.type, types[i]!));
  return {
    columns,
    into: left.into,
    correlated: left.correlated || right.correlated,
    plan: () =>
      setPlan(
        node,
        [left, right].map(member => member.plan?.() ?? CONSTANT_SCAN),
      ),
    *run(outer) {
      const leftRows = convertRows(left.run(outer), leftConverters);
      const rightRows = convertRows(right.run(outer), rightConverters);
      if (node.operator === 'union all' || node.operator === 'union') {
        const all = (function* () {
          yield* leftRows;
          yield* rightRows;
        })();
        yield* node.operator === 'union' ? distinctRows(all, types, types.length, compilation) : all;
      } else yield* intersectOrExcept(leftRows, rightRows, node.operator === 'intersect', types, compilation);
    },
  };
}

function setPlan({ operator }: ast.SetOperation, children: readonly PlanNode[]): PlanNode {
  const rows = children.reduce((sum, child) => sum + child.rows, 0);
  if (operator === 'union all') return passing('Concatenation', children, rows);
  return passing('Hash Match', children, rows, operator === 'union' ? 'Union' : 'Left Semi Join');
}

/** ORDER BY of a set operation: names or positions of the first query's columns. */
function orderOutput(compiled: InnerQuery, around: Surroundings, scope: Scope): InnerQuery {
  if (around.orderBy.length === 0 && !around.offset) return compiled;
  const keys = around.orderBy.map((item, i): SortKey => {
    const column = outputOrdinal(item.expression, compiled.columns, i);
    return { type: compiled.columns[column]!.type, descending: item.descending, evaluate: env => env.row[column]! };
  });
  const limit = bindLimit(undefined, around, scope);
  return {
    ...compiled,
    correlated: compiled.correlated || scope.correlated,
    plan: () => limitedPlan(compiled.plan?.() ?? CONSTANT_SCAN, keys.length > 0, false),
    run: outer =>
      limitRows(compiled.run(outer), keys, evaluateLimit(limit, outer), outer, scope.compilation, row => row),
  };
}

function outputOrdinal(node: ast.Expression, columns: readonly OutputColumn[], place: number): number {
  const ordinal = positionOf(node, columns.length, place);
  if (ordinal !== undefined) return ordinal;
  if (node.kind === 'column' && node.parts.length > 1) {
    throw new SqlError(
      4104,
      `The multi-part identifier "${node.parts.join('.')}" could not be bound.`,
      16,
      1,
      node.line,
    );
  }
  const name = node.kind === 'column' ? node.parts[0]!.toLowerCase() : undefined;
  const found = name === undefined ? -1 : columns.findIndex(column => column.name?.toLowerCase() === name);
  if (found < 0) {
    if (name !== undefined)
      throw new SqlError(207, `Invalid column name '${(node as ast.ColumnReference).parts[0]!}'.`, 16, 1, node.line);
    throw new SqlError(
      104,
      'ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.',
      15,
      1,
      node.line,
    );
  }
  return found;
}

/** ORDER BY 2: the position; undefined unless the item is a constant. */
export function positionOf(node: ast.Expression, width: number, place: number): number | undefined {
  if (node.kind === 'variable') {
    throw new SqlError(
      1008,
      `The SELECT item identified by the ORDER BY number ${place + 1} contains a variable as part of the expression identifying a column position. Variables are only allowed when ordering by an expression referencing a column name.`,
      15,
      1,
      node.line,
    );
  }
  if (node.kind !== 'literal') return undefined;
  if (!isInteger(node.type) || typeof node.value !== 'number') {
    throw new SqlError(
      408,
      `A constant expression was encountered in the ORDER BY list, position ${place + 1}.`,
      16,
      1,
      node.line,
    );
  }
  if (node.value < 1 || node.value > width) {
    throw new SqlError(
      108,
      `The ORDER BY position number ${node.value} is out of range of the number of items in the select list.`,
      15,
      1,
      node.line,
    );
  }
  return node.value - 1;
}
