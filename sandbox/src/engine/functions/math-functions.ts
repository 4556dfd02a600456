import { bitWidth, fromBits, shift, toBits } from '../bit-operators.ts';
import type { BoundExpression } from '../contracts.ts';
import { decimalStore, overflow } from '../convert-numbers.ts';
import { castExpression, converter } from '../convert.ts';
import { powerOfTen, rescale, truncateScale } from '../decimals.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';
import {
  BIGINT,
  BIT,
  FLOAT,
  INT,
  MONEY,
  isApproximate,
  isDecimal,
  isInteger,
  isMoney,
  isNumeric,
  isString,
  precisionScale,
} from '../types.ts';
import {
  argument,
  bigint,
  define,
  dynamic,
  float,
  int,
  invalidArgument,
  lenient,
  strict,
  type Call,
  type FunctionDefinition,
  type FunctionTable,
} from './definition.ts';

const domainError = (): SqlError => new SqlError(3623, 'An invalid floating point operation occurred.');

/** A function from float to float. */
const floating = (f: (x: number) => number): FunctionDefinition =>
  define(1, 1, call =>
    strict(FLOAT, [float(call, 0)], v => {
      const result = f(v as number);
      if (Number.isNaN(result)) throw domainError();
      if (!Number.isFinite(result)) throw overflow(FLOAT);
      return result;
    }),
  );

/** The argument of ABS, SIGN, ROUND …: exact numbers stay, tinyint and smallint become int, text becomes float. */
function number(call: Call, index: number): BoundExpression {
  const x = argument(call, index);
  const t = x.type;
  if (t.untypedNull) return castExpression(x, INT);
  if (t.name === 'tinyint' || t.name === 'smallint') return { ...castExpression(x, INT, { implicit: true }) };
  if (t.name === 'smallmoney') return castExpression(x, MONEY, { implicit: true });
  if (t.name === 'bit' || t.name === 'real' || isString(t)) return castExpression(x, FLOAT, { implicit: true });
  if (isNumeric(t)) return x;
  throw invalidArgument(call, index, t);
}

function abs(call: Call): BoundExpression {
  const x = number(call, 0);
  const t = x.type;
  return strict(t, [x], v => {
    if (typeof v === 'bigint') {
      if (t.name === 'bigint' && v === -9223372036854775808n) throw overflow(t);
      return v < 0n ? -v : v;
    }
    if (t.name === 'int' && v === -2147483648) throw overflow(t);
    return Math.abs(v as number);
  });
}

function sign(call: Call): BoundExpression {
  const x = number(call, 0);
  const one = isDecimal(x.type) ? powerOfTen(precisionScale(x.type).scale) : 1n;
  return strict(x.type, [x], v => {
    if (typeof v === 'bigint') return v === 0n ? 0n : v < 0n ? -one : one;
    return Math.sign(v as number) + 0;
  });
}

/** CEILING and FLOOR: decimal(p,s) becomes decimal(p,0). */
function toWhole(up: boolean): FunctionDefinition {
  return define(1, 1, call => {
    const x = number(call, 0);
    const t = x.type;
    if (isInteger(t)) return x;
    if (!isDecimal(t)) return strict(t, [x], v => (up ? Math.ceil(v as number) : Math.floor(v as number)) + 0);
    const { precision, scale } = precisionScale(t);
    const unit = powerOfTen(scale);
    const whole = (v: bigint): bigint => {
      const quotient = v / unit;
      if (quotient * unit === v) return quotient;
      return up ? (v > 0n ? quotient + 1n : quotient) : v < 0n ? quotient - 1n : quotient;
    };
    if (isMoney(t)) return strict(t, [x], v => whole(v as bigint) * unit);
    return strict({ name: t.name, precision, scale: 0 }, [x], v => whole(v as bigint));
  });
}

function roundDouble(v: number, places: number, cut: boolean): number {
  if (Math.abs(places) > 300) return places > 0 ? v : 0;
  const factor = 10 ** Math.abs(places);
  const scaled = places >= 0 ? Math.abs(v) * factor : Math.abs(v) / factor;
  if (!Number.isFinite(scaled) || scaled > 2 ** 53) return v;
  const whole = cut ? Math.floor(scaled) : Math.round(scaled);
  return Math.sign(v) * (places >= 0 ? whole / factor : whole * factor) + 0;
}

