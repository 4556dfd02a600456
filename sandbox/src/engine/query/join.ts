import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type BoundExpression, type Env, type RowStream, type Pause } from '../contracts.ts';
import type { Predicate } from '../operators.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { metered, type PlanNode } from './plan-node.ts';
import { type Key, rowKeyFor } from './row-keys.ts';
import { type Row, type RowSource, collect, isRow, nulls, passes, RowEnv } from './row-source.ts';

export type JoinKind = 'inner' | 'left' | 'right' | 'full';

/** `left = right` of a join: each side bound over its own rows and converted to the type of the comparison. */
export interface JoinEquality {
  readonly left: BoundExpression;
  readonly right: BoundExpression;
  readonly type: SqlType;
}

/** Looks rows of the right side up by the values of the equalities (an index). */
export interface JoinLookup {
  /** The largest number of left rows that are looked up one by one; for more, the right side is hashed. */
  readonly limit: number;
  find(keys: readonly Value[], outer: Env | null): Iterable<Row>;
}

const LOGICAL_JOINS: Readonly<Record<JoinKind, string>> = {
  inner: 'Inner Join',
  left: 'Left Outer Join',
  right: 'Right Outer Join',
  full: 'Full Outer Join',
};

type Buckets = Map<Key, number[]>;

/** The hashed right side of a join: its rows, and the rows of each key. */
interface Build {
  readonly rows: Row[];
  readonly buckets: Buckets | undefined;
}

/**
 * Joins two sources. With equalities it is a hash join: the right side is hashed, the left side streams. A right side
 * with an index is looked up instead while there are few left rows. Without equalities it is a nested loop over the
 * buffered right side.
 */
export class JoinSource implements RowSource {
  readonly kind: JoinKind;
  readonly left: RowSource;
  readonly right: RowSource;
  readonly equalities: JoinEquality[] = [];
  /** For each equality the ordinal within the right side, if that side of the equality is a plain column. */
  readonly equalityColumns: (number | undefined)[] = [];
  /** The other conditions, bound over the joined row. */
  readonly residual: Predicate[] = [];
  lookup: JoinLookup | undefined;
  /** Set when a condition of the join itself refers to an enclosing query. */
  conditionsCorrelated = false;
  private readonly compilation: Compilation;
  private cached: { readonly generation: number; readonly build: Build } | undefined;

  constructor(kind: JoinKind, left: RowSource, right: RowSource, compilation: Compilation) {
    this.kind = kind;
    this.left = left;
    this.right = right;
    this.compilation = compilation;
  }

  get offset(): number {
    return this.left.offset;
  }
  get width(): number {
    return this.left.width + this.right.width;
  }
  get correlated(): boolean {
    return this.left.correlated || this.right.correlated || this.conditionsCorrelated;
  }

  run(outer: Env | null): RowStream {
    const meter = this.compilation.meterOf(this);
    return meter ? metered(meter, this.joined(outer)) : this.joined(outer);
  }

  plan(): PlanNode {
    const children = [this.left.plan(), this.right.plan()];
    const [left = 1, right = 1] = children.map(({ rows }) => rows);
    const hashed = this.equalities.length > 0 && !(this.lookup && left <= this.lookup.limit);
    return {
      physical: hashed ? 'Hash Match' : 'Nested Loops',
      logical: LOGICAL_JOINS[this.kind],
      rows: this.equalities.length > 0 ? Math.max(left, right) : left * right,
      children,
      actual: this.compilation.meters?.get(this),
    };
  }

  private *joined(outer: Env | null): RowStream {
    const left = this.left.run(outer);
    const keepsRight = this.kind === 'right' || this.kind === 'full';
    const waiting: Row[] = [];
    if (this.lookup && !keepsRight) {
      let ended = false;
      while (waiting.length <= this.lookup.limit) {
        const next = left.next();
        if (next.done) {
          ended = true;
          break;
        }
        if (isRow(next.value)) waiting.push(next.value);
        else yield next.value;
      }
      if (ended) {
        yield* this.lookUp(waiting, this.lookup, outer);
        return;
      }
    } else if (!keepsRight) {
      // Without a left row the right side is not read.
      for (;;) {
        const next = left.next();
        if (next.done) return;
        if (isRow(next.value)) {
          waiting.push(next.value);
          break;
        }
        yield next.value;
      }
    }
    yield* this.match(waiting, left, yield* this.build(outer), outer);
  }

  private *lookUp(rows: readonly Row[], lookup: JoinLookup, outer: Env | null): RowStream {
    const env = new RowEnv(outer);
    const joined = new RowEnv(outer);
    const ticker = this.compilation.ticker;
    const empty = nulls(this.right.width);
    for (const row of rows) {
      if (ticker.tick()) yield PAUSE;
      env.row = row;
      const keys = this.equalities.map(equality => equality.left.evaluate(env));
      let matched = false;
      if (!keys.includes(null)) {
        for (const match of lookup.find(keys, outer)) {
          joined.row = row.concat(match);
          if (!passes(this.residual, joined)) continue;
          matched = true;
          yield joined.row;
        }
      }
      if (!matched && this.kind === 'left') yield row.concat(empty);
    }
  }

