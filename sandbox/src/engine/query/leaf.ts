import type { IndexDefinition, RowLookup, StoredRow, StoredTable } from '../binder/bind-context.ts';
import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type BoundExpression, type Env, type RowStream } from '../contracts.ts';
import { converter } from '../convert.ts';
import { comparatorFor, hashKeyFor, type Predicate } from '../operators.ts';
import type { SqlType, Value } from '../sql-type.ts';
import { isApproximate, isDateTime, isDecimal, isInteger, isString } from '../types.ts';
import type { JoinLookup } from './join.ts';
import { CONSTANT_SCAN, metered, passing, type PlanNode } from './plan-node.ts';
import { type Key, rowKeyFor } from './row-keys.ts';
import { type Row, type RowSource, isRow, NO_VALUES, passes, RowEnv } from './row-source.ts';

/** `column = value` where the value does not depend on the leaf's own rows; `types` is that of the comparison. */
export interface LeafEquality {
  /** Ordinal within the leaf. */
  readonly column: number;
  readonly columnType: SqlType;
  readonly value: BoundExpression;
  readonly comparison: SqlType;
  /** Whether the value depends on an enclosing query. */
  readonly correlated: boolean;
}

/** The share of the rows that a plan expects to pass the conditions. */
const GUESSED_SELECTIVITY = 0.1;

/** One condition that was pushed down to a leaf. */
export interface LeafCondition {
  readonly predicate: Predicate;
  readonly equality?: LeafEquality;
  /** `column IN (list)` of values that do not depend on the leaf. */
  readonly anyOf?: readonly LeafEquality[];
  readonly correlated: boolean;
  /** It runs a subquery. */
  readonly expensive: boolean;
}

/** The input of a leaf: a stored table, or another source of rows. */
export interface LeafInput {
  readonly width: number;
  readonly types: readonly SqlType[];
  readonly correlated: boolean;
  readonly lookup?: RowLookup | undefined;
  /** Its rows are stored already, so that a copy of them would save nothing. */
  readonly readAgain?: boolean;
  /** The stored table that it reads. */
  readonly table?: StoredTable;
  /** The plan of a query; absent for other sources than tables and queries. */
  plan?(): PlanNode;
  /** For queries: see InnerQuery.narrow. */
  narrow?(column: number, equalities: readonly LeafEquality[]): void;
  open(outer: Env | null): RowStream;
}

/**
 * A leaf of the FROM clause with the conditions pushed down to it. It reads by an index when the conditions give a
 * whole key; when it is run again and again with changing outer values, it keeps a hash of its rows by the columns
 * compared (what SQL Server's plans call an index spool), so that correlated subqueries take linear time.
 */
export class LeafSource implements RowSource {
  readonly offset: number;
  readonly input: LeafInput;
  readonly conditions: LeafCondition[] = [];
  private readonly compilation: Compilation;
  private spool: Spool | undefined;
  private seekPlan: SeekPlan | null | undefined;
  private runs = { generation: -1, count: 0 };

  constructor(offset: number, input: LeafInput, compilation: Compilation) {
    this.offset = offset;
    this.input = input;
    this.compilation = compilation;
  }

  get width(): number {
    return this.input.width;
  }
  get correlated(): boolean {
    return this.input.correlated || this.conditions.some(condition => condition.correlated);
  }

  /** Adds a condition on this leaf's rows; those without subqueries are tested first. */
  add(condition: LeafCondition): void {
    this.conditions.push(condition);
    this.conditions.sort((a, b) => Number(a.expensive) - Number(b.expensive));
    const equalities = condition.equality ? [condition.equality] : condition.anyOf;
    if (equalities && this.input.narrow && !equalities.some(equality => equality.correlated)) {
      this.input.narrow(equalities[0]!.column, equalities);
    }
  }

  run(outer: Env | null): RowStream {
    const meter = this.compilation.meterOf(this);
    return meter ? metered(meter, this.read(outer)) : this.read(outer);
  }

  plan(): PlanNode {
    const { table } = this.input;
    const share = this.conditions.length > 0 ? GUESSED_SELECTIVITY : 1;
    if (!table) {
      const inner = this.input.plan?.() ?? CONSTANT_SCAN;
      return this.conditions.length > 0 ? passing('Filter', [inner], inner.rows * share) : inner;
    }
    const seek = this.seek();
    const index = table.indexes.find(found => (seek ? found === seek.index : found.clustered));
    const operator = !index ? 'Table Scan' : `${index.clustered ? 'Clustered ' : ''}Index ${seek ? 'Seek' : 'Scan'}`;
    const { schema, name, rowCount } = table;
    return {
      physical: operator,
      logical: operator,
      rows: seek?.index.unique ? 1 : rowCount * share,
      object: { schema, table: name, rowCount, ...(index ? { index } : {}) },
      children: [],
      actual: this.compilation.meters?.get(this),
    };
  }

