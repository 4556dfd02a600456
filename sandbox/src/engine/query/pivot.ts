import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type Env, type RowStream } from '../contracts.ts';
import type { Accumulator } from '../functions/aggregates.ts';
import { hashKeyFor } from '../operators.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { type AggregateCall, newAccumulator } from './aggregate.ts';
import { type Key, rowKeyFor } from './row-keys.ts';
import { type Row, isRow, RowEnv } from './row-source.ts';

export interface PivotPlan {
  /** Ordinals of the columns that stay: what the rows are grouped by. */
  readonly keep: readonly number[];
  readonly keepTypes: readonly SqlType[];
  readonly column: number;
  readonly columnType: SqlType;
  /** The values that become columns, of the column's type. */
  readonly values: readonly Value[];
  readonly call: AggregateCall;
}

/** PIVOT: the kept columns, then the aggregate for each value. */
export function* pivotRows(stream: RowStream, plan: PivotPlan, outer: Env | null, compilation: Compilation): RowStream {
  const { ticker } = compilation;
  const keyOf = plan.keep.length > 0 ? rowKeyFor(plan.keepTypes) : (): Key => 0;
  const valueKey = hashKeyFor(plan.columnType);
  const places = new Map<Key, number>(plan.values.map((value, i) => [valueKey(value), i]));
  const groups = new Map<Key, { readonly kept: Row; readonly cells: readonly Accumulator[] }>();
  const env = new RowEnv(outer);
  for (const item of stream) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    if (ticker.tick()) yield PAUSE;
    const kept = plan.keep.map(i => item[i]!);
    const key = keyOf(kept);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { kept, cells: plan.values.map(() => newAccumulator(plan.call)) }));
    const value = item[plan.column]!;
    const place = value === null ? undefined : places.get(valueKey(value));
    if (place === undefined) continue;
    env.row = item;
    group.cells[place]!.add(plan.call.args.map(arg => arg.evaluate(env)));
  }
  for (const { kept, cells } of groups.values()) {
    if (ticker.tick()) yield PAUSE;
    yield [...kept, ...cells.map(cell => cell.result())];
  }
}

export interface UnpivotPlan {
  readonly keep: readonly number[];
  readonly columns: readonly { readonly ordinal: number; readonly name: string }[];
}

/** UNPIVOT: for each column that isn't NULL the kept columns, its value and its name. */
export function* unpivotRows(stream: RowStream, plan: UnpivotPlan, compilation: Compilation): RowStream {
  const { ticker } = compilation;
  for (const item of stream) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    const kept = plan.keep.map(i => item[i]!);
    for (const { ordinal, name } of plan.columns) {
      if (ticker.tick()) yield PAUSE;
      const value = item[ordinal]!;
      if (value !== null) yield [...kept, value, name];
    }
  }
}
