import { PAUSE, type BoundExpression, type Ticker } from '../contracts.ts';
import { converter } from '../convert.ts';
import { SqlError } from '../sql-error.ts';
import type { Value } from '../sql-type.ts';
import { FLOAT } from '../types.ts';
import type { AggregateCall } from './aggregate.ts';
import { type Frame, aggregateFrames, frameEnd, frameStart } from './window-frame.ts';
import type { WindowFunction, WindowPartition } from './window.ts';

type Steps = Generator<typeof PAUSE, void, void>;

export type RankingName = 'ROW_NUMBER' | 'RANK' | 'DENSE_RANK' | 'PERCENT_RANK' | 'CUME_DIST';

export function ranking(name: RankingName): WindowFunction {
  return {
    *compute(partition: WindowPartition, slot: number, ticker: Ticker): Steps {
      let dense = 0n;
      for (let i = 0; i < partition.length; i++) {
        if (ticker.tick()) yield PAUSE;
        const start = partition.peerStart[i]!;
        if (start === i) dense++;
        partition.write(i, slot, rank(name, partition, i, start, dense));
      }
    },
  };
}

function rank(name: RankingName, partition: WindowPartition, i: number, start: number, dense: bigint): Value {
  switch (name) {
    case 'ROW_NUMBER':
      return BigInt(i + 1);
    case 'RANK':
      return BigInt(start + 1);
    case 'DENSE_RANK':
      return dense;
    case 'PERCENT_RANK':
      return partition.length > 1 ? start / (partition.length - 1) : 0;
    case 'CUME_DIST':
      return (partition.peerEnd[i]! + 1) / partition.length;
  }
}

export function ntile(buckets: BoundExpression): WindowFunction {
  return {
    *compute(partition, slot, ticker): Steps {
      const value = buckets.evaluate(partition.envOf(0));
      const count = value === null ? 0 : Number(value);
      if (count < 1)
        throw new SqlError(1052, "The function 'ntile' takes only a positive int or bigint expression as its input.");
      const size = Math.floor(partition.length / count);
      const larger = partition.length % count;
      const edge = larger * (size + 1);
      for (let i = 0; i < partition.length; i++) {
        if (ticker.tick()) yield PAUSE;
        const bucket = i < edge ? Math.floor(i / (size + 1)) : larger + Math.floor((i - edge) / size);
        partition.write(i, slot, BigInt(bucket + 1));
      }
    },
  };
}

export interface OffsetOptions {
  readonly value: BoundExpression;
  readonly offset?: BoundExpression;
  readonly fallback?: BoundExpression;
  readonly ignoreNulls: boolean;
}

/** LAG (direction -1) and LEAD (1). */
export function offsetFunction(direction: -1 | 1, options: OffsetOptions): WindowFunction {
  const { value, offset, fallback, ignoreNulls } = options;
  return {
    *compute(partition, slot, ticker): Steps {
      const values: Value[] = [];
      for (let i = 0; i < partition.length; i++) {
        if (ticker.tick()) yield PAUSE;
        values.push(value.evaluate(partition.envOf(i)));
      }
      // For IGNORE NULLS: the places of the values that count, and for each row where it stands among them.
      const places = ignoreNulls ? values.flatMap((v, i) => (v === null ? [] : [i])) : [];
      let before = 0;
      for (let i = 0; i < partition.length; i++) {
        if (ticker.tick()) yield PAUSE;
        const env = partition.envOf(i);
        const distance = offset ? offset.evaluate(env) : 1;
        if (distance === null || Number(distance) < 0)
          throw new SqlError(8730, 'Offset parameter for Lag and Lead functions cannot be a negative value.');
        const steps = Number(distance);
        let at: number | undefined;
        if (!ignoreNulls || steps === 0) at = i + direction * steps;
        else {
          while (before < places.length && places[before]! < i) before++;
          const next = before < places.length && places[before] === i ? before + 1 : before;
          at = direction < 0 ? places[before - steps] : places[next + steps - 1];
        }
        const inside = at !== undefined && at >= 0 && at < partition.length;
        partition.write(i, slot, inside ? values[at!]! : fallback ? fallback.evaluate(env) : null);
      }
    },
  };
}

/** FIRST_VALUE and LAST_VALUE. */
export function edgeValue(
  edge: 'first' | 'last',
  value: BoundExpression,
  frame: Frame,
  ignoreNulls: boolean,
): WindowFunction {
  return {
    *compute(partition, slot, ticker): Steps {
      const values: Value[] = [];
      for (let i = 0; i < partition.length; i++) {
        if (ticker.tick()) yield PAUSE;
        values.push(value.evaluate(partition.envOf(i)));
      }
      const near = ignoreNulls ? nearestValues(values, edge) : undefined;
      for (let i = 0; i < partition.length; i++) {
        if (ticker.tick()) yield PAUSE;
        const start = frameStart(frame, partition, i);
        const end = Math.min(partition.length - 1, frameEnd(frame, partition, i));
        if (start > end) {
          partition.write(i, slot, null);
          continue;
        }
        let at = edge === 'first' ? start : end;
        if (near) at = near[at]!;
        partition.write(i, slot, at >= start && at <= end ? values[at]! : null);
      }
    },
  };
}

/** For each position the nearest one that is not NULL: at or after it (first), at or before it (last). */
function nearestValues(values: readonly Value[], edge: 'first' | 'last'): Int32Array {
  const near = new Int32Array(values.length);
  let known = edge === 'first' ? values.length : -1;
  for (let k = 0; k < values.length; k++) {
    const i = edge === 'first' ? values.length - 1 - k : k;
    if (values[i] !== null) known = i;
    near[i] = known;
  }
  return near;
}

/** PERCENTILE_CONT and PERCENTILE_DISC: the partition is ordered by the WITHIN GROUP expression. */
export function percentile(
  kind: 'continuous' | 'discrete',
  fraction: number,
  orderType: BoundExpression['type'],
  orderKey: number,
): WindowFunction {
  const toFloat = kind === 'continuous' ? converter(orderType, FLOAT) : (v: Value): Value => v;
  return {
    *compute(partition, slot, ticker): Steps {
      const values: Value[] = [];
      for (let i = 0; i < partition.length; i++) {
        if (ticker.tick()) yield PAUSE;
        const value = partition.keysOf(i)[orderKey]!;
        if (value !== null) values.push(toFloat(value));
      }
      const result =
        values.length === 0
          ? null
          : kind === 'continuous'
            ? interpolate(values as number[], fraction)
            : values[Math.max(0, Math.ceil(fraction * values.length) - 1)]!;
      for (let i = 0; i < partition.length; i++) partition.write(i, slot, result);
    },
  };
}

function interpolate(values: readonly number[], fraction: number): number {
  const at = fraction * (values.length - 1);
  const low = values[Math.floor(at)]!;
  const high = values[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

export function windowAggregate(call: AggregateCall, name: string, frame: Frame): WindowFunction {
  return { compute: (partition, slot, ticker) => aggregateFrames(call, name, frame, partition, slot, ticker) };
}
