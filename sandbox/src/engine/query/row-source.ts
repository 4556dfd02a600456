import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type Env, type Pause, type RowStream } from '../contracts.ts';
import type { Predicate } from '../operators.ts';
import type { Value } from '../sql-type.ts';
import { CONSTANT_SCAN, type PlanNode } from './plan-node.ts';

export type Row = readonly Value[];

/** Part of a FROM clause: gives rows whose columns stand at `offset` … `offset + width` of the scope. */
export interface RowSource {
  readonly offset: number;
  readonly width: number;
  /** True when its rows depend on the enclosing query's row. */
  readonly correlated: boolean;
  /** For a lateral source (APPLY) `outer` is the row of the left side. */
  run(outer: Env | null): RowStream;
  plan(): PlanNode;
}

/** An Env that an operator reuses for all of its rows. */
export class RowEnv implements Env {
  row: Row;
  readonly outer: Env | null;

  constructor(outer: Env | null, row: Row = NO_VALUES) {
    this.outer = outer;
    this.row = row;
  }
}

export const NO_VALUES: Row = Object.freeze([]) as Row;

export const isRow = (item: Row | Pause): item is Row => Array.isArray(item);

export const nulls = (width: number): Row => new Array<Value>(width).fill(null);

/** Runs a stream to its end at once, where the caller cannot pause (a subquery inside an expression). */
export function drain(stream: RowStream): Row[] {
  const rows: Row[] = [];
  for (const item of stream) if (isRow(item)) rows.push(item);
  return rows;
}

/** Runs a stream to its end and passes pauses on. */
export function* collect(stream: RowStream): Generator<Pause, Row[], void> {
  const rows: Row[] = [];
  for (const item of stream) {
    if (isRow(item)) rows.push(item);
    else yield item;
  }
  return rows;
}

export function passes(predicates: readonly Predicate[], env: Env): boolean {
  for (const predicate of predicates) if (predicate(env) !== true) return false;
  return true;
}

/** Keeps the rows for which every predicate is true. */
export function* filterRows(stream: RowStream, predicates: readonly Predicate[], outer: Env | null): RowStream {
  const env = new RowEnv(outer);
  for (const item of stream) {
    if (!isRow(item)) {
      yield item;
      continue;
    }
    env.row = item;
    if (passes(predicates, env)) yield item;
  }
}

/** Rows of an iterable, with a tick for each. */
export function* rowsOf(rows: Iterable<Row>, compilation: Compilation): RowStream {
  const ticker = compilation.ticker;
  for (const row of rows) {
    if (ticker.tick()) yield PAUSE;
    yield row;
  }
}

/** One row without columns, which a SELECT without FROM reads. */
export class SingleRow implements RowSource {
  readonly offset = 0;
  readonly width = 0;
  readonly correlated = false;

  *run(): RowStream {
    yield NO_VALUES;
  }

  plan(): PlanNode {
    return CONSTANT_SCAN;
  }
}
