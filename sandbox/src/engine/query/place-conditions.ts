import type { BoundExpression } from '../contracts.ts';
import { castExpression } from '../convert.ts';
import type { Predicate } from '../operators.ts';
import { unify } from '../types.ts';
import { ApplySource, JoinSource } from './join.ts';
import { type LeafCondition, type LeafEquality, LeafSource } from './leaf.ts';
import type { RowSource } from './row-source.ts';

/** One side of a comparison, which can be bound over the rows of any part of the FROM clause that holds its columns. */
export interface ConditionSide {
  readonly references: ReadonlySet<number>;
  readonly correlated: boolean;
  /** The ordinal, if it is a plain column of this query. */
  readonly column: number | undefined;
  bind(base: number): BoundExpression;
}

/** A conjunct of WHERE or ON. */
export interface Condition {
  readonly references: ReadonlySet<number>;
  readonly correlated: boolean;
  /** Set when it runs a subquery: other conditions are tested first. */
  readonly expensive: boolean;
  bind(base: number): Predicate;
  readonly equality?: { readonly left: ConditionSide; readonly right: ConditionSide };
  /** `x IN (a, b, c)`. */
  readonly anyOf?: { readonly value: ConditionSide; readonly choices: readonly ConditionSide[] };
}

function covers(source: RowSource, references: ReadonlySet<number>): boolean {
  for (const i of references) if (i < source.offset || i >= source.offset + source.width) return false;
  return true;
}

/** Pushes a condition on rows of `source` down as far as possible. Returns false when the caller must test it. */
export function pushDown(source: RowSource, condition: Condition): boolean {
  if (!covers(source, condition.references)) return false;
  if (source instanceof LeafSource) {
    source.add(leafCondition(source, condition));
    return true;
  }
  if (source instanceof JoinSource) {
    if (source.kind !== 'right' && source.kind !== 'full' && pushDown(source.left, condition)) return true;
    if (
      (source.kind === 'inner' || source.kind === 'right') &&
      condition.references.size > 0 &&
      pushDown(source.right, condition)
    )
      return true;
    if (source.kind !== 'inner') return false;
    addToJoin(source, condition);
    return true;
  }
  if (source instanceof ApplySource) return pushDown(source.left, condition);
  return false;
}

/** Places a condition of an ON clause so that an outer join keeps the same rows. */
export function addOnCondition(join: JoinSource, condition: Condition): void {
  const { kind } = join;
  if (condition.references.size > 0) {
    if ((kind === 'inner' || kind === 'right') && pushDown(join.left, condition)) return;
    if ((kind === 'inner' || kind === 'left') && pushDown(join.right, condition)) return;
  }
  addToJoin(join, condition);
}

function addToJoin(join: JoinSource, condition: Condition): void {
  if (condition.correlated) join.conditionsCorrelated = true;
  if (condition.equality) {
    const { left: a, right: b } = condition.equality;
    for (const [left, right] of [
      [a, b],
      [b, a],
    ] as const) {
      if (left.references.size === 0 || right.references.size === 0) continue;
      if (!covers(join.left, left.references) || !covers(join.right, right.references)) continue;
      const boundLeft = left.bind(join.left.offset);
      const boundRight = right.bind(join.right.offset);
      const type = unify([boundLeft.type, boundRight.type]);
      join.equalities.push({
        left: castExpression(boundLeft, type, { implicit: true }),
        right: castExpression(boundRight, type, { implicit: true }),
        type,
      });
      join.equalityColumns.push(right.column === undefined ? undefined : right.column - join.right.offset);
      return;
    }
  }
  join.residual.push(condition.bind(join.offset));
}

/** Passes equalities of a column down to its leaf, if no outer join is in between. */
export function narrowSource(source: RowSource, ordinal: number, equalities: readonly LeafEquality[]): void {
  if (ordinal < source.offset || ordinal >= source.offset + source.width) return;
  if (source instanceof LeafSource) {
    const column = ordinal - source.offset;
    const columnType = source.input.types[column]!;
    const own = equalities.map(equality => ({ ...equality, column, columnType }));
    const condition = { predicate: () => true, correlated: false, expensive: false };
    source.add(own.length === 1 ? { ...condition, equality: own[0]! } : { ...condition, anyOf: own });
  } else if (source instanceof JoinSource) {
    if (source.kind === 'inner' || source.kind === 'left') narrowSource(source.left, ordinal, equalities);
    if (source.kind === 'inner' || source.kind === 'right') narrowSource(source.right, ordinal, equalities);
  } else if (source instanceof ApplySource) narrowSource(source.left, ordinal, equalities);
}

/** Called when all conditions are placed: joins whose right side is a table with a fitting index look rows up. */
export function planLookups(source: RowSource): void {
  if (source instanceof ApplySource) {
    planLookups(source.left);
    return;
  }
  if (!(source instanceof JoinSource)) return;
  planLookups(source.left);
  planLookups(source.right);
  if (source.kind === 'right' || source.kind === 'full' || !(source.right instanceof LeafSource)) return;
  const columns = source.equalityColumns;
  if (columns.length === 0 || columns.includes(undefined)) return;
  source.lookup = source.right.lookupBy(
    columns as number[],
    source.equalities.map(equality => equality.type),
  );
}

function leafCondition(leaf: LeafSource, condition: Condition): LeafCondition {
  const { correlated, expensive } = condition;
  const predicate = condition.bind(leaf.offset);
  const made = { predicate, correlated, expensive };
  if (condition.equality) {
    const { left, right } = condition.equality;
    const equality = leafEquality(leaf, left, right) ?? leafEquality(leaf, right, left);
    return equality ? { ...made, equality } : made;
  }
  if (condition.anyOf) {
    const { value, choices } = condition.anyOf;
    const found = choices.map(choice => leafEquality(leaf, value, choice));
    if (found.every(equality => equality !== undefined)) return { ...made, anyOf: found };
  }
  return made;
}

function leafEquality(leaf: LeafSource, column: ConditionSide, value: ConditionSide): LeafEquality | undefined {
  if (column.column === undefined || value.references.size > 0) return undefined;
  const ordinal = column.column - leaf.offset;
  const columnType = leaf.input.types[ordinal]!;
  const bound = value.bind(leaf.offset);
  const comparison = unify([columnType, bound.type]);
  return {
    column: ordinal,
    columnType,
    value: castExpression(bound, comparison, { implicit: true }),
    comparison,
    correlated: value.correlated,
  };
}
