import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type BoundExpression, type Env, type RowStream } from '../contracts.ts';
import type { Accumulator, BoundAggregate } from '../functions/aggregates.ts';
import type { Value } from '../sql-type.ts';
import { type Key, rowKeyFor } from './row-keys.ts';
import { type Row, isRow, RowEnv } from './row-source.ts';
import { type SortKey, compareKeys } from './sort.ts';

/** A call of an aggregate in a grouped query. */
export interface AggregateCall {
  readonly aggregate: BoundAggregate;
  readonly args: readonly BoundExpression[];
  /** WITHIN GROUP (ORDER BY …) of STRING_AGG. */
  readonly order?: readonly SortKey[];
}

export interface GroupPlan {
  readonly keys: readonly BoundExpression[];
  /** The grouping sets: which keys each groups by. A plain GROUP BY has one, with all of them. */
  readonly sets: readonly (readonly number[])[];
  readonly calls: readonly AggregateCall[];
}

interface Group {
  readonly keys: Row;
  readonly set: number;
  readonly accumulators: readonly Accumulator[];
}

/** Rows of a grouped query: the keys, the number of the grouping set, then the aggregates' results. */
export function* aggregateRows(
  stream: RowStream,
  plan: GroupPlan,
  outer: Env | null,
  compilation: Compilation,
): RowStream {
  const { ticker } = compilation;
  const groups = plan.sets.map(() => new Map<Key, Group>());
  const keyOf = plan.sets.map(set => (set.length > 0 ? rowKeyFor(set.map(i => plan.keys[i]!.type)) : () => 0));
  const env = new RowEnv(outer);
  const simple = plan.sets.length === 1 && plan.sets[0]!.length === plan.keys.length;
  for (const item of stream) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    if (ticker.tick()) yield PAUSE;
    env.row = item;
    const keys = plan.keys.map(key => key.evaluate(env));
    const args = plan.calls.map(call => call.args.map(arg => arg.evaluate(env)));
    const orders = plan.calls.map(call => call.order?.map(key => key.evaluate(env)));
    for (let s = 0; s < plan.sets.length; s++) {
      const set = plan.sets[s]!;
      const key = keyOf[s]!(simple ? keys : set.map(i => keys[i]!));
      let group = groups[s]!.get(key);
      if (!group) groups[s]!.set(key, (group = newGroup(plan, simple ? keys : masked(keys, set), s)));
      for (let c = 0; c < args.length; c++) {
        const accumulator = group.accumulators[c]!;
        if (accumulator instanceof OrderedAccumulator) accumulator.addOrdered(args[c]!, orders[c]!);
        else accumulator.add(args[c]!);
      }
    }
  }
  for (let s = 0; s < plan.sets.length; s++) {
    // The empty grouping set has a row even for empty input.
    if (plan.sets[s]!.length === 0 && groups[s]!.size === 0)
      groups[s]!.set(
        0,
        newGroup(
          plan,
          plan.keys.map(() => null),
          s,
        ),
      );
    for (const group of groups[s]!.values()) {
      if (ticker.tick()) yield PAUSE;
      yield [...group.keys, group.set, ...group.accumulators.map(accumulator => accumulator.result())];
    }
  }
}

const masked = (keys: Row, set: readonly number[]): Row => keys.map((key, i) => (set.includes(i) ? key : null));

const newGroup = (plan: GroupPlan, keys: Row, set: number): Group => ({
  keys,
  set,
  accumulators: plan.calls.map(newAccumulator),
});

export const newAccumulator = (call: AggregateCall): Accumulator =>
  call.order?.length ? new OrderedAccumulator(call.aggregate.create(), call.order) : call.aggregate.create();

/** Collects its input until the end, and then passes it on in order. */
class OrderedAccumulator implements Accumulator {
  private readonly inner: Accumulator;
  private readonly compare: (a: Row, b: Row) => number;
  private readonly entries: { readonly values: readonly Value[]; readonly order: Row }[] = [];

  constructor(inner: Accumulator, order: readonly SortKey[]) {
    this.inner = inner;
    this.compare = compareKeys(order);
  }

  addOrdered(values: readonly Value[], order: Row): void {
    this.entries.push({ values, order });
  }

  add(): void {
    throw new Error('An ordered aggregate needs its order.');
  }

  result(): Value {
    this.entries.sort((a, b) => this.compare(a.order, b.order));
    for (const { values } of this.entries) this.inner.add(values);
    this.entries.length = 0;
    return this.inner.result();
  }
}
