import { type Ticker, PAUSE } from '../contracts.ts';
import type { Accumulator } from '../functions/aggregates.ts';
import { comparatorFor } from '../operators.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { isApproximate, isDecimal, precisionScale } from '../types.ts';
import type { AggregateCall } from './aggregate.ts';
import type { WindowPartition } from './window.ts';

export interface FrameBound {
  readonly kind: 'unbounded preceding' | 'preceding' | 'current row' | 'following' | 'unbounded following';
  readonly offset: number;
}

export interface Frame {
  readonly unit: 'rows' | 'range';
  readonly start: FrameBound;
  readonly end: FrameBound;
}

export const WHOLE_PARTITION: Frame = {
  unit: 'rows',
  start: { kind: 'unbounded preceding', offset: 0 },
  end: { kind: 'unbounded following', offset: 0 },
};
/** The frame of an ORDER BY without a frame clause. */
export const UP_TO_PEERS: Frame = {
  unit: 'range',
  start: { kind: 'unbounded preceding', offset: 0 },
  end: { kind: 'current row', offset: 0 },
};

/** The first row of the frame of row `i` within the partition; it may be past the end. */
export function frameStart(frame: Frame, partition: WindowPartition, i: number): number {
  const { kind, offset } = frame.start;
  switch (kind) {
    case 'unbounded preceding':
      return 0;
    case 'preceding':
      return Math.max(0, i - offset);
    case 'current row':
      return frame.unit === 'range' ? partition.peerStart[i]! : i;
    case 'following':
      return i + offset;
    case 'unbounded following':
      return partition.length;
  }
}

/** The last row of the frame of row `i`; it is before the first one when the frame is empty. */
export function frameEnd(frame: Frame, partition: WindowPartition, i: number): number {
  const { kind, offset } = frame.end;
  switch (kind) {
    case 'unbounded preceding':
      return -1;
    case 'preceding':
      return i - offset;
    case 'current row':
      return frame.unit === 'range' ? partition.peerEnd[i]! : i;
    case 'following':
      return Math.min(partition.length - 1, i + offset);
    case 'unbounded following':
      return partition.length - 1;
  }
}

/** An aggregate over frames, in linear time if the frame grows at one end, or slides and its values combine. */
export function* aggregateFrames(
  call: AggregateCall,
  name: string,
  frame: Frame,
  partition: WindowPartition,
  slot: number,
  ticker: Ticker,
): Generator<typeof PAUSE, void, void> {
  if (frame.start.kind === 'unbounded preceding') yield* growing(call, frame, partition, slot, ticker);
  else if (frame.end.kind === 'unbounded following') yield* shrinking(call, frame, partition, slot, ticker);
  else {
    const combiner = call.args.length === 1 ? combinerFor(name, call.args[0]!.type, call.aggregate.type) : undefined;
    if (combiner) yield* sliding(combiner, call, frame, partition, slot, ticker);
    else yield* recomputed(call, name, frame, partition, slot, ticker);
  }
}

function feed(accumulator: Accumulator, call: AggregateCall, partition: WindowPartition, i: number): void {
  const env = partition.envOf(i);
  accumulator.add(call.args.map(arg => arg.evaluate(env)));
}

function* growing(
  call: AggregateCall,
  frame: Frame,
  partition: WindowPartition,
  slot: number,
  ticker: Ticker,
): Generator<typeof PAUSE, void, void> {
  const accumulator = call.aggregate.create();
  let fed = -1;
  let result = accumulator.result();
  for (let i = 0; i < partition.length; i++) {
    if (ticker.tick()) yield PAUSE;
    const end = frameEnd(frame, partition, i);
    if (end > fed) {
      while (fed < end) {
        if (ticker.tick()) yield PAUSE;
        feed(accumulator, call, partition, ++fed);
      }
      result = accumulator.result();
    }
    partition.write(i, slot, result);
  }
}

function* shrinking(
  call: AggregateCall,
  frame: Frame,
  partition: WindowPartition,
  slot: number,
  ticker: Ticker,
): Generator<typeof PAUSE, void, void> {
  const accumulator = call.aggregate.create();
  let fed = partition.length;
  let result = accumulator.result();
  for (let i = partition.length - 1; i >= 0; i--) {
    if (ticker.tick()) yield PAUSE;
    const start = frameStart(frame, partition, i);
    if (start < fed) {
      while (fed > start) {
        if (ticker.tick()) yield PAUSE;
        feed(accumulator, call, partition, --fed);
      }
      result = accumulator.result();
    }
    partition.write(i, slot, result);
  }
}

