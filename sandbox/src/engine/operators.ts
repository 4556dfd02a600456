import { bindArithmetic, binary, type ArithmeticOperator } from './arithmetic.ts';
import { bindBitwise, type BitwiseOperator } from './bit-operators.ts';
import { collationFor, trimSpaces, unifyCollation } from './collation.ts';
import { checkComparable, comparatorFor, hashKeyFor } from './comparison.ts';
import type { BoundExpression, Env } from './contracts.ts';
import { castExpression } from './convert.ts';
import { powerOfTen } from './decimals.ts';
import { compileLike, type LikePattern } from './like.ts';
import { SharedOperand } from './shared-operand.ts';
import { SqlError } from './sql-error.ts';
import type { SqlType, Value } from './sql-type.ts';
import {
  NVARCHAR_MAX,
  isBinary,
  isDecimal,
  isInteger,
  isLargeObject,
  isString,
  isUnicode,
  nvarchar,
  precisionScale,
  sameCodePage,
  sameRepresentation,
  unify,
} from './types.ts';

export { bitwiseNot } from './bit-operators.ts';
export { negate } from './arithmetic.ts';
export type { ArithmeticOperator, BitwiseOperator };
export { comparatorFor, hashKeyFor };

/** Three-valued logic: null is UNKNOWN. */
export type Predicate = (env: Env) => boolean | null;
export type ComparisonOperator = '=' | '<>' | '<' | '>' | '<=' | '>=';

/** `+` of two strings or two binaries concatenates. */
export function arithmetic(op: ArithmeticOperator, a: BoundExpression, b: BoundExpression): BoundExpression {
  const text = (t: SqlType): boolean => isString(t) || isBinary(t);
  if (op === '+' && (text(a.type) || a.type.untypedNull) && (text(b.type) || b.type.untypedNull)) {
    if (isString(a.type) || isString(b.type) || isBinary(a.type) || isBinary(b.type)) return concatenate(a, b);
  }
  return bindArithmetic(op, a, b);
}

export function bitwise(op: BitwiseOperator, a: BoundExpression, b: BoundExpression): BoundExpression {
  return bindBitwise(op, a, b);
}

/** Length of the two together; below the limit of the type unless one of them is max. */
function joinedLength(a: SqlType, b: SqlType, limit: number): number {
  const length = (t: SqlType): number => (t.untypedNull ? 0 : isLargeObject(t) ? -1 : (t.length ?? 1));
  const [l, r] = [length(a), length(b)];
  return l === -1 || r === -1 ? -1 : Math.min(limit, Math.max(1, l + r));
}

/** `+` of strings. */
export function concatenate(a: BoundExpression, b: BoundExpression): BoundExpression {
  const [l, r] = [a.type, b.type];
  if ((isBinary(l) || l.untypedNull) && (isBinary(r) || r.untypedNull) && !(l.untypedNull && r.untypedNull)) {
    const length = joinedLength(l, r, 8000);
    return binary({ name: 'varbinary', length }, a, b, (x, y) => {
      const bytes = Buffer.concat([x as Uint8Array, y as Uint8Array]);
      return length > 0 && bytes.length > length ? bytes.subarray(0, length) : bytes;
    });
  }
  if (!(isString(l) || l.untypedNull) || !(isString(r) || r.untypedNull)) {
    throw new SqlError(402, `The data types ${l.name} and ${r.name} are incompatible in the add operator.`);
  }
  if (/text/.test(l.name) || /text/.test(r.name)) {
    throw new SqlError(402, `The data types ${l.name} and ${r.name} are incompatible in the add operator.`);
  }
  const unicode = isUnicode(l) || isUnicode(r);
  const length = joinedLength(l, r, unicode ? 4000 : 8000);
  const fixed = [l, r].every(t => t.name === 'char' || t.name === 'nchar') && length !== -1;
  const name = unicode ? (fixed ? 'nchar' : 'nvarchar') : fixed ? 'char' : 'varchar';
  const type: SqlType = {
    name,
    length,
    ...(l.untypedNull ? unifyCollation(r, r) : r.untypedNull ? unifyCollation(l, l) : unifyCollation(l, r)),
  };
  const recoded = (x: BoundExpression): BoundExpression =>
    !isString(x.type) || sameCodePage(x.type, type)
      ? x
      : castExpression(x, { ...x.type, collation: type.collation }, { implicit: true });
  // Without max the result is truncated at the limit.
  return binary(type, recoded(a), recoded(b), (x, y) => {
    const text = (x as string) + (y as string);
    return length > 0 && text.length > length ? text.slice(0, length) : text;
  });
}

const TESTS: Readonly<Record<ComparisonOperator, (n: number) => boolean>> = {
  '=': n => n === 0,
  '<>': n => n !== 0,
  '<': n => n < 0,
  '>': n => n > 0,
  '<=': n => n <= 0,
  '>=': n => n >= 0,
};

function predicate(a: BoundExpression, b: BoundExpression, test: (x: Value, y: Value) => boolean): Predicate {
  if (b.literal) {
    const y = b.literal.value;
    if (y === null) return () => null;
    return env => {
      const x = a.evaluate(env);
      return x === null ? null : test(x, y);
    };
  }
  return env => {
    const x = a.evaluate(env);
    if (x === null) return null;
    const y = b.evaluate(env);
    return y === null ? null : test(x, y);
  };
}

