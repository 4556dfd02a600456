import type { PrecisionScale } from './types.ts';

/** 10^0 … 10^99: products of two decimal(38) and shifted dividends need more than 38. */
const POWERS_OF_TEN: readonly bigint[] = Array.from({ length: 100 }, (_, i) => 10n ** BigInt(i));
export const powerOfTen = (n: number): bigint => POWERS_OF_TEN[n] ?? 10n ** BigInt(n);

/** Changes the scale of a scaled integer, rounding half away from zero as SQL Server does. */
export function rescale(value: bigint, from: number, to: number): bigint {
  if (from === to) return value;
  if (to > from) return value * powerOfTen(to - from);
  return divideRounded(value, powerOfTen(from - to));
}

/** Changes the scale of a scaled integer, cutting off digits. */
export function truncateScale(value: bigint, from: number, to: number): bigint {
  return to >= from ? value * powerOfTen(to - from) : value / powerOfTen(from - to);
}

/** Quotient rounded half away from zero; `divisor` is positive. */
function divideRounded(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  const rest = value % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  return twice >= divisor ? quotient + (value < 0n ? -1n : 1n) : quotient;
}

export const fitsPrecision = (value: bigint, precision: number): boolean =>
  (value < 0n ? -value : value) < powerOfTen(precision);

export function formatDecimal(value: bigint, scale: number): string {
  if (scale === 0) return value.toString();
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The nearest double. */
export function decimalToNumber(value: bigint, scale: number): number {
  if (scale === 0) return Number(value);
  // A double holds both exactly, so that one correctly rounded division gives the nearest double.
  if (scale <= 22 && value <= 9007199254740992n && value >= -9007199254740992n) return Number(value) / 10 ** scale;
  return Number(formatDecimal(value, scale));
}

const DECIMAL_TEXT = /^([+-]?)[ ]*(\d*)(?:\.(\d*))?$/;

/** "-12.50" → {value: -1250n, scale: 2}; undefined when it is no decimal number. */
export function parseDecimal(text: string): { value: bigint; scale: number } | undefined {
  const m = DECIMAL_TEXT.exec(text.trim());
  if (!m || (!m[2] && !m[3])) return undefined;
  const fraction = m[3] ?? '';
  const digits = BigInt(`${m[2] ?? ''}${fraction}`);
  return { value: m[1] === '-' ? -digits : digits, scale: fraction.length };
}

const float = new Float64Array(1);
const bits = new BigUint64Array(float.buffer);

/** A finite double as a scaled integer: from its exact binary value, rounded half away from zero. */
export function decimalFromNumber(value: number, scale: number): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value) * powerOfTen(scale);
  float[0] = value;
  const raw = bits[0] ?? 0n;
  const exponentBits = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  const mantissa = exponentBits === 0 ? fraction : fraction | 0x10000000000000n;
  const exponent = (exponentBits || 1) - 1075;
  const scaled = mantissa * powerOfTen(scale);
  const magnitude = exponent >= 0 ? scaled << BigInt(exponent) : divideRounded(scaled, 1n << BigInt(-exponent));
  return raw >> 63n ? -magnitude : magnitude;
}

/**
 * Result type of decimal arithmetic (learn.microsoft.com: "Precision, scale, and length"). Beyond 38 digits the
 * scale gives way, for products and quotients not below 6.
 */
export function decimalResult(op: '+' | '-' | '*' | '/' | '%', a: PrecisionScale, b: PrecisionScale): PrecisionScale {
  const integral = Math.max(a.precision - a.scale, b.precision - b.scale);
  switch (op) {
    case '+':
    case '-': {
      const scale = Math.max(a.scale, b.scale);
      const precision = integral + scale + 1;
      if (precision <= 38) return { precision, scale };
      return { precision: 38, scale: Math.max(0, Math.min(scale, 38 - integral)) };
    }
    case '*':
      return capProduct(a.precision + b.precision + 1, a.scale + b.scale);
    case '/': {
      const scale = Math.max(6, a.scale + b.precision + 1);
      return capProduct(a.precision - a.scale + b.scale + scale, scale);
    }
    case '%': {
      const scale = Math.max(a.scale, b.scale);
      return { precision: Math.min(38, Math.min(a.precision - a.scale, b.precision - b.scale) + scale), scale };
    }
  }
}

function capProduct(precision: number, scale: number): PrecisionScale {
  if (precision <= 38) return { precision, scale };
  const integral = precision - scale;
  if (integral <= 32) return { precision: 38, scale: Math.min(scale, 38 - integral) };
  return { precision: 38, scale: Math.min(scale, 6) };
}
