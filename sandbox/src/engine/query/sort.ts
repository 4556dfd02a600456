import { PAUSE, type Env, type Ticker } from '../contracts.ts';
import { comparatorFor } from '../operators.ts';
import type { SqlType, Value } from '../sql-type.ts';
import type { Row } from './row-source.ts';

export interface SortKey {
  readonly type: SqlType;
  readonly descending: boolean;
  evaluate(env: Env): Value;
}

export interface SortEntry {
  readonly row: Row;
  readonly keys: Row;
}

export type EntryComparer = (a: SortEntry, b: SortEntry) => number;

/** NULLs come first in ascending order. */
export function compareKeys(
  keys: readonly { readonly type: SqlType; readonly descending: boolean }[],
): (a: Row, b: Row) => number {
  const comparers = keys.map(key => comparatorFor(key.type));
  const signs = keys.map(key => (key.descending ? -1 : 1));
  return (a, b) => {
    for (let i = 0; i < comparers.length; i++) {
      const x = a[i]!;
      const y = b[i]!;
      if (x === y) continue;
      const order = x === null ? -1 : y === null ? 1 : comparers[i]!(x, y);
      if (order !== 0) return order * signs[i]!;
    }
    return 0;
  };
}

export function entryComparer(keys: readonly SortKey[]): EntryComparer {
  const compare = compareKeys(keys);
  return (a, b) => compare(a.keys, b.keys);
}

const RUN = 2048;

/** A stable merge sort that pauses: the built-in sort sorts the runs, which are then merged in pairs. */
export function* sortItems<T>(
  items: T[],
  compare: (a: T, b: T) => number,
  ticker: Ticker,
): Generator<typeof PAUSE, T[], void> {
  let due = false;
  const ticking = (a: T, b: T): number => {
    if (ticker.tick()) due = true;
    return compare(a, b);
  };
  if (items.length <= RUN) return items.sort(ticking);
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += RUN) {
    runs.push(items.slice(at, at + RUN).sort(ticking));
    if (due) yield PAUSE;
    due = false;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const left = runs[i]!;
      const right = runs[i + 1];
      merged.push(right ? yield* merge(left, right, compare, ticker) : left);
    }
    runs = merged;
  }
  return runs[0]!;
}

function* merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
  ticker: Ticker,
): Generator<typeof PAUSE, T[], void> {
  const out = new Array<T>(left.length + right.length);
  let l = 0;
  let r = 0;
  for (let i = 0; i < out.length; i++) {
    if (ticker.tick()) yield PAUSE;
    if (r >= right.length || (l < left.length && compare(left[l]!, right[r]!) <= 0)) out[i] = left[l++]!;
    else out[i] = right[r++]!;
  }
  return out;
}

/** Keeps the first `limit` entries in sort order: it sorts and truncates whenever it holds twice as many. */
export class TopEntries {
  private readonly limit: number;
  private readonly withTies: boolean;
  private readonly compare: EntryComparer;
  private entries: SortEntry[] = [];
  private threshold: number;

  constructor(limit: number, withTies: boolean, compare: EntryComparer) {
    this.limit = limit;
    this.withTies = withTies;
    this.compare = compare;
    this.threshold = Math.max(limit * 2, 512);
  }

  add(entry: SortEntry): void {
    this.entries.push(entry);
    if (this.entries.length >= this.threshold) {
      this.cut();
      this.threshold = Math.max(this.entries.length * 2, 512);
    }
  }

  result(): SortEntry[] {
    this.cut();
    return this.entries;
  }

  private cut(): void {
    this.entries.sort(this.compare);
    let keep = Math.min(this.limit, this.entries.length);
    if (this.withTies && keep > 0) {
      const last = this.entries[keep - 1]!;
      while (keep < this.entries.length && this.compare(last, this.entries[keep]!) === 0) keep++;
    }
    this.entries.length = keep;
  }
}
