const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Every decimal of up to 15 significant digits survives the way through a double (IEEE 754, DBL_DIG). */
const SURE = 999_999_999_999_999;

/** A decimal of small magnitude: both operands are exact doubles, so the quotient is the nearest double to the value. */
export function smallDecimal(magnitude: number, negative: boolean, scale: number): number | string {
  if (magnitude === 0) return 0;
  if (magnitude <= SURE && scale <= 22) {
    const value = magnitude / (POWERS[scale] ?? NaN);
    return negative ? -value : value;
  }
  return exactDecimal(BigInt(magnitude), negative, scale);
}

/** A number when the double's shortest text has the same value, else SQL Server's own text. */
export function largeDecimal(magnitude: bigint, negative: boolean, scale: number): number | string {
  return magnitude <= BigInt(SURE)
    ? smallDecimal(Number(magnitude), negative, scale)
    : exactDecimal(magnitude, negative, scale);
}

function exactDecimal(magnitude: bigint, negative: boolean, scale: number): number | string {
  const text = decimalText(magnitude, negative, scale);
  const double = Number(text);
  return sameValue(String(Math.abs(double)), magnitude, scale) ? double : text;
}

function decimalText(magnitude: bigint, negative: boolean, scale: number): string {
  const digits = magnitude.toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${negative ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`}`;
}

/** Whether a double's shortest text (`1.5e+21`) means magnitude × 10^-scale. */
function sameValue(shortest: string, magnitude: bigint, scale: number): boolean {
  const [mantissa = '', exponent = '0'] = shortest.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent) - fraction.length + scale;
  const digits = BigInt(whole + fraction);
  return shift >= 0 ? digits * 10n ** BigInt(shift) === magnitude : digits === magnitude * 10n ** BigInt(-shift);
}

/** The number whose shortest text is the shortest one that reads back as this single-precision value. */
export function shortestSingle(value: number): number {
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < 2 ** 24)) return value;
  // Below the smallest normal number fewer digits may do; six are never too many above it.
  for (let digits = Math.abs(value) < 1.2e-38 ? 1 : 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}
