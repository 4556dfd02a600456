import type * as ast from '../../parser/ast.ts';
import { bindExpression } from '../binder/bind-expression.ts';
import { isAggregate, isGroupingFunction } from '../binder/bind-function.ts';
import { bindPredicate } from '../binder/bind-predicate.ts';
import { expressionKey, walk } from '../binder/expression-key.ts';
import { isNullable } from '../binder/nullability.ts';
import { Scope, type WindowCollector } from '../binder/scope.ts';
import type { BoundExpression } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import { INT } from '../types.ts';
import { type Surroundings, bindLimit, outputType, positionOf } from './compile-body.ts';
import { conditionsOf } from './conditions.ts';
import { type DmlTargetRequest, FromBuilder } from './from.ts';
import { bindGroups } from './grouping.ts';
import type { CompileOptions, InnerQuery, OutputColumn } from './inner-query.ts';
import type { LeafEquality } from './leaf.ts';
import { narrowSource, planLookups, pushDown } from './place-conditions.ts';
import { SingleRow, type RowSource } from './row-source.ts';
import { describeSelect, type OrderItem, type SelectPlan, runSelect } from './select-plan.ts';

const SUBQUERIES: ReadonlySet<string> = new Set(['query']);

/** Whether it contains an aggregate of this query (not of a subquery). */
function hasAggregate(node: unknown): boolean {
  let found = false;
  walk(node, at => {
    if (at.kind === 'function' && (isAggregate(at as ast.FunctionCall) || isGroupingFunction(at as ast.FunctionCall)))
      found = true;
    return !found && !SUBQUERIES.has(at.kind);
  });
  return found;
}

interface Item {
  readonly expression: BoundExpression;
  readonly node: ast.Expression;
  readonly column: OutputColumn;
}

export function compileSelect(
  select: ast.Select,
  around: Surroundings,
  scope: Scope,
  options: CompileOptions,
): InnerQuery {
  const { compilation } = scope;
  compilation.countSelect();
  const target = options.identity ? soleTable(select) : undefined;
  const source: RowSource =
    select.from.length > 0 ? new FromBuilder(scope, target).build(select.from, select.where) : new SingleRow();
  const where = select.where ? placeWhere(select.where, source, scope) : [];
  planLookups(source);

  const orderNodes = around.orderBy.map(item => item.expression);
  const grouped =
    select.groupBy !== undefined ||
    select.having !== undefined ||
    hasAggregate(select.items) ||
    hasAggregate(orderNodes);
  const groups = grouped ? bindGroups(select.groupBy ?? [], scope) : undefined;
  const output = groups ? new Scope(scope.context, scope.parent, compilation) : scope;
  if (groups) {
    output.ctes = scope.ctes;
    output.grouping = groups;
  }
  const windows: WindowCollector = {
    groups: [],
    texts: new Map(),
    names: new Map(select.windows.map(window => [window.name.toLowerCase(), window.specification])),
    count: 0,
    base: 0,
  };
  output.clause = 'select';
  output.windows = windows;
  const items =
    options.exists && !grouped && !select.distinct && !select.top
      ? existsItems(select, scope)
      : bindItems(select, scope, output);
  output.clause = 'order by';
  const order = around.orderBy.map((item, i) => bindOrder(item, i, items, select, scope, output));
  rejectDuplicates(around.orderBy, order, items, scope);
  output.windows = undefined;
  output.clause = 'having';
  const having = select.having ? [bindPredicate(select.having, output)] : [];
  windows.base = groups ? groups.setOrdinal + 1 + groups.calls.length : scope.columns.length;
  const limit = bindLimit(select.top, around, scope);
  if (select.top?.withTies && around.orderBy.length === 0) {
    throw new SqlError(
      1062,
      'The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.',
      15,
      1,
      select.top.line,
    );
  }
  const expressions = items.map(item => item.expression);
  if (target?.found) {
    const at = target.found.identityOrdinal;
    if (grouped || select.distinct)
      throw new SqlError(
        4403,
        `Cannot update the view or function because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.`,
      );
    expressions.push({ type: INT, evaluate: env => env.row[at]! });
  }
  const plan: SelectPlan = {
    source,
    where,
    ...(groups ? { group: { keys: groups.expressions, sets: groups.sets, calls: groups.calls } } : {}),
    having,
    windows: windows.groups,
    windowCount: windows.count,
    output: expressions,
    visible: items.length,
    distinct: select.distinct,
    order,
    limit,
  };
  const assignments = assignmentsOf(select);
  return {
    columns: items.map(item => item.column),
    ...(assignments ? { assignments } : {}),
    ...(select.into ? { into: select.into } : {}),
    correlated: scope.correlated || output.correlated,
    ...(target?.found ? { targetTable: target.found.base } : {}),
    ...(canNarrow(plan)
      ? { narrow: (column, equalities) => narrowItem(items[column]?.node, scope, source, equalities) }
      : {}),
    run: outer => runSelect(plan, outer, compilation),
    plan: () => describeSelect(plan),
  };
}