function round(call: Call): BoundExpression {
  const x = number(call, 0);
  const t = x.type;
  const args = [x, int(call, 1), ...(call.args.length > 2 ? [int(call, 2)] : [])];
  if (isApproximate(t))
    return strict(t, args, (v, n, cut) => roundDouble(v as number, n as number, Number(cut ?? 0) !== 0));
  const scale = isDecimal(t) ? precisionScale(t).scale : 0;
  const store = isDecimal(t) ? decimalStore(t, 'expression') : undefined;
  const toInteger = store ? undefined : converter(BIGINT, t);
  return strict(t, args, (v, n, cut) => {
    const places = n as number;
    if (places >= scale) return v;
    if (scale - places > 76) return typeof v === 'bigint' ? 0n : 0;
    const scaled = BigInt(v as number | bigint);
    const short = Number(cut ?? 0) !== 0 ? truncateScale(scaled, scale, places) : rescale(scaled, scale, places);
    const result = short * powerOfTen(scale - places);
    if (store) return store(result);
    if (t.name === 'bigint' && BigInt.asIntN(64, result) !== result) throw overflow(t);
    return toInteger ? toInteger(result) : result;
  });
}

/** POWER has its first argument's type; decimal gets 38 digits. */
function power(call: Call): BoundExpression {
  const x = number(call, 0);
  const t = x.type;
  const type: SqlType =
    t.name === 'decimal' || t.name === 'numeric' ? { name: t.name, precision: 38, scale: t.scale ?? 0 } : t;
  const back = converter(FLOAT, type);
  return strict(type, [castExpression(x, FLOAT, { implicit: true }), float(call, 1)], (base, exponent) => {
    if (base === 0 && (exponent as number) < 0) throw new SqlError(8134, 'Divide by zero error encountered.');
    const result = (base as number) ** (exponent as number);
    if (Number.isNaN(result)) throw domainError();
    if (!Number.isFinite(result)) throw overflow(type);
    return back(result);
  });
}

/** DEGREES and RADIANS keep integers; decimal gets scale 18. */
function angle(f: (x: number) => number): FunctionDefinition {
  return define(1, 1, call => {
    const x = number(call, 0);
    const t = x.type;
    const type: SqlType =
      t.name === 'decimal' || t.name === 'numeric'
        ? { name: 'numeric', precision: 38, scale: Math.max(18, t.scale ?? 0) }
        : t;
    const back = converter(FLOAT, type);
    return strict(type, [castExpression(x, FLOAT, { implicit: true })], v => back(f(v as number)));
  });
}

function log(call: Call): BoundExpression {
  const args = [float(call, 0), ...(call.args.length > 1 ? [float(call, 1)] : [])];
  return strict(FLOAT, args, (v, base) => {
    if ((v as number) <= 0 || (base !== undefined && ((base as number) <= 0 || base === 1))) throw domainError();
    if (base === 10) return Math.log10(v as number);
    return base === 2
      ? Math.log2(v as number)
      : Math.log(v as number) / (base === undefined ? 1 : Math.log(base as number));
  });
}

const NUMBER_TEXT = /^[+-]?\s*(?:[$€£¥]\s*)?[+-]?(?:\d[\d,]*\.?\d*|,*\.?\d*|\.\d+)(?:[ed][+-]?\d+)?$/i;

/** The text converts to a numeric type, money with its signs and commas included. */
function isNumericText(s: string): number {
  const trimmed = s.trim();
  if (trimmed === '') return 0;
  if (/[ed]/i.test(trimmed)) return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[ed][+-]?\d*)?$/i.test(trimmed) ? 1 : 0;
  return NUMBER_TEXT.test(trimmed) ? 1 : 0;
}