function* recomputed(
  call: AggregateCall,
  name: string,
  frame: Frame,
  partition: WindowPartition,
  slot: number,
  ticker: Ticker,
): Generator<typeof PAUSE, void, void> {
  const counting = call.args.length === 0 && (name === 'COUNT' || name === 'COUNT_BIG');
  for (let i = 0; i < partition.length; i++) {
    const start = frameStart(frame, partition, i);
    const end = frameEnd(frame, partition, i);
    if (counting) {
      const count = Math.max(0, end - start + 1);
      partition.write(i, slot, name === 'COUNT' ? count : BigInt(count));
    } else {
      const accumulator = call.aggregate.create();
      for (let k = start; k <= end; k++) {
        if (ticker.tick()) yield PAUSE;
        feed(accumulator, call, partition, k);
      }
      partition.write(i, slot, accumulator.result());
    }
    if (ticker.tick()) yield PAUSE;
  }
}

/** A partial result of several rows: how many values there were, and their sum or extreme. */
interface Partial {
  readonly count: number;
  readonly value: Value;
}
interface Combiner {
  combine(a: Partial, b: Partial): Partial;
  finish(partial: Partial): Value;
}
const NOTHING: Partial = { count: 0, value: null };

function combinerFor(name: string, argument: SqlType, result: SqlType): Combiner | undefined {
  const merging =
    (merge: (a: Value, b: Value) => Value) =>
    (a: Partial, b: Partial): Partial =>
      a.count === 0 ? b : b.count === 0 ? a : { count: a.count + b.count, value: merge(a.value, b.value) };
  const add = (a: Value, b: Value): Value => ((a as number) + (b as number)) as Value;
  switch (name) {
    case 'COUNT':
      return { combine: merging(() => 0), finish: p => p.count };
    case 'COUNT_BIG':
      return { combine: merging(() => 0), finish: p => BigInt(p.count) };
    case 'MIN':
    case 'MAX': {
      const compare = comparatorFor(argument);
      const sign = name === 'MAX' ? 1 : -1;
      return { combine: merging((a, b) => (compare(b, a) * sign > 0 ? b : a)), finish: p => p.value };
    }
    case 'SUM':
      return { combine: merging(add), finish: p => inRange(p.value, result) };
    case 'AVG': {
      if (isApproximate(result))
        return { combine: merging(add), finish: p => (p.count ? (p.value as number) / p.count : null) };
      const shift = isDecimal(argument)
        ? 10n ** BigInt(precisionScale(result).scale - precisionScale(argument).scale)
        : 1n;
      return {
        combine: merging(add),
        finish: p => {
          if (p.count === 0) return null;
          if (typeof p.value === 'bigint') return (p.value * shift) / BigInt(p.count);
          return Math.trunc((p.value as number) / p.count);
        },
      };
    }
    default:
      return undefined;
  }
}

function inRange(value: Value, type: SqlType): Value {
  const tooLarge =
    (type.name === 'int' && typeof value === 'number' && (value > 2147483647 || value < -2147483648)) ||
    (type.name === 'bigint' && typeof value === 'bigint' && BigInt.asIntN(64, value) !== value);
  if (tooLarge) throw new SqlError(8115, `Arithmetic overflow error converting expression to data type ${type.name}.`);
  return value;
}

/** A queue of two stacks with running partial results: adding or removing a row takes amortised constant time. */
function* sliding(
  combiner: Combiner,
  call: AggregateCall,
  frame: Frame,
  partition: WindowPartition,
  slot: number,
  ticker: Ticker,
): Generator<typeof PAUSE, void, void> {
  const argument = call.args[0]!;
  const partialOf = (i: number): Partial => {
    const value = argument.evaluate(partition.envOf(i));
    return value === null ? NOTHING : { count: 1, value };
  };
  let front: Partial[] = [];
  let back: Partial[] = [];
  let backTotal = NOTHING;
  let head = 0;
  let tail = -1;
  for (let i = 0; i < partition.length; i++) {
    if (ticker.tick()) yield PAUSE;
    const start = frameStart(frame, partition, i);
    const end = Math.min(partition.length - 1, frameEnd(frame, partition, i));
    while (tail < end) {
      const partial = partialOf(++tail);
      back.push(partial);
      backTotal = combiner.combine(backTotal, partial);
    }
    while (head < start && head <= tail) {
      if (front.length === 0) {
        let total = NOTHING;
        front = back.reverse().map(partial => (total = combiner.combine(partial, total)));
        back = [];
        backTotal = NOTHING;
      }
      front.pop();
      head++;
    }
    const total = head > end ? NOTHING : combiner.combine(front[front.length - 1] ?? NOTHING, backTotal);
    partition.write(i, slot, combiner.finish(total));
  }
}
