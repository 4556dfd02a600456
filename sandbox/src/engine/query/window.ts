import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type BoundExpression, type Env, type Ticker } from '../contracts.ts';
import { hashKeyFor } from '../operators.ts';
import type { Value } from '../sql-type.ts';
import type { Row } from './row-source.ts';
import { type SortEntry, type SortKey, compareKeys, sortItems } from './sort.ts';

/** Computes one window function for all rows of a partition. */
export interface WindowFunction {
  compute(partition: WindowPartition, slot: number, ticker: Ticker): Generator<typeof PAUSE, void, void>;
}

/** Window functions with the same PARTITION BY and ORDER BY: they share one sort. */
export interface WindowGroup {
  readonly key: string;
  readonly partition: readonly BoundExpression[];
  readonly order: readonly SortKey[];
  readonly functions: { readonly slot: number; readonly run: WindowFunction }[];
}

/** The rows of one partition, in order, with where each row's peers begin and end. */
export class WindowPartition {
  readonly length: number;
  readonly peerStart: Int32Array;
  readonly peerEnd: Int32Array;
  private readonly entries: readonly SortEntry[];
  private readonly from: number;
  private readonly env: { row: Row; readonly outer: Env | null };

  constructor(
    entries: readonly SortEntry[],
    from: number,
    to: number,
    isPeer: (a: Row, b: Row) => boolean,
    outer: Env | null,
  ) {
    this.entries = entries;
    this.from = from;
    this.length = to - from;
    this.env = { row: [], outer };
    this.peerStart = new Int32Array(this.length);
    this.peerEnd = new Int32Array(this.length);
    let start = 0;
    for (let i = 0; i < this.length; i++) {
      if (i > 0 && !isPeer(this.keysOf(i - 1), this.keysOf(i))) start = i;
      this.peerStart[i] = start;
    }
    let end = this.length - 1;
    for (let i = this.length - 1; i >= 0; i--) {
      if (i < this.length - 1 && this.peerStart[i] !== this.peerStart[i + 1]) end = i;
      this.peerEnd[i] = end;
    }
  }

  keysOf(i: number): Row {
    return this.entries[this.from + i]!.keys;
  }

  /** The environment of row `i`; valid until the next call. */
  envOf(i: number): Env {
    this.env.row = this.entries[this.from + i]!.row;
    return this.env;
  }

  write(i: number, slot: number, value: Value): void {
    (this.entries[this.from + i]!.row as Value[])[slot] = value;
  }
}

/**
 * Runs all window functions of a query over its rows, which have room for the results from ordinal `base` on. The
 * rows are returned in the order of the last group, as by a plan of SQL Server.
 */
export function* computeWindows(
  rows: Value[][],
  base: number,
  groups: readonly WindowGroup[],
  outer: Env | null,
  compilation: Compilation,
): Generator<typeof PAUSE, readonly Row[], void> {
  const { ticker } = compilation;
  let current: readonly Row[] = rows;
  for (const group of groups) {
    const partitionKeys: SortKey[] = group.partition.map(expression => ({
      type: expression.type,
      descending: false,
      evaluate: env => expression.evaluate(env),
    }));
    const sortKeys = [...partitionKeys, ...group.order];
    const env = { row: [] as Row, outer };
    let entries: SortEntry[] = [];
    for (const row of current) {
      if (ticker.tick()) yield PAUSE;
      env.row = row;
      entries.push({ row, keys: sortKeys.map(key => key.evaluate(env)) });
    }
    const compare = compareKeys(sortKeys);
    if (sortKeys.length > 0) entries = yield* sortItems(entries, (a, b) => compare(a.keys, b.keys), ticker);
    const width = partitionKeys.length;
    const hashes = sortKeys.map(key => hashKeyFor(key.type));
    const equalUpTo = (a: Row, b: Row, from: number, to: number): boolean => {
      for (let k = from; k < to; k++) if (a[k] !== b[k] && hashes[k]!(a[k]!) !== hashes[k]!(b[k]!)) return false;
      return true;
    };
    const isPeer = (a: Row, b: Row): boolean => equalUpTo(a, b, width, sortKeys.length);
    for (let from = 0; from < entries.length;) {
      let to = from + 1;
      while (to < entries.length && equalUpTo(entries[from]!.keys, entries[to]!.keys, 0, width)) to++;
      const partition = new WindowPartition(entries, from, to, isPeer, outer);
      for (const { slot, run } of group.functions) yield* run.compute(partition, base + slot, ticker);
      from = to;
    }
    current = entries.map(entry => entry.row);
  }
  return current;
}