function isNumericFunction(call: Call): BoundExpression {
  const x = argument(call, 0);
  if (isNumeric(x.type) && !x.type.untypedNull) return lenient(INT, [x], v => (v === null ? 0 : 1));
  if (!isString(x.type)) return lenient(INT, [x], () => 0);
  return lenient(INT, [x], v => (v === null ? 0 : isNumericText(v as string)));
}

/** RAND() keeps one value within a statement; RAND(seed) depends on its seed only. */
function rand(call: Call): BoundExpression {
  const { session } = call.context;
  if (call.args.length > 0)
    return dynamic(FLOAT, [int(call, 0)], seed => (seed === null ? session.random() : session.random(seed as number)));
  let statement = -1;
  let value = 0;
  return dynamic(FLOAT, [], () => {
    const now = call.context.statementNumber();
    if (now !== statement) {
      statement = now;
      value = session.random();
    }
    return value;
  });
}

function integer(call: Call, index: number): BoundExpression {
  const x = argument(call, index);
  if (!isInteger(x.type)) throw invalidArgument(call, index, x.type);
  return x;
}

function checkedBit(t: SqlType, n: Value): bigint {
  const at = BigInt(n as number | bigint);
  if (at < 0n || at >= BigInt(bitWidth(t)))
    throw new SqlError(4873, `Invalid bit offset ${at}: it must be between 0 and ${bitWidth(t) - 1}.`);
  return at;
}

const BIT_FUNCTIONS: FunctionTable = {
  LEFT_SHIFT: define(2, 2, call =>
    strict(argument(call, 0).type, [integer(call, 0), bigint(call, 1)], shift(true, argument(call, 0).type)),
  ),
  RIGHT_SHIFT: define(2, 2, call =>
    strict(argument(call, 0).type, [integer(call, 0), bigint(call, 1)], shift(false, argument(call, 0).type)),
  ),
  BIT_COUNT: define(1, 1, call => {
    const x = integer(call, 0);
    return strict(BIGINT, [x], v => BigInt([...toBits(v, x.type).toString(2)].filter(b => b === '1').length));
  }),
  GET_BIT: define(2, 2, call => {
    const x = integer(call, 0);
    return strict(BIT, [x, bigint(call, 1)], (v, n) => Number((toBits(v, x.type) >> checkedBit(x.type, n)) & 1n));
  }),
  SET_BIT: define(2, 3, call => {
    const x = integer(call, 0);
    const args = [x, bigint(call, 1), ...(call.args.length > 2 ? [int(call, 2)] : [])];
    return strict(x.type, args, (v, n, on) => {
      const mask = 1n << checkedBit(x.type, n);
      const bits = toBits(v, x.type);
      return fromBits(on === 0 ? bits & ~mask : bits | mask, x.type);
    });
  }),
};

export const MATH_FUNCTIONS: FunctionTable = {
  ...BIT_FUNCTIONS,
  ABS: define(1, 1, abs),
  SIGN: define(1, 1, sign),
  CEILING: toWhole(true),
  FLOOR: toWhole(false),
  ROUND: define(2, 3, round),
  POWER: define(2, 2, power),
  SQRT: floating(Math.sqrt),
  SQUARE: floating(x => x * x),
  EXP: floating(Math.exp),
  LOG: define(1, 2, log),
  LOG10: floating(x => (x <= 0 ? NaN : Math.log10(x))),
  SIN: floating(Math.sin),
  COS: floating(Math.cos),
  TAN: floating(Math.tan),
  COT: floating(x => 1 / Math.tan(x)),
  ASIN: floating(Math.asin),
  ACOS: floating(Math.acos),
  ATAN: floating(Math.atan),
  ATN2: define(2, 2, call =>
    strict(FLOAT, [float(call, 0), float(call, 1)], (y, x) => Math.atan2(y as number, x as number)),
  ),
  PI: define(0, 0, () => ({ type: FLOAT, evaluate: () => Math.PI, literal: { value: Math.PI, computed: true } })),
  RADIANS: angle(x => (x * Math.PI) / 180),
  DEGREES: angle(x => (x * 180) / Math.PI),
  ISNUMERIC: define(1, 1, isNumericFunction),
  RAND: define(0, 1, rand),
};
