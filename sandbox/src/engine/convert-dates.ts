import { integerFromBytes } from './bytes.ts';
import { overflow, type RawConverter } from './convert-numbers.ts';
import { parseDateTime, type DateParseFailure } from './date-text.ts';
import {
  DAYS_1900,
  TICKS_PER_DAY,
  TICKS_PER_MINUTE,
  dayTimeReader,
  datetimeFromNumber,
  splitTicks,
  toTicks,
  valueFromDayTime,
} from './dates.ts';
import { decimalToNumber } from './decimals.ts';
import { SqlError, notSupported } from './sql-error.ts';
import type { DateTimeOffsetValue, SqlType, Value } from './sql-type.ts';
import { isBinary, isDateTime, isDecimal, isLegacyDateTime, isNumeric, isString, precisionScale } from './types.ts';

function textError(from: SqlType, to: SqlType, failure: DateParseFailure): SqlError {
  if (failure === 'range' && isLegacyDateTime(to)) {
    return new SqlError(
      242,
      `The conversion of a ${from.name} data type to a ${to.name} data type resulted in an out-of-range value.`,
    );
  }
  return to.name === 'smalldatetime'
    ? new SqlError(295, 'Conversion failed when converting character string to smalldatetime data type.')
    : new SqlError(241, 'Conversion failed when converting date and/or time from character string.');
}

function textToDateTime(from: SqlType, to: SqlType, style: number | undefined): RawConverter {
  if (style === 130 || style === 131) throw notSupported(`CONVERT style ${style} (Hijri calendar)`);
  const legacy = isLegacyDateTime(to);
  let lastText: string | undefined;
  let lastValue: Value = null;
  return v => {
    if (v === lastText) return lastValue;
    const parsed = parseDateTime(v as string, style);
    if (typeof parsed === 'string') throw textError(from, to, parsed);
    // datetime accepts no offset except Z, and at most three digits behind the seconds.
    if (legacy && (parsed.fractionDigits > 3 || (parsed.offset !== undefined && !/z\s*$/i.test(v as string)))) {
      throw textError(from, to, 'syntax');
    }
    const value = valueFromDayTime(to, parsed.days, parsed.time, parsed.offset ?? 0);
    if (value === undefined) throw textError(from, to, 'range');
    lastText = v as string;
    lastValue = value;
    return value;
  };
}

export function toDateTime(from: SqlType, to: SqlType, style?: number): RawConverter {
  if (isString(from)) return textToDateTime(from, to, style);
  if (isDateTime(from)) {
    const outOfRange = (): SqlError =>
      new SqlError(
        242,
        `The conversion of a ${from.name} data type to a ${to.name} data type resulted in an out-of-range value.`,
      );
    if (from.name === 'datetimeoffset' && to.name === 'datetimeoffset') {
      const read = dayTimeReader(from);
      return v => {
        const { days, time } = read(v);
        const value = valueFromDayTime(to, days, time, (v as DateTimeOffsetValue).offset);
        if (value === undefined) throw outOfRange();
        return value;
      };
    }
    const read = dayTimeReader(from);
    return v => {
      const { days, time } = read(v);
      const value = valueFromDayTime(to, days, time);
      if (value === undefined) throw outOfRange();
      return value;
    };
  }
  if (isNumeric(from) && isLegacyDateTime(to)) {
    const scale = isDecimal(from) ? precisionScale(from).scale : 0;
    return v => {
      const n = typeof v === 'bigint' ? decimalToNumber(v, scale) : (v as number);
      const value = datetimeFromNumber(to, n);
      if (value === undefined) throw overflow(to);
      return value;
    };
  }
  if (isBinary(from)) {
    return v => {
      const value = dateTimeFromBytes(v as Uint8Array, to);
      if (value === undefined) throw overflow(to);
      return value;
    };
  }
  throw notSupported(`the conversion from ${from.name} to ${to.name}`);
}

const littleEndian = (bytes: Uint8Array): number => bytes.reduceRight((n, b) => n * 256 + b, 0);

/** The inverse of bytesOf in bytes.ts; undefined when the bytes are no value of the type. */
function dateTimeFromBytes(bytes: Uint8Array, to: SqlType): Value | undefined {
  if (isLegacyDateTime(to)) {
    // Two big-endian numbers: days since 1900 and, from midnight, 1/300 s or minutes.
    const half = to.name === 'datetime' ? 4 : 2;
    const part = bytes.subarray(-2 * half);
    const signed = Number(integerFromBytes(part.subarray(0, Math.max(0, part.length - half)), half));
    const days = half === 4 ? signed : signed & 0xffff;
    const units = Number(integerFromBytes(part.subarray(-half), half));
    const time = half === 4 ? Math.round((units * 100_000) / 3) : units * TICKS_PER_MINUTE;
    return units < 0 || time >= TICKS_PER_DAY ? undefined : valueFromDayTime(to, DAYS_1900 + days, time);
  }
  if (to.name === 'date') return bytes.length === 3 ? valueFromDayTime(to, littleEndian(bytes), 0) : undefined;
  const scale = bytes[0] ?? 8;
  const width = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
  const tail = to.name === 'time' ? 0 : to.name === 'datetime2' ? 3 : 5;
  if (scale > 7 || bytes.length !== 1 + width + tail) return undefined;
  const time = littleEndian(bytes.subarray(1, 1 + width)) * 10 ** (7 - scale);
  if (time >= TICKS_PER_DAY) return undefined;
  const days = tail === 0 ? DAYS_1900 : littleEndian(bytes.subarray(1 + width, 4 + width));
  if (tail < 5) return valueFromDayTime(to, days, time);
  const offset = (littleEndian(bytes.subarray(4 + width)) << 16) >> 16;
  const local = splitTicks(toTicks(days, time) + BigInt(offset) * BigInt(TICKS_PER_MINUTE));
  return Math.abs(offset) > 840 ? undefined : valueFromDayTime(to, local.days, local.time, offset);
}
