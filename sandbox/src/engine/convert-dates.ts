import { integerFromBytes } from './bytes.ts';
import { overflow } from './convert-numbers.ts';
import type { RawConverter } from './convert-numbers.ts';
import { parseDateTime } from './date-text.ts';
import type { DateParseFailure } from './date-text.ts';
import { DAYS_1900, dayTimeReader, datetimeFromNumber, valueFromDayTime } from './dates.ts';
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
    // datetime takes neither an offset (but Z) nor more than three digits behind the seconds.
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
  if (isBinary(from) && to.name === 'datetime') {
    return v => {
      const bytes = (v as Uint8Array).subarray(-8);
      const days = Number(integerFromBytes(bytes.subarray(0, Math.max(0, bytes.length - 4)), 4));
      const units = Number(integerFromBytes(bytes.subarray(-4), 4));
      const value =
        units < 0 || units >= 25_920_000
          ? undefined
          : valueFromDayTime(to, DAYS_1900 + days, Math.round((units * 100_000) / 3));
      if (value === undefined) throw overflow(to);
      return value;
    };
  }
  throw notSupported(`the conversion from ${from.name} to ${to.name}`);
}