  private seek(): SeekPlan | null {
    if (this.seekPlan === undefined) this.seekPlan = planSeek(this.input, this.conditions) ?? null;
    return this.seekPlan;
  }

  private *read(outer: Env | null): RowStream {
    const predicates = this.conditions.map(condition => condition.predicate);
    const env = new RowEnv(outer);
    const plan = this.seek();
    if (plan) {
      const { ticker } = this.compilation;
      for (const row of seekRows(this.input, plan, { row: NO_VALUES, outer })) {
        if (ticker.tick()) yield PAUSE;
        env.row = row;
        if (passes(predicates, env)) yield row;
      }
      return;
    }
    const spool = yield* this.spoolFor();
    const stream: RowStream = spool ? spool.find({ row: NO_VALUES, outer }, this.compilation) : this.input.open(outer);
    if (predicates.length === 0) {
      yield* stream;
      return;
    }
    for (const item of stream) {
      if (!isRow(item)) {
        yield item;
        continue;
      }
      env.row = item;
      if (passes(predicates, env)) yield item;
    }
  }

  /** The first two runs of a statement read directly; further runs use a spool. */
  private *spoolFor(): Generator<typeof PAUSE, Spool | undefined, void> {
    const { generation } = this.compilation;
    if (this.runs.generation !== generation) {
      this.runs = { generation, count: 0 };
      this.spool = undefined;
    }
    this.runs.count++;
    if (this.input.correlated || this.runs.count < 3) return undefined;
    if (!this.spool) {
      const equalities = this.conditions.flatMap(c => (c.equality?.correlated ? [c.equality] : []));
      if (equalities.length === 0 && this.input.readAgain) return undefined;
      this.spool = yield* Spool.build(this.input.open(null), equalities, this.compilation);
    }
    return this.spool;
  }

  /** Index look-ups by other columns' values, for joins: `columns` are ordinals within the leaf. */
  lookupBy(columns: readonly number[], comparisons: readonly SqlType[]): JoinLookup | undefined {
    const { lookup } = this.input;
    if (!lookup) return undefined;
    for (const index of lookup.indexes) {
      if (index.filter || index.disabled) continue;
      const places = index.key.map(key => columns.indexOf(key.ordinal));
      if (places.some(place => place < 0)) continue;
      const keys = places.map(place => keyConverter(comparisons[place]!, this.input.types[columns[place]!]!));
      if (keys.some(key => !key)) continue;
      const predicates = this.conditions.map(condition => condition.predicate);
      // The equalities that the index doesn't cover.
      const rest = columns.flatMap((column, i) =>
        places.includes(i) ? [] : [{ column, i, same: sameValue(this.input.types[column]!, comparisons[i]!) }],
      );
      return {
        get limit() {
          return Math.max(32, Math.floor(lookup.rowCount / 8));
        },
        *find(values, outer) {
          const key: Value[] = [];
          for (let k = 0; k < places.length; k++) {
            const converted = keys[k]!(values[places[k]!]!);
            if (converted === undefined) return;
            key.push(converted);
          }
          const env = new RowEnv(outer);
          for (const row of lookup.seek(index, key)) {
            env.row = row;
            if (rest.every(r => r.same(row[r.column]!, values[r.i]!)) && passes(predicates, env)) yield row;
          }
        },
      };
    }
    return undefined;
  }
}

/** A row with the stored row as an extra last value, which only DML operators read. */
const withIdentity = (stored: StoredRow): Row => [...stored.values, stored as unknown as Value];

export function* storedRows(table: StoredTable, identity: boolean, compilation: Compilation): RowStream {
  const { ticker } = compilation;
  for (const stored of table.scan()) {
    if (ticker.tick()) yield PAUSE;
    yield identity ? withIdentity(stored) : stored.values;
  }
}

/** The indexes of a stored table; with `identity` each row carries its stored row (UPDATE, DELETE, MERGE). */
export function storedLookup(table: StoredTable, identity: boolean): RowLookup<IndexDefinition> {
  return {
    get indexes() {
      return table.indexes;
    },
    get rowCount() {
      return table.rowCount;
    },
    *seek(index, key) {
      for (const stored of table.seek(index, key)) yield identity ? withIdentity(stored) : stored.values;
    },
  };
}

interface SeekPlan {
  readonly lookup: RowLookup;
  readonly index: RowLookup['indexes'][number];
  /** For each key column the values it may have: one of `=`, several of IN. */
  readonly parts: readonly (readonly {
    readonly value: BoundExpression;
    readonly convert: (v: Value) => Value | undefined;
  }[])[];
}

