import { integerFromBytes } from './bytes.ts';
import { datetimeToNumber } from './dates.ts';
import { decimalFromNumber, decimalToNumber, fitsPrecision, parseDecimal, powerOfTen, rescale } from './decimals.ts';
import { SqlError, notSupported } from './sql-error.ts';
import type { SqlType, Value } from './sql-type.ts';
import {
  catalogTypeName,
  isApproximate,
  isBinary,
  isDecimal,
  isInteger,
  isLegacyDateTime,
  isMoney,
  isString,
  precisionScale,
} from './types.ts';

/** Converts values that are not NULL. */
export type RawConverter = (v: Exclude<Value, null>) => Value;

const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  tinyint: [0, 255],
  smallint: [-32768, 32767],
  int: [-2147483648, 2147483647],
};
const BIGINT_MIN = -9223372036854775808n;
const BIGINT_MAX = 9223372036854775807n;

/** The name of the type in messages, where decimal is numeric. */
export const messageName = (t: SqlType): string => (t.name === 'decimal' ? 'numeric' : catalogTypeName(t));
export const overflow = (to: SqlType, from = 'expression'): SqlError =>
  new SqlError(8115, `Arithmetic overflow error converting ${from} to data type ${messageName(to)}.`);
const conversionError = (from: SqlType, to: SqlType): SqlError =>
  new SqlError(8114, `Error converting data type ${messageName(from)} to ${messageName(to)}.`);

/** Converts to an integer type; `fail` makes the error for a value out of range. */
function integerStore(to: SqlType): (n: number | bigint, fail: () => SqlError) => Value {
  if (to.name === 'bigint') {
    return (n, fail) => {
      const b = typeof n === 'bigint' ? n : BigInt(n);
      if (b < BIGINT_MIN || b > BIGINT_MAX) throw fail();
      return b;
    };
  }
  if (to.name === 'bit') return n => (n == 0 ? 0 : 1);
  const [low, high] = LIMITS[to.name] ?? [0, 0];
  return (n, fail) => {
    const x = Number(n);
    if (x < low || x > high) throw fail();
    return x;
  };
}

function stringToInteger(from: SqlType, to: SqlType): RawConverter {
  const store = integerStore(to);
  return v => {
    const text = (v as string).trim();
    if (!/^[+-]?\s*\d*$/.test(text)) {
      if (to.name === 'bit' && /^true$/i.test(text)) return 1;
      if (to.name === 'bit' && /^false$/i.test(text)) return 0;
      if (to.name === 'bigint') throw conversionError(from, to);
      throw new SqlError(
        245,
        `Conversion failed when converting the ${from.name} value '${v as string}' to data type ${to.name}.`,
      );
    }
    const digits = text.replace(/[+\s]/g, '');
    return store(digits === '' || digits === '-' ? 0n : BigInt(digits), () => {
      if (to.name === 'bigint') return overflow(to);
      const value = `The conversion of the ${from.name} value '${v as string}' overflowed an`;
      if (to.name === 'int') return new SqlError(248, `${value} int column.`);
      return new SqlError(
        244,
        `${value} ${to.name === 'tinyint' ? 'INT1' : 'INT2'} column. Use a larger integer column.`,
      );
    });
  };
}

export function toInteger(from: SqlType, to: SqlType): RawConverter {
  const store = integerStore(to);
  const small = to.name === 'tinyint' || to.name === 'smallint';
  if (isInteger(from)) {
    const fail = (v: Value) => () =>
      small && from.name !== 'bigint'
        ? new SqlError(220, `Arithmetic overflow error for data type ${to.name}, value = ${String(v)}.`)
        : overflow(to);
    return v => store(v as number | bigint, fail(v));
  }
  if (isDecimal(from)) {
    const { scale } = precisionScale(from);
    const fail = (): SqlError => overflow(to, small ? messageName(from) : 'expression');
    if (to.name === 'bit') return v => ((v as bigint) === 0n ? 0 : 1);
    // money is rounded, decimal is truncated.
    return isMoney(from)
      ? v => store(rescale(v as bigint, scale, 0), fail)
      : v => store((v as bigint) / powerOfTen(scale), fail);
  }
  if (isApproximate(from)) {
    if (to.name === 'bit') return v => ((v as number) === 0 ? 0 : 1);
    const fail = (v: number) => () =>
      to.name === 'bigint'
        ? overflow(to, from.name)
        : new SqlError(232, `Arithmetic overflow error for type ${to.name}, value = ${v.toFixed(6)}.`);
    return v => store(Math.trunc(v as number), fail(v as number));
  }
  if (isString(from)) return stringToInteger(from, to);
  if (isBinary(from)) {
    const width = to.name === 'bigint' ? 8 : to.name === 'int' ? 4 : to.name === 'smallint' ? 2 : 1;
    return v => {
      const n = integerFromBytes(v as Uint8Array, width);
      return to.name === 'bigint'
        ? n
        : to.name === 'bit'
          ? n === 0n
            ? 0
            : 1
          : Number(to.name === 'tinyint' ? BigInt.asUintN(8, n) : n);
    };
  }
  if (isLegacyDateTime(from)) return v => store(Math.round(datetimeToNumber(v as bigint)), () => overflow(to));
  throw notSupported(`the conversion from ${from.name} to ${to.name}`);
}

