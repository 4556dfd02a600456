import type { BoundExpression, Env } from './contracts.ts';
import { decimalStore, messageName, overflow } from './convert-numbers.ts';
import { castExpression } from './convert.ts';
import { datetimeFromNumber, datetimeToNumber, splitTicks, datetimeUnits, valueFromDayTime } from './dates.ts';
import { decimalResult, decimalToNumber, powerOfTen, rescale } from './decimals.ts';
import { SqlError } from './sql-error.ts';
import type { SqlType, Value } from './sql-type.ts';
import {
  BIGINT,
  DATETIME,
  INT,
  isApproximate,
  isBinary,
  isDateTime,
  isDecimal,
  isInteger,
  isLegacyDateTime,
  isMoney,
  isNumeric,
  isString,
  precedence,
  precisionScale,
  SMALLINT,
  type PrecisionScale,
} from './types.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

const NAMES: Readonly<Record<ArithmeticOperator, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
};

const divideByZero = (): SqlError => new SqlError(8134, 'Divide by zero error encountered.');
const invalid = (t: SqlType, op: ArithmeticOperator): SqlError =>
  new SqlError(8117, `Operand data type ${messageName(t)} is invalid for ${NAMES[op]} operator.`);
const incompatible = (a: SqlType, b: SqlType, op: ArithmeticOperator): SqlError =>
  new SqlError(
    402,
    `The data types ${messageName(a)} and ${messageName(b)} are incompatible in the ${NAMES[op]} operator.`,
  );

/** Builds the closure: NULL when one side is NULL, constants folded unless they raise an error. */
export function binary(
  type: SqlType,
  a: BoundExpression,
  b: BoundExpression,
  f: (x: Value, y: Value) => Value,
): BoundExpression {
  const evaluate = (env: Env): Value => {
    const x = a.evaluate(env);
    if (x === null) return null;
    const y = b.evaluate(env);
    return y === null ? null : f(x, y);
  };
  if (a.literal && b.literal) {
    try {
      const value = evaluate({ row: [], outer: null });
      return { type, evaluate: () => value, literal: { value, computed: true } };
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
    }
  }
  return { type, evaluate };
}

const INTEGER_LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  tinyint: [0, 255],
  smallint: [-32768, 32767],
  int: [-2147483648, 2147483647],
};

function integerArithmetic(op: ArithmeticOperator, type: SqlType): (x: Value, y: Value) => Value {
  const fail = (): SqlError => overflow(type);
  if (type.name === 'bigint') {
    const check = (v: bigint): bigint => {
      if (v > 9223372036854775807n || v < -9223372036854775808n) throw fail();
      return v;
    };
    const big = (v: Value): bigint => (typeof v === 'bigint' ? v : BigInt(v as number));
    switch (op) {
      case '+':
        return (x, y) => check(big(x) + big(y));
      case '-':
        return (x, y) => check(big(x) - big(y));
      case '*':
        return (x, y) => check(big(x) * big(y));
      case '/':
      case '%':
        return (x, y) => {
          const divisor = big(y);
          if (divisor === 0n) throw divideByZero();
          return check(op === '/' ? big(x) / divisor : big(x) % divisor);
        };
    }
  }
  const [low, high] = INTEGER_LIMITS[type.name] ?? [0, 0];
  const check = (v: number): number => {
    if (v < low || v > high) throw fail();
    return v;
  };
  switch (op) {
    case '+':
      return (x, y) => check((x as number) + (y as number));
    case '-':
      return (x, y) => check((x as number) - (y as number));
    case '*':
      return (x, y) => check((x as number) * (y as number) + 0);
    case '/':
    case '%':
      return (x, y) => {
        if (y === 0) throw divideByZero();
        // Adding 0 turns -0 into 0.
        return check((op === '/' ? Math.trunc((x as number) / (y as number)) : (x as number) % (y as number)) + 0);
      };
  }
}

function asDouble(t: SqlType): (v: Value) => number {
  if (!isDecimal(t)) return v => Number(v as number | bigint);
  const { scale } = precisionScale(t);
  return v => decimalToNumber(v as bigint, scale);
}

