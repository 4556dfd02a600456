import type { BoundExpression, Env } from './contracts.ts';
import { notSupported } from './sql-error.ts';
import type { SqlType, Value } from './sql-type.ts';

/** Three-valued logic: null is UNKNOWN. */
export type Predicate = (env: Env) => boolean | null;
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type BitwiseOperator = '&' | '|' | '^' | '<<' | '>>';
export type ComparisonOperator = '=' | '<>' | '<' | '>' | '<=' | '>=';

/** `+` of two strings or two binaries concatenates. */
export function arithmetic(op: ArithmeticOperator, _a: BoundExpression, _b: BoundExpression): BoundExpression {
  throw notSupported(op);
}
export function bitwise(op: BitwiseOperator, _a: BoundExpression, _b: BoundExpression): BoundExpression {
  throw notSupported(op);
}
/** Unary minus. */
export function negate(_a: BoundExpression): BoundExpression {
  throw notSupported('-');
}
/** `~`. */
export function bitwiseNot(_a: BoundExpression): BoundExpression {
  throw notSupported('~');
}
/** `+` of strings, and `||`. */
export function concatenate(_a: BoundExpression, _b: BoundExpression): BoundExpression {
  throw notSupported('||');
}
export function compare(op: ComparisonOperator, _a: BoundExpression, _b: BoundExpression): Predicate {
  throw notSupported(op);
}
/** IS DISTINCT FROM: never UNKNOWN. */
export function isDistinctFrom(_a: BoundExpression, _b: BoundExpression): Predicate {
  throw notSupported('IS DISTINCT FROM');
}
export function like(_value: BoundExpression, _pattern: BoundExpression, _escape?: BoundExpression): Predicate {
  throw notSupported('LIKE');
}
/** Orders two non-null values of one type, by its collation. */
export function comparatorFor(t: SqlType): (a: Value, b: Value) => number {
  throw notSupported(t.name);
}
/** Equal values of one type have equal keys, and only these; NULL has one of its own. */
export function hashKeyFor(t: SqlType): (v: Value) => string | number | bigint {
  throw notSupported(t.name);
}
