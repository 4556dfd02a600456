import { largeDecimal } from '../../database/driver/values/decimal-text.js';
import { plainNumber } from '../../database/driver/parameter-values.js';

/** `a - b`, exactly, of numbers as results have them: a number, or a text where no double has the value. */
export function exactDifference(a: number | string, b: number | string): number | string {
  const [left, right] = [decimalOf(a), decimalOf(b)];
  const scale = Math.max(left.scale, right.scale);
  const units = left.units * 10n ** BigInt(scale - left.scale) - right.units * 10n ** BigInt(scale - right.scale);
  return largeDecimal(units < 0n ? -units : units, units < 0n, scale);
}

function decimalOf(value: number | string): { readonly units: bigint; readonly scale: number } {
  const [whole = '', fraction = ''] = plainNumber(String(value)).split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
}