function floatArithmetic(op: ArithmeticOperator, type: SqlType, l: SqlType, r: SqlType): (x: Value, y: Value) => Value {
  if (op === '%') throw incompatible(l, r, op);
  const real = type.name === 'real';
  // An operand takes the type of the result first: an int beyond 2^24 loses digits when it becomes a real.
  const operand = (t: SqlType): ((v: Value) => number) => {
    const number = asDouble(t);
    return real && t.name !== 'real' ? v => Math.fround(number(v)) : number;
  };
  const [left, right] = [operand(l), operand(r)];
  const check = (v: number): number => {
    const stored = real ? Math.fround(v) : v;
    if (!Number.isFinite(stored)) throw overflow(type);
    return stored;
  };
  switch (op) {
    case '+':
      return (x, y) => check(left(x) + right(y));
    case '-':
      return (x, y) => check(left(x) - right(y));
    case '*':
      return (x, y) => check(left(x) * right(y));
    case '/':
      return (x, y) => {
        const divisor = right(y);
        if (divisor === 0) throw divideByZero();
        return check(left(x) / divisor);
      };
  }
}

/** An integer literal counts with its own digits, any other integer with those that its type allows. */
function operandPrecision(x: BoundExpression, t: SqlType): PrecisionScale {
  if (isInteger(t) && x.literal && !x.literal.computed && x.literal.value !== null) {
    return { precision: String(x.literal.value).replace('-', '').length, scale: 0 };
  }
  return precisionScale(t);
}

function decimalArithmetic(
  op: ArithmeticOperator,
  a: BoundExpression,
  b: BoundExpression,
  l: SqlType,
  r: SqlType,
): BoundExpression {
  const p = operandPrecision(a, l);
  const q = operandPrecision(b, r);
  const exactType = (t: SqlType): boolean => t.name === 'decimal' || t.name === 'numeric';
  const money = !exactType(l) && !exactType(r);
  const higher = precedence(l) >= precedence(r) ? l : r;
  const result = money ? precisionScale(higher) : decimalResult(op, p, q);
  const type: SqlType = money
    ? higher
    : { name: l.name === 'decimal' || r.name === 'decimal' ? 'decimal' : 'numeric', ...result };
  const store = decimalStore(type, 'expression');
  const scale = result.scale;
  const common = Math.max(p.scale, q.scale);
  const up = (from: number): ((v: Value) => bigint) => {
    const factor = powerOfTen(common - from);
    return factor === 1n ? v => BigInt(v as number | bigint) : v => BigInt(v as number | bigint) * factor;
  };
  const [x1, y1] = [up(p.scale), up(q.scale)];
  switch (op) {
    case '+':
      return binary(type, a, b, (x, y) => store(rescale(x1(x) + y1(y), common, scale)));
    case '-':
      return binary(type, a, b, (x, y) => store(rescale(x1(x) - y1(y), common, scale)));
    case '*':
      return binary(type, a, b, (x, y) =>
        store(rescale(BigInt(x as number | bigint) * BigInt(y as number | bigint), p.scale + q.scale, scale)),
      );
    case '/': {
      // Digits beyond the scale are cut off: 2.0/3 is 0.666666.
      const shift = scale - p.scale + q.scale;
      return binary(type, a, b, (x, y) => {
        const divisor = BigInt(y as number | bigint);
        if (divisor === 0n) throw divideByZero();
        const dividend = BigInt(x as number | bigint);
        return store(shift >= 0 ? (dividend * powerOfTen(shift)) / divisor : dividend / (divisor * powerOfTen(-shift)));
      });
    }
    case '%':
      return binary(type, a, b, (x, y) => {
        const divisor = y1(y);
        if (divisor === 0n) throw divideByZero();
        return store(rescale(x1(x) % divisor, common, scale));
      });
  }
}