const MONEY_LIMITS: Readonly<Record<string, bigint>> = { money: BIGINT_MAX, smallmoney: 2147483647n };

/** Checks that a scaled value fits decimal(p,s) or money. */
export function decimalStore(to: SqlType, from: string): (value: bigint) => bigint {
  const limit = MONEY_LIMITS[to.name];
  if (limit !== undefined) {
    return value => {
      if (value > limit || value < -limit - 1n) throw overflow(to, from);
      return value;
    };
  }
  const { precision } = precisionScale(to);
  const bound = powerOfTen(precision);
  return value => {
    if (value >= bound || value <= -bound) throw overflow(to, from);
    return value;
  };
}

function stringToMoney(to: SqlType): RawConverter {
  return v => {
    const text = (v as string).trim();
    const m = /^([+-]?)\s*[$€£¥]?\s*([+-]?)([\d,]*(?:\.\d*)?)$/.exec(text);
    const parsed = m && (text === '' ? { value: 0n, scale: 0 } : parseDecimal((m[3] ?? '').replace(/,/g, '') || '0'));
    if (!m || !parsed || (m[1] && m[2])) {
      throw to.name === 'money'
        ? new SqlError(235, 'Cannot convert a char value to money. The char value has incorrect syntax.')
        : new SqlError(293, 'Cannot convert char value to smallmoney. The char value has incorrect syntax.');
    }
    const value = rescale(m[1] === '-' || m[2] === '-' ? -parsed.value : parsed.value, parsed.scale, 4);
    const limit = MONEY_LIMITS[to.name] ?? 0n;
    if (value > limit || value < -limit - 1n) {
      throw to.name === 'money'
        ? new SqlError(236, 'The conversion from char data type to money resulted in a money overflow error.')
        : new SqlError(
            294,
            'The conversion from char data type to smallmoney data type resulted in a smallmoney overflow error.',
          );
    }
    return value;
  };
}

export function toDecimal(from: SqlType, to: SqlType): RawConverter {
  const { scale } = precisionScale(to);
  if (isInteger(from)) {
    const store = decimalStore(to, isMoney(to) ? 'expression' : from.name);
    const factor = powerOfTen(scale);
    return v => store(BigInt(v as number | bigint) * factor);
  }
  if (isDecimal(from)) {
    const sourceScale = precisionScale(from).scale;
    const store = decimalStore(to, isMoney(from) ? 'expression' : 'numeric');
    return v => store(rescale(v as bigint, sourceScale, scale));
  }
  if (isApproximate(from)) {
    const store = decimalStore(to, from.name);
    return v => store(decimalFromNumber(v as number, scale));
  }
  if (isString(from)) {
    if (isMoney(to)) return stringToMoney(to);
    const store = decimalStore(to, from.name);
    return v => {
      const parsed = parseDecimal(v as string);
      if (!parsed) throw conversionError(from, to);
      return store(rescale(parsed.value, parsed.scale, scale));
    };
  }
  if (isLegacyDateTime(from)) {
    const store = decimalStore(to, 'expression');
    return v => store(decimalFromNumber(datetimeToNumber(v as bigint), scale));
  }
  if (isBinary(from) && isMoney(to)) return v => integerFromBytes(v as Uint8Array, 8);
  if (isBinary(from)) return v => decimalFromBytes(v as Uint8Array, to);
  throw notSupported(`the conversion from ${from.name} to ${to.name}`);
}

/** The inverse of decimalToBytes: precision, scale, 0, sign, little-endian magnitude. */
function decimalFromBytes(bytes: Uint8Array, to: SqlType): bigint {
  const { scale } = precisionScale(to);
  const sourceScale = bytes[1] ?? 0;
  if (bytes.length < 5 || sourceScale > 38) throw conversionError({ name: 'varbinary' }, to);
  let magnitude = 0n;
  for (let i = bytes.length - 1; i >= 4; i--) magnitude = (magnitude << 8n) | BigInt(bytes[i] ?? 0);
  if (!fitsPrecision(magnitude, 38)) throw overflow(to);
  return decimalStore(to, 'numeric')(rescale(bytes[3] === 1 ? magnitude : -magnitude, sourceScale, scale));
}

const FLOAT_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[ed][+-]?\d+)?$/i;

export function toApproximate(from: SqlType, to: SqlType): RawConverter {
  const store = (n: number): number => {
    const stored = to.name === 'real' ? Math.fround(n) : n;
    if (Number.isFinite(stored)) return stored;
    throw Number.isFinite(n)
      ? new SqlError(232, `Arithmetic overflow error for type real, value = ${n.toFixed(6)}.`)
      : overflow(to);
  };
  if (isDecimal(from)) {
    const { scale } = precisionScale(from);
    return v => store(decimalToNumber(v as bigint, scale));
  }
  if (isInteger(from) || isApproximate(from)) return v => store(Number(v as number | bigint));
  if (isString(from)) {
    return v => {
      const text = (v as string).trim();
      if (text === '') return 0;
      if (!FLOAT_TEXT.test(text)) throw conversionError(from, to);
      return store(Number(text.replace(/d/i, 'e')));
    };
  }
  if (isLegacyDateTime(from)) return v => store(datetimeToNumber(v as bigint));
  throw notSupported(`the conversion from ${from.name} to ${to.name}`);
}