/** Compares numbers and bigints directly, without a comparator. */
function scalarTest(op: ComparisonOperator): (x: Value, y: Value) => boolean {
  type N = number;
  switch (op) {
    // The comparison is == because an int may be compared with a bigint.
    case '=':
      return (x, y) => x == y;
    case '<>':
      return (x, y) => x != y;
    case '<':
      return (x, y) => (x as N) < (y as N);
    case '>':
      return (x, y) => (x as N) > (y as N);
    case '<=':
      return (x, y) => (x as N) <= (y as N);
    case '>=':
      return (x, y) => (x as N) >= (y as N);
  }
}

function compareStrings(op: ComparisonOperator, a: BoundExpression, b: BoundExpression, type: SqlType): Predicate {
  const collation = collationFor(type.collation);
  const test = TESTS[op];
  if (op !== '=' && op !== '<>') return predicate(a, b, (x, y) => test(collation.compare(x as string, y as string)));
  const equal = op === '=';
  const { key } = collation;
  if (b.literal && b.literal.value !== null) {
    const wanted = key(b.literal.value as string);
    return predicate(a, b, (x, y) => (x === y || key(x as string) === wanted) === equal);
  }
  return predicate(a, b, (x, y) => (x === y || key(x as string) === key(y as string)) === equal);
}

const OPERATOR_NAMES: Readonly<Record<ComparisonOperator, string>> = {
  '=': 'equal to',
  '<>': 'not equal to',
  '<': 'less than',
  '>': 'greater than',
  '<=': 'less than or equal to',
  '>=': 'greater than or equal to',
};

export function compare(op: ComparisonOperator, a: BoundExpression, b: BoundExpression): Predicate {
  const [l, r] = [a.type, b.type];
  for (const t of [l, r]) {
    if ((t.name === 'text' || t.name === 'ntext' || t.name === 'image') && !(l.untypedNull || r.untypedNull)) {
      throw new SqlError(
        402,
        `The data types ${l.name} and ${r.name} are incompatible in the ${OPERATOR_NAMES[op]} operator.`,
      );
    }
    checkComparable(t);
  }
  if (l.untypedNull || r.untypedNull) return () => null;
  if (isInteger(l) && isInteger(r)) return predicate(a, b, scalarTest(op));
  const exact = (t: SqlType): boolean => isDecimal(t) || isInteger(t);
  if (exact(l) && exact(r)) {
    // Both are brought to one scale, without the limit of 38 digits.
    const [p, q] = [precisionScale(l).scale, precisionScale(r).scale];
    const test = scalarTest(op);
    if (p === q) return predicate(a, b, test);
    const [f, g] = [powerOfTen(Math.max(0, q - p)), powerOfTen(Math.max(0, p - q))];
    return predicate(a, b, (x, y) => test(BigInt(x as number | bigint) * f, BigInt(y as number | bigint) * g));
  }
  const type = unify([l, r]);
  const cast = (x: BoundExpression): BoundExpression =>
    sameRepresentation(x.type, type) ? x : castExpression(x, type, { implicit: true });
  const [x1, y1] = [cast(a), cast(b)];
  if (isString(type)) return compareStrings(op, x1, y1, type);
  const comparator = comparatorFor(type);
  const test = TESTS[op];
  return predicate(x1, y1, (x, y) => test(comparator(x, y)));
}

/** IS DISTINCT FROM, which is never UNKNOWN. */
export function isDistinctFrom(a: BoundExpression, b: BoundExpression): Predicate {
  const [left, right] = [new SharedOperand(a), new SharedOperand(b)];
  const differ = compare('<>', left, right);
  return env => {
    const x = left.hold(env);
    const y = right.hold(env);
    left.take(x);
    right.take(y);
    return x === null || y === null ? x !== y : differ(env) === true;
  };
}

function likeOperand(x: BoundExpression): BoundExpression {
  if (isString(x.type)) return x;
  if (x.type.untypedNull) return x;
  if (isBinary(x.type) || x.type.name === 'xml' || x.type.name === 'sql_variant') {
    throw new SqlError(8116, `Argument data type ${x.type.name} is invalid for argument 1 of like function.`);
  }
  return castExpression(x, nvarchar(4000));
}

export function like(value: BoundExpression, pattern: BoundExpression, escape?: BoundExpression): Predicate {
  const [text, form] = [likeOperand(value), likeOperand(pattern)];
  const mark =
    escape && !escape.type.untypedNull ? castExpression(escape, NVARCHAR_MAX, { implicit: true }) : undefined;
  const collated = isString(text.type) && isString(form.type) ? unify([text.type, form.type]) : text.type;
  // Trailing spaces of a text that isn't Unicode don't count (learn.microsoft.com: LIKE, pattern matching with ASCII).
  const looseEnd = !isUnicode(text.type) && !isUnicode(form.type);
  let compiledFor: string | undefined;
  let compiledMark: Value | undefined;
  let compiled: LikePattern | undefined;
  return env => {
    const v = text.evaluate(env);
    if (v === null) return null;
    const p = form.evaluate(env);
    if (p === null) return null;
    const e = mark?.evaluate(env);
    if (e === null) return null;
    if (!compiled || p !== compiledFor || e !== compiledMark) {
      compiled = compileLike(p as string, e as string | undefined, collated.collation);
      compiledFor = p as string;
      compiledMark = e;
    }
    const s = v as string;
    return compiled.matches(s) || (looseEnd && s.endsWith(' ') && compiled.matches(trimSpaces(s)));
  };
}