function dateArithmetic(op: ArithmeticOperator, a: BoundExpression, b: BoundExpression): BoundExpression {
  const [l, r] = [a.type, b.type];
  for (const t of [l, r]) {
    if (!isDateTime(t) || isLegacyDateTime(t)) continue;
    const other = t === l ? r : l;
    if (other.name === t.name) throw invalid(t, op);
    if (isDateTime(other) || isString(other)) throw incompatible(l, r, op);
    throw new SqlError(
      206,
      `Operand type clash: ${messageName(isDateTime(l) ? l : r)} is incompatible with ${messageName(isDateTime(l) ? r : l)}`,
    );
  }
  if (op !== '+' && op !== '-') {
    if (isDateTime(l) && isDateTime(r)) throw invalid(l, op);
    const to = isDateTime(l) ? r : l;
    throw new SqlError(
      257,
      `Implicit conversion from data type datetime to ${messageName(to)} is not allowed. Use the CONVERT function to run this query.`,
    );
  }
  const type =
    l.name === 'smalldatetime' && r.name !== 'datetime'
      ? l
      : r.name === 'smalldatetime' && l.name !== 'datetime'
        ? r
        : DATETIME;
  // Both sides as days and 1/300 s since 1900, which numbers below 2^53 hold exactly.
  const units = (t: SqlType): ((v: Value) => number) => {
    if (isDateTime(t)) {
      return v => {
        const whole = Math.floor(datetimeToNumber(v as bigint));
        return whole * 25_920_000 + datetimeUnits(splitTicks(v as bigint).time);
      };
    }
    const number = asDouble(t);
    return v => Math.round(number(v) * 25_920_000);
  };
  const toDate = (x: BoundExpression): BoundExpression =>
    isString(x.type) || isBinary(x.type) ? castExpression(x, DATETIME, { implicit: true }) : x;
  const [x1, y1] = [toDate(a), toDate(b)];
  const [left, right] = [units(x1.type), units(y1.type)];
  return binary(type, x1, y1, (x, y) => {
    const sum = op === '+' ? left(x) + right(y) : left(x) - right(y);
    const days = Math.floor(sum / 25_920_000);
    const base = datetimeFromNumber(DATETIME, days);
    const time = Math.round(((sum - days * 25_920_000) * 100_000) / 3);
    const value = base === undefined ? undefined : valueFromDayTime(type, splitTicks(base as bigint).days, time);
    if (value === undefined) throw overflow(type);
    return value;
  });
}

/** Arithmetic, unless both operands are strings. */
export function bindArithmetic(
  op: ArithmeticOperator,
  first: BoundExpression,
  second: BoundExpression,
): BoundExpression {
  let [a, b] = [first, second];
  if (a.type.untypedNull && b.type.untypedNull) return { type: INT, evaluate: () => null, literal: { value: null } };
  // NULL takes the type of the other side.
  if (a.type.untypedNull) a = { type: b.type, evaluate: () => null, literal: { value: null, computed: true } };
  if (b.type.untypedNull) b = { type: a.type, evaluate: () => null, literal: { value: null, computed: true } };
  if (isDateTime(a.type) || isDateTime(b.type)) return dateArithmetic(op, a, b);
  const implicit = { implicit: true };
  if (isString(a.type) && isNumeric(b.type)) a = castExpression(a, b.type, implicit);
  else if (isString(b.type) && isNumeric(a.type)) b = castExpression(b, a.type, implicit);
  else if (isBinary(a.type) && isInteger(b.type)) a = castExpression(a, b.type, implicit);
  else if (isBinary(b.type) && isInteger(a.type)) b = castExpression(b, a.type, implicit);
  const [l, r] = [a.type, b.type];
  if (!isNumeric(l) || !isNumeric(r)) {
    if (l.name === r.name || isNumeric(l) !== isNumeric(r)) throw invalid(isNumeric(l) ? r : l, op);
    throw incompatible(l, r, op);
  }
  if (isApproximate(l) || isApproximate(r)) {
    const type = precedence(l) >= precedence(r) ? l : r;
    return binary(type, a, b, floatArithmetic(op, type, l, r));
  }
  if (isDecimal(l) || isDecimal(r)) return decimalArithmetic(op, a, b, l, r);
  if (l.name === 'bit' && r.name === 'bit') throw invalid(l, op);
  const type = precedence(l) >= precedence(r) ? l : r;
  return binary(type, a, b, integerArithmetic(op, type.name === 'bigint' ? BIGINT : type));
}

/** Unary minus. A tinyint, which has no sign, becomes a smallint (learn.microsoft.com: unary operators - negative). */
export function negate(a: BoundExpression): BoundExpression {
  const t = a.type.name === 'tinyint' ? SMALLINT : a.type;
  if (t.untypedNull) return a;
  if (!isNumeric(t) || t.name === 'bit') {
    throw new SqlError(8117, `Operand data type ${messageName(t)} is invalid for minus operator.`);
  }
  const money = isMoney(t) ? decimalStore(t, 'expression') : undefined;
  const f = (v: Value): Value => {
    if (v === null) return null;
    if (typeof v === 'bigint') {
      if (t.name === 'bigint' && v === -9223372036854775808n) throw overflow(t);
      return money ? money(-v) : -v;
    }
    const n = -(v as number) + 0;
    const limits = INTEGER_LIMITS[t.name];
    if (limits && (n < limits[0] || n > limits[1])) throw overflow(t);
    return n;
  };
  if (a.literal) {
    try {
      const value = f(a.literal.value);
      return { type: t, evaluate: () => value, literal: { ...a.literal, value } };
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
    }
  }
  return { type: t, evaluate: env => f(a.evaluate(env)) };
}