  private *build(outer: Env | null): Generator<Pause, Build, void> {
    const generation = this.compilation.generation;
    if (this.cached?.generation === generation) return this.cached.build;
    const rows = yield* collect(this.right.run(outer));
    const buckets = this.equalities.length > 0 ? yield* this.hash(rows, outer) : undefined;
    const build = { rows, buckets };
    if (!this.right.correlated) this.cached = { generation, build };
    return build;
  }

  private *hash(rows: readonly Row[], outer: Env | null): Generator<Pause, Buckets, void> {
    const { ticker } = this.compilation;
    const keyOf = rowKeyFor(this.equalities.map(equality => equality.type));
    const buckets: Buckets = new Map();
    const env = new RowEnv(outer);
    const keys: Value[] = [];
    for (let i = 0; i < rows.length; i++) {
      if (ticker.tick()) yield PAUSE;
      env.row = rows[i]!;
      if (!this.evaluateKeys('right', env, keys)) continue;
      const key = keyOf(keys);
      const bucket = buckets.get(key);
      if (bucket) bucket.push(i);
      else buckets.set(key, [i]);
    }
    return buckets;
  }

  /** False when a key is NULL: such a row has no match. */
  private evaluateKeys(side: 'left' | 'right', env: Env, into: Value[]): boolean {
    for (let i = 0; i < this.equalities.length; i++) {
      const value = this.equalities[i]![side].evaluate(env);
      if (value === null) return false;
      into[i] = value;
    }
    return true;
  }

  private *match(first: readonly Row[], rest: RowStream, build: Build, outer: Env | null): RowStream {
    const { ticker } = this.compilation;
    const keyOf = rowKeyFor(this.equalities.map(equality => equality.type));
    const keepsLeft = this.kind === 'left' || this.kind === 'full';
    const seen = this.kind === 'right' || this.kind === 'full' ? new Uint8Array(build.rows.length) : undefined;
    const noRight = nulls(this.right.width);
    const env = new RowEnv(outer);
    const joined = new RowEnv(outer);
    const keys: Value[] = [];
    const { rows, buckets } = build;
    for (const row of chain(first, rest)) {
      if (!isRow(row)) {
        yield row;
        continue;
      }
      if (ticker.tick()) yield PAUSE;
      let matched = false;
      let candidates: readonly number[] | undefined;
      if (buckets) {
        env.row = row;
        candidates = this.evaluateKeys('left', env, keys) ? (buckets.get(keyOf(keys)) ?? NONE) : NONE;
      }
      const count = candidates ? candidates.length : rows.length;
      for (let k = 0; k < count; k++) {
        if (ticker.tick()) yield PAUSE;
        const i = candidates ? candidates[k]! : k;
        joined.row = row.concat(rows[i]!);
        if (!passes(this.residual, joined)) continue;
        matched = true;
        if (seen) seen[i] = 1;
        yield joined.row;
      }
      if (!matched && keepsLeft) yield row.concat(noRight);
    }
    if (!seen) return;
    const noLeft = nulls(this.left.width);
    for (let i = 0; i < rows.length; i++) {
      if (ticker.tick()) yield PAUSE;
      if (!seen[i]) yield noLeft.concat(rows[i]!);
    }
  }
}

const NONE: readonly number[] = [];

function* chain(first: readonly Row[], rest: RowStream): RowStream {
  yield* first;
  yield* rest;
}

/** CROSS APPLY and OUTER APPLY: the right side runs for each row of the left. */
export class ApplySource implements RowSource {
  readonly outerApply: boolean;
  readonly left: RowSource;
  readonly right: RowSource;
  private readonly rightCorrelated: boolean;
  private readonly compilation: Compilation;

  /** `rightCorrelated`: the right side refers to a query around this one, not only to the left side. */
  constructor(
    outerApply: boolean,
    left: RowSource,
    right: RowSource,
    rightCorrelated: boolean,
    compilation: Compilation,
  ) {
    this.outerApply = outerApply;
    this.left = left;
    this.right = right;
    this.rightCorrelated = rightCorrelated;
    this.compilation = compilation;
  }

  /** Evaluated at run time, because conditions may have been pushed down to the left side. */
  get correlated(): boolean {
    return this.left.correlated || this.rightCorrelated;
  }
  get offset(): number {
    return this.left.offset;
  }
  get width(): number {
    return this.left.width + this.right.width;
  }

  plan(): PlanNode {
    const children = [this.left.plan(), this.right.plan()];
    const rows = children.reduce((product, child) => product * child.rows, 1);
    return {
      physical: 'Nested Loops',
      logical: this.outerApply ? 'Left Outer Join' : 'Inner Join',
      rows,
      children,
    };
  }

  *run(outer: Env | null): RowStream {
    const { ticker } = this.compilation;
    const noRight = nulls(this.right.width);
    for (const row of this.left.run(outer)) {
      if (!isRow(row)) {
        yield row;
        continue;
      }
      if (ticker.tick()) yield PAUSE;
      let matched = false;
      for (const match of this.right.run({ row, outer })) {
        if (isRow(match)) {
          matched = true;
          yield row.concat(match);
        } else yield match;
      }
      if (!matched && this.outerApply) yield row.concat(noRight);
    }
  }
}