function planSeek(input: LeafInput, conditions: readonly LeafCondition[]): SeekPlan | undefined {
  const { lookup } = input;
  if (!lookup) return undefined;
  const byColumn = new Map<number, readonly LeafEquality[]>();
  for (const { equality, anyOf } of conditions) {
    const list = equality ? [equality] : anyOf;
    if (!list?.length) continue;
    const column = list[0]!.column;
    const known = byColumn.get(column);
    if (!known || list.length < known.length) byColumn.set(column, list);
  }
  let best: SeekPlan | undefined;
  for (const index of lookup.indexes) {
    if (index.filter || index.disabled || index.key.length === 0) continue;
    const parts = index.key.map(key =>
      byColumn.get(key.ordinal)?.map(e => ({ value: e.value, convert: keyConverter(e.comparison, e.columnType) })),
    );
    if (!parts.every(part => part?.every(choice => choice.convert))) continue;
    const plan = { lookup, index, parts: parts as unknown as SeekPlan['parts'] };
    if (index.unique) return plan;
    best ??= plan;
  }
  return best;
}

function* seekRows(input: LeafInput, plan: SeekPlan, env: Env): Iterable<Row> {
  const choices: Value[][] = [];
  for (let i = 0; i < plan.parts.length; i++) {
    const keyOf = hashKeyFor(input.types[plan.index.key[i]!.ordinal]!);
    const values = new Map<Key, Value>();
    for (const { value, convert } of plan.parts[i]!) {
      const v = value.evaluate(env);
      if (v === null) continue;
      const converted = convert(v);
      if (converted !== undefined) values.set(keyOf(converted), converted);
    }
    choices.push([...values.values()]);
  }
  for (const key of combinations(choices)) {
    yield* plan.lookup.seek(plan.index, key);
  }
}

function* combinations(choices: readonly (readonly Value[])[], at = 0): Iterable<Value[]> {
  if (at === choices.length) {
    yield [];
    return;
  }
  for (const value of choices[at]!) for (const rest of combinations(choices, at + 1)) yield [value, ...rest];
}

/**
 * From values of the comparison's type to values of the column's, undefined for a value that no row can equal.
 * Returns undefined instead of a function where equality in the comparison's type differs from equality in the
 * column's type: '5' and '05' are equal as numbers.
 */
function keyConverter(comparison: SqlType, column: SqlType): ((v: Value) => Value | undefined) | undefined {
  if (isString(column)) return isString(comparison) && sameCollation(comparison, column) ? v => v : undefined;
  if (comparison.name === column.name && comparison.scale === column.scale) return v => v;
  const exact = (t: SqlType): boolean => isInteger(t) || isDecimal(t);
  const comparable =
    (exact(comparison) && exact(column)) ||
    (isApproximate(comparison) && isApproximate(column)) ||
    (isDateTime(comparison) && isDateTime(column));
  if (!comparable) return undefined;
  const there = converter(comparison, column, { try: true });
  const back = converter(column, comparison, { try: true });
  const compare = comparatorFor(comparison);
  return v => {
    const converted = there(v);
    if (converted === null) return undefined;
    const again = back(converted);
    return again !== null && compare(again, v) === 0 ? converted : undefined;
  };
}

const sameCollation = (a: SqlType, b: SqlType): boolean => (a.collation ?? '') === (b.collation ?? '');

function sameValue(column: SqlType, comparison: SqlType): (a: Value, b: Value) => boolean {
  const convert = converter(column, comparison);
  const key = hashKeyFor(comparison);
  return (a, b) => a !== null && b !== null && key(convert(a)) === key(b);
}

/** The rows of a leaf, hashed by the columns that change from run to run. */
class Spool {
  private readonly equalities: readonly LeafEquality[];
  private readonly buckets: Map<Key, Row[]>;
  private readonly keyOf: (values: readonly Value[]) => Key;

  private constructor(
    equalities: readonly LeafEquality[],
    buckets: Map<Key, Row[]>,
    keyOf: (values: readonly Value[]) => Key,
  ) {
    this.equalities = equalities;
    this.buckets = buckets;
    this.keyOf = keyOf;
  }

  static *build(
    stream: RowStream,
    equalities: readonly LeafEquality[],
    compilation: Compilation,
  ): Generator<typeof PAUSE, Spool, void> {
    const buckets = new Map<Key, Row[]>();
    const keyOf = equalities.length > 0 ? rowKeyFor(equalities.map(e => e.comparison)) : () => 0;
    const converters = equalities.map(e => converter(e.columnType, e.comparison));
    for (const item of stream) {
      if (compilation.ticker.tick()) yield PAUSE;
      if (!isRow(item)) continue;
      const values = equalities.map((e, i) => (item[e.column] === null ? null : converters[i]!(item[e.column]!)));
      if (values.includes(null)) continue;
      const key = keyOf(values);
      const bucket = buckets.get(key);
      if (bucket) bucket.push(item);
      else buckets.set(key, [item]);
    }
    return new Spool(equalities, buckets, keyOf);
  }

  *find(env: Env, compilation: Compilation): RowStream {
    const values = this.equalities.map(e => e.value.evaluate(env));
    if (values.includes(null)) return;
    const { ticker } = compilation;
    for (const row of this.buckets.get(this.keyOf(values)) ?? []) {
      if (ticker.tick()) yield PAUSE;
      yield row;
    }
  }
}
