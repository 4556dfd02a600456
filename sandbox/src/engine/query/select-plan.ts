import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type BoundExpression, type Env, type RowStream, type Pause } from '../contracts.ts';
import type { Predicate } from '../operators.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { type GroupPlan, aggregateRows } from './aggregate.ts';
import { passing, type PlanNode } from './plan-node.ts';
import { type EvaluatedLimit, type RowLimit, evaluateLimit } from './row-limit.ts';
import { type Row, type RowSource, filterRows, isRow, RowEnv } from './row-source.ts';
import { distinctRows, sliceRows } from './set-operators.ts';
import { type SortEntry, type SortKey, entryComparer, sortItems, TopEntries } from './sort.ts';
import { type WindowGroup, computeWindows } from './window.ts';

/** A compiled SELECT; its clauses are listed in the order of their evaluation. */
export interface SelectPlan {
  readonly source: RowSource;
  readonly where: readonly Predicate[];
  readonly group?: GroupPlan;
  readonly having: readonly Predicate[];
  readonly windows: readonly WindowGroup[];
  /** The number of window results that are appended to the row. */
  readonly windowCount: number;
  readonly output: readonly BoundExpression[];
  /** The number of leading columns of `output` that DISTINCT compares. */
  readonly visible: number;
  readonly distinct: boolean;
  readonly order: readonly OrderItem[];
  readonly limit: RowLimit;
}

/** What to sort by: an expression over the rows before projection, or a column of the output. */
export interface OrderItem {
  readonly type: SqlType;
  readonly descending: boolean;
  readonly expression?: BoundExpression;
  readonly column?: number;
}

/** The operators of a SELECT, in the order of their evaluation. */
export function describeSelect(plan: SelectPlan): PlanNode {
  let node = plan.source.plan();
  if (plan.where.length > 0) node = passing('Filter', [node], node.rows / 3);
  if (plan.group) {
    const keyed = plan.group.keys.length > 0;
    node = passing(keyed ? 'Hash Match' : 'Stream Aggregate', [node], keyed ? Math.sqrt(node.rows) : 1, 'Aggregate');
    if (plan.having.length > 0) node = passing('Filter', [node], node.rows / 3);
  }
  if (plan.windows.length > 0) node = passing('Window Aggregate', [node], node.rows);
  if (plan.distinct) node = passing('Hash Match', [node], node.rows, 'Aggregate');
  return limitedPlan(node, plan.order.length > 0, plan.limit.top !== undefined);
}

export function limitedPlan(node: PlanNode, sorted: boolean, top: boolean): PlanNode {
  if (sorted) return passing('Sort', [node], node.rows, top ? 'TopN Sort' : 'Sort');
  return top ? passing('Top', [node], node.rows) : node;
}

export function* runSelect(plan: SelectPlan, outer: Env | null, compilation: Compilation): RowStream {
  const limit = evaluateLimit(plan.limit, outer);
  if (limit.take === 0) return;
  let rows = plan.source.run(outer);
  if (plan.where.length > 0) rows = filterRows(rows, plan.where, outer);
  if (plan.group) {
    rows = aggregateRows(rows, plan.group, outer, compilation);
    if (plan.having.length > 0) rows = filterRows(rows, plan.having, outer);
  }
  if (plan.windows.length > 0) rows = withWindows(rows, plan, outer, compilation);
  if (plan.distinct) {
    const projected = distinctRows(
      project(rows, plan, outer),
      plan.output.slice(0, plan.visible).map(column => column.type),
      plan.visible,
      compilation,
    );
    const keys = plan.order.map(item => columnKey(item));
    yield* limitRows(projected, keys, limit, outer, compilation, row => row);
  } else if (plan.order.length === 0) {
    yield* limitRows(project(rows, plan, outer), [], limit, outer, compilation, row => row);
  } else {
    const keys = plan.order.map(item => sortKey(item, plan));
    const env = new RowEnv(outer);
    yield* limitRows(rows, keys, limit, outer, compilation, row => {
      env.row = row;
      return plan.output.map(column => column.evaluate(env));
    });
  }
}

function columnKey(item: OrderItem): SortKey {
  const column = item.column!;
  return { type: item.type, descending: item.descending, evaluate: env => env.row[column]! };
}

function sortKey(item: OrderItem, plan: SelectPlan): SortKey {
  const expression = item.expression ?? plan.output[item.column!]!;
  return { type: item.type, descending: item.descending, evaluate: env => expression.evaluate(env) };
}

function* project(rows: RowStream, plan: SelectPlan, outer: Env | null): RowStream {
  const env = new RowEnv(outer);
  const { output } = plan;
  for (const item of rows) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    env.row = item;
    const out = new Array<Value>(output.length);
    for (let i = 0; i < output.length; i++) out[i] = output[i]!.evaluate(env);
    yield out;
  }
}

function* withWindows(rows: RowStream, plan: SelectPlan, outer: Env | null, compilation: Compilation): RowStream {
  const wide: Value[][] = [];
  let base = 0;
  for (const item of rows) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    const row = item.slice() as Value[];
    base = row.length;
    for (let i = 0; i < plan.windowCount; i++) row.push(null);
    wide.push(row);
  }
  yield* yield* computeWindows(wide, base, plan.windows, outer, compilation);
}

/** Sorts (when there are keys), applies TOP or OFFSET/FETCH, and makes the output rows of what is left. */
export function* limitRows(
  rows: RowStream,
  keys: readonly SortKey[],
  limit: EvaluatedLimit,
  outer: Env | null,
  compilation: Compilation,
  output: (row: Row) => Row,
): RowStream {
  const { ticker } = compilation;
  if (keys.length === 0 && !limit.percent) {
    yield* sliceRows(rows, limit.skip, limit.take);
    return;
  }
  // The output is computed after the sort, for the rows within the limit only.
  const entries = yield* sortedEntries(rows, keys, limit, outer, compilation);
  let count = limit.percent
    ? Math.ceil((entries.length * limit.take) / 100)
    : Math.min(entries.length, limit.skip + limit.take);
  if (limit.withTies && count > 0 && keys.length > 0) {
    const compare = entryComparer(keys);
    const last = entries[count - 1]!;
    while (count < entries.length && compare(last, entries[count]!) === 0) count++;
  }
  for (let i = limit.skip; i < count; i++) {
    if (ticker.tick()) yield PAUSE;
    yield output(entries[i]!.row);
  }
}

const TOP_SORT_LIMIT = 20_000;

function* sortedEntries(
  rows: RowStream,
  keys: readonly SortKey[],
  limit: EvaluatedLimit,
  outer: Env | null,
  compilation: Compilation,
): Generator<Pause, SortEntry[], void> {
  const { ticker } = compilation;
  const env = new RowEnv(outer);
  const compare = entryComparer(keys);
  const needed = limit.percent ? Infinity : limit.skip + limit.take;
  const top = needed <= TOP_SORT_LIMIT ? new TopEntries(needed, limit.withTies, compare) : undefined;
  const all: SortEntry[] = [];
  for (const item of rows) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    if (ticker.tick()) yield PAUSE;
    env.row = item;
    const entry = { row: item, keys: keys.map(key => key.evaluate(env)) };
    if (top) top.add(entry);
    else all.push(entry);
  }
  if (top) return top.result();
  return keys.length > 0 ? yield* sortItems(all, (a, b) => compare(a, b), ticker) : all;
}
