import { AppError } from '../../../common/app-error.js';
import type { CellValue } from '../../../database/driver/result-set.js';
import { daysOf, offsetOf, timeOf } from '../date-parts.js';
import { loneSurrogate } from '../text-chunks.js';

/** Converts a value that is not NULL into what the writer's physical type takes. */
export type ToParquet = (value: Exclude<CellValue, null>) => unknown;

const DAY_S = 86_400;
const LAST_NANOS = 0x7fff_ffff_ffff_ffffn;
/** Seconds up to here stay exact as a double of microseconds. */
const SURE_SECONDS = 9_000_000_000;

/** The unscaled integer of a decimal: `-12.5` with two digits is -1250. The texts may have an exponent (`1e+21`). */
export function unscaledOf(text: string, scale: number): bigint {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const point = mantissa.indexOf('.');
  const digits = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1);
  const fraction = point < 0 ? 0 : mantissa.length - point - 1;
  const shift = Number(exponent) + scale - fraction;
  return shift >= 0 ? BigInt(digits + '0'.repeat(shift)) : BigInt(digits.slice(0, shift));
}

export function timeOfDay(text: string, unit: 'MICROS' | 'NANOS'): bigint {
  const { seconds, nanos } = timeOf(text, 0);
  return unit === 'NANOS' ? BigInt(seconds * 1e9 + nanos) : BigInt(seconds * 1e6 + nanos / 1_000);
}

/** Throws AppError for an instant that the unit can't hold. `column` is for its message. */
export function instantOf(text: string, unit: 'MICROS' | 'NANOS', column: string): bigint {
  const { seconds: ofDay, nanos, end } = timeOf(text, 11);
  const seconds = daysOf(text) * DAY_S + ofDay - offsetOf(text, end);
  if (unit === 'NANOS') {
    const instant = BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
    if (instant > LAST_NANOS || instant < -LAST_NANOS) throw tooFine(column);
    return instant;
  }
  if (nanos % 1_000 !== 0) throw tooFine(column);
  const micros = nanos / 1_000;
  // Below 2^53 a double is exact, and much cheaper than two big integers.
  return seconds < SURE_SECONDS && seconds > -SURE_SECONDS
    ? BigInt(seconds * 1_000_000 + micros)
    : BigInt(seconds) * 1_000_000n + BigInt(micros);
}

/** The order of the text, as RFC 9562 §4 has it; SQL Server's own bytes are swapped. */
export function uuidOf(text: string): Uint8Array {
  return Buffer.from(text.replaceAll('-', ''), 'hex');
}

export function binaryOf(text: string): Uint8Array {
  return Buffer.from(text.slice(2), 'hex');
}

/** A sql_variant may be a number or a boolean. */
export function textOf(value: Exclude<CellValue, null>): string {
  const text = String(value);
  if (!text.isWellFormed()) throw loneSurrogate();
  return text;
}

function tooFine(column: string): AppError {
  return new AppError(
    'SQL_ERROR',
    `Column ${JSON.stringify(column)} has a time that the type chosen for its first rows cannot hold.`,
    { hint: 'Convert the column in the statement, CAST(… AS datetime2(6)), or export as csv or ndjson.' },
  );
}