/** Whether rows may be filtered before the query: not if it counts, groups or numbers them. */
const canNarrow = (plan: SelectPlan): boolean =>
  !plan.group && plan.windowCount === 0 && !plan.limit.top && !plan.limit.offset;

function narrowItem(
  node: ast.Expression | undefined,
  scope: Scope,
  source: RowSource,
  equalities: readonly LeafEquality[],
): void {
  if (node?.kind !== 'column') return;
  const ordinal = scope.find(node.parts);
  if (ordinal >= 0) narrowSource(source, ordinal, equalities);
}

function soleTable(select: ast.Select): DmlTargetRequest | undefined {
  const [only, ...others] = select.from;
  if (!only || others.length > 0 || (only.kind !== 'table' && only.kind !== 'derived table')) {
    throw new SqlError(
      4405,
      'View or function is not updatable because the modification affects multiple base tables.',
    );
  }
  return { node: only };
}

/** Pushes the conjuncts of WHERE down as far as possible; the remaining ones are tested on the whole row. */
function placeWhere(where: ast.Predicate, source: RowSource, scope: Scope): SelectPlan['where'] {
  const left = conditionsOf(where, scope, 'where').filter(condition => !pushDown(source, condition));
  return left.sort((a, b) => Number(a.expensive) - Number(b.expensive)).map(condition => condition.bind(0));
}

function existsItems(select: ast.Select, scope: Scope): Item[] {
  // The select list is bound for its errors only.
  for (const item of select.items) if (item.kind === 'expression') bindExpression(item.expression, scope);
  return [];
}

/** learn.microsoft.com: maximum capacity specifications, columns per SELECT statement. */
const MAX_ITEMS = 4096;

function bindItems(select: ast.Select, scope: Scope, output: Scope): Item[] {
  if (select.items.length > MAX_ITEMS) {
    throw new SqlError(
      1056,
      `The number of elements in the select list exceeds the maximum allowed number of ${MAX_ITEMS} elements.`,
      15,
    );
  }
  return select.items.flatMap(item =>
    item.kind === 'star' ? expandStar(item, scope, output) : [bindItem(item, output)],
  );
}

function expandStar(item: ast.SelectStar, scope: Scope, output: Scope): Item[] {
  if (scope.columns.length === 0) throw new SqlError(263, 'Must specify table to select from.', 16, 1, item.line);
  const qualifier = item.qualifier?.[item.qualifier.length - 1]?.toLowerCase();
  const schema =
    item.qualifier && item.qualifier.length > 1 ? item.qualifier[item.qualifier.length - 2]!.toLowerCase() : undefined;
  const items: Item[] = [];
  for (const ordinal of scope.starOrder ?? scope.columns.keys()) {
    const column = scope.columns[ordinal]!;
    if (column.hidden || (qualifier !== undefined && column.qualifier?.toLowerCase() !== qualifier)) continue;
    if (schema !== undefined && column.schema?.toLowerCase() !== schema) continue;
    const node: ast.ColumnReference = {
      kind: 'column',
      line: item.line,
      parts: column.qualifier ? [column.qualifier, column.name!] : [column.name!],
    };
    const expression = output.grouping ? bindExpression(node, output) : scope.columnExpression(ordinal, 0);
    items.push({
      expression,
      node,
      column: {
        name: column.name,
        type: column.type,
        nullable: column.nullable,
        identity: column.identity,
        computed: column.computed,
        base: column.base,
        table: column.qualifier,
        shownTable: column.shownTable,
        json: false,
      },
    });
  }
  if (items.length === 0) {
    throw new SqlError(
      107,
      `The column prefix '${item.qualifier?.join('.') ?? ''}' does not match with a table name or alias name used in the query.`,
      15,
      1,
      item.line,
    );
  }
  return items;
}

