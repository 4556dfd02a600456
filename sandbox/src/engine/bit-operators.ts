import { binary } from './arithmetic.ts';
import type { BoundExpression } from './contracts.ts';
import { messageName } from './convert-numbers.ts';
import { castExpression } from './convert.ts';
import { SqlError } from './sql-error.ts';
import type { SqlType, Value } from './sql-type.ts';
import { INT, isBinary, isInteger, precedence } from './types.ts';

export type BitwiseOperator = '&' | '|' | '^' | '<<' | '>>';

const WIDTHS: Readonly<Record<string, number>> = { bit: 1, tinyint: 8, smallint: 16, int: 32, bigint: 64 };

/** Bits of an integer type as an unsigned number, and back. */
export const bitWidth = (t: SqlType): number => WIDTHS[t.name] ?? 32;
export const toBits = (v: Value, t: SqlType): bigint => BigInt.asUintN(bitWidth(t), BigInt(v as number | bigint));
export function fromBits(bits: bigint, t: SqlType): Value {
  const width = bitWidth(t);
  const signed = t.name === 'tinyint' || t.name === 'bit' ? BigInt.asUintN(width, bits) : BigInt.asIntN(width, bits);
  return t.name === 'bigint' ? signed : Number(signed);
}

/** Shifts are logical; a negative count shifts the other way (learn.microsoft.com: Left shift and right shift). */
export function shift(left: boolean, t: SqlType): (value: Value, count: Value) => Value {
  const width = BigInt(bitWidth(t));
  return (value, count) => {
    const n = BigInt(count as number | bigint);
    const toLeft = n < 0n ? !left : left;
    const by = n < 0n ? -n : n;
    if (by >= width) return fromBits(0n, t);
    const bits = toBits(value, t);
    return fromBits(toLeft ? bits << by : bits >> by, t);
  };
}

export function bindBitwise(op: BitwiseOperator, first: BoundExpression, second: BoundExpression): BoundExpression {
  let [a, b] = [first, second];
  if (a.type.untypedNull || b.type.untypedNull) {
    const type = a.type.untypedNull ? (b.type.untypedNull ? INT : b.type) : a.type;
    return { type, evaluate: () => null, literal: { value: null } };
  }
  if (op === '<<' || op === '>>') {
    if (!isInteger(a.type) || !isInteger(b.type)) throw mismatch(op, a.type, b.type);
    return binary(a.type, a, b, shift(op === '<<', a.type));
  }
  if (isBinary(a.type) && isInteger(b.type)) a = castExpression(a, b.type, { implicit: true });
  else if (isBinary(b.type) && isInteger(a.type)) b = castExpression(b, a.type, { implicit: true });
  if (!isInteger(a.type) || !isInteger(b.type)) throw mismatch(op, a.type, b.type);
  const type = precedence(a.type) >= precedence(b.type) ? a.type : b.type;
  if (type.name !== 'bigint') {
    const f = (x: number, y: number): number => (op === '&' ? x & y : op === '|' ? x | y : x ^ y);
    return binary(type, a, b, (x, y) => f(x as number, y as number));
  }
  return binary(type, a, b, (x, y) => {
    const [p, q] = [BigInt(x as number | bigint), BigInt(y as number | bigint)];
    return op === '&' ? p & q : op === '|' ? p | q : p ^ q;
  });
}

const mismatch = (op: string, a: SqlType, b: SqlType): SqlError =>
  a.name === b.name
    ? new SqlError(8117, `Operand data type ${messageName(a)} is invalid for '${op}' operator.`)
    : new SqlError(
        402,
        `The data types ${messageName(a)} and ${messageName(b)} are incompatible in the '${op}' operator.`,
      );

/** `~`: one's complement; for bit, the inverted bit. */
export function bitwiseNot(a: BoundExpression): BoundExpression {
  const t = a.type;
  if (t.untypedNull) return a;
  if (!isInteger(t)) throw new SqlError(8117, `Operand data type ${messageName(t)} is invalid for '~' operator.`);
  const f = (v: Value): Value => (v === null ? null : fromBits(~toBits(v, t), t));
  if (!a.literal) return { type: t, evaluate: env => f(a.evaluate(env)) };
  const value = f(a.literal.value);
  return { type: t, evaluate: () => value, literal: { value, computed: true } };
}