const JSON_FUNCTIONS: ReadonlySet<string> = new Set(['JSON_QUERY', 'JSON_MODIFY']);

function isJson(node: ast.Expression): boolean {
  if (node.kind === 'subquery') return node.query.for?.kind === 'json' && !node.query.for.withoutArrayWrapper;
  if (node.kind === 'function') return node.name.length === 1 && JSON_FUNCTIONS.has(node.name[0]!.toUpperCase());
  return node.kind === 'json object' || node.kind === 'json array';
}

function bindItem(item: ast.SelectExpression | ast.SelectAssignment, output: Scope): Item {
  const node = item.expression;
  const expression = bindExpression(node, output);
  const input = output.grouping?.input ?? output;
  const ordinal = node.kind === 'column' ? input.find(node.parts) : -1;
  const column = ordinal >= 0 ? input.columns[ordinal]! : undefined;
  const alias = item.kind === 'expression' ? item.alias : undefined;
  // A result column has the name as the query spells it, not as the table does.
  const name = alias ?? (node.kind === 'column' ? node.parts[node.parts.length - 1]! : null);
  return {
    expression,
    node,
    column: {
      name,
      type: outputType(expression.type),
      nullable: isNullable(node, output),
      ...(column && !output.grouping
        ? { identity: column.identity, computed: column.computed, base: column.base }
        : {}),
      table: column?.qualifier ?? null,
      shownTable: column?.shownTable,
      json: isJson(node),
    },
  };
}

function assignmentsOf(select: ast.Select): string[] | undefined {
  const variables = select.items.flatMap(item => (item.kind === 'assignment' ? [item.variable] : []));
  if (variables.length === 0) return undefined;
  if (variables.length < select.items.length) {
    throw new SqlError(
      141,
      'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.',
      15,
      1,
      select.line,
    );
  }
  return variables;
}

/** By place, by alias, by an expression of the select list, or by any expression over the rows. */
function bindOrder(
  item: ast.OrderItem,
  place: number,
  items: readonly Item[],
  select: ast.Select,
  scope: Scope,
  output: Scope,
): OrderItem {
  const node = item.expression;
  const { descending } = item;
  const byColumn = (column: number): OrderItem => ({ type: items[column]!.expression.type, descending, column });
  const position = positionOf(node, items.length, place);
  if (position !== undefined) return byColumn(position);
  if (node.kind === 'column' && node.parts.length === 1) {
    const name = node.parts[0]!.toLowerCase();
    const named = items.flatMap((at, i) => (at.column.name?.toLowerCase() === name ? [i] : []));
    const [first, ...others] = named;
    if (first !== undefined) {
      const key = expressionKey(items[first]!.node, scope);
      if (others.some(i => expressionKey(items[i]!.node, scope) !== key))
        throw new SqlError(209, `Ambiguous column name '${node.parts[0]!}'.`, 16, 1, node.line);
      return byColumn(first);
    }
  }
  const key = expressionKey(node, scope);
  const same = items.findIndex(at => expressionKey(at.node, scope) === key);
  if (same >= 0) return byColumn(same);
  const expression = bindExpression(node, output);
  if (select.distinct)
    throw new SqlError(
      145,
      'ORDER BY items must appear in the select list if SELECT DISTINCT is specified.',
      15,
      1,
      node.line,
    );
  return { type: expression.type, descending, expression };
}

function rejectDuplicates(
  nodes: readonly ast.OrderItem[],
  order: readonly OrderItem[],
  items: readonly Item[],
  scope: Scope,
): void {
  const seen = new Set<string>();
  order.forEach((item, i) => {
    const node = item.column === undefined ? nodes[i]!.expression : items[item.column]!.node;
    const key =
      node.kind === 'column' ? expressionKey(node, scope) : item.column === undefined ? `e${i}` : `c${item.column}`;
    if (seen.has(key)) {
      throw new SqlError(
        169,
        'A column has been specified more than once in the order by list. Columns in the order by list must be unique.',
        15,
        1,
        nodes[i]!.line,
      );
    }
    seen.add(key);
  });
}
