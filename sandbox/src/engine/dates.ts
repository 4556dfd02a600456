import type { DateTimeOffsetValue, SqlType, Value } from './sql-type.ts';

/** Time of day is counted in 100 ns units ("ticks"), days from 0001-01-01 (a Monday in the proleptic calendar). */
export const TICKS_PER_SECOND = 10_000_000;
export const TICKS_PER_MINUTE = 600_000_000;
export const TICKS_PER_HOUR = 36_000_000_000;
export const TICKS_PER_DAY = 864_000_000_000;
const BIG_TICKS_PER_DAY = 864_000_000_000n;

export interface DayTime {
  readonly days: number;
  readonly time: number;
}
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days since 0001-01-01 of a valid date (algorithm: Howard Hinnant, days_from_civil). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 306;
}

export function civilFromDays(days: number): CivilDate {
  const z = days + 306;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (LENGTHS[month - 1] ?? 0);

export const isValidDate = (year: number, month: number, day: number): boolean =>
  year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);

const MAX_DAYS = daysFromCivil(9999, 12, 31);
export const DAYS_1900 = daysFromCivil(1900, 1, 1);
const DAYS_1753 = daysFromCivil(1753, 1, 1);
const DAYS_UNIX_EPOCH = daysFromCivil(1970, 1, 1);
const SMALLDATETIME_MAX_DAYS = daysFromCivil(2079, 6, 6);

export const toTicks = (days: number, time: number): bigint => BigInt(days) * BIG_TICKS_PER_DAY + BigInt(time);
export function splitTicks(ticks: bigint): DayTime {
  let days = ticks / BIG_TICKS_PER_DAY;
  let time = ticks % BIG_TICKS_PER_DAY;
  if (time < 0n) {
    time += BIG_TICKS_PER_DAY;
    days -= 1n;
  }
  return { days: Number(days), time: Number(time) };
}
export const ticksFromUnixMilliseconds = (ms: number): bigint =>
  BigInt(DAYS_UNIX_EPOCH) * BIG_TICKS_PER_DAY + BigInt(Math.round(ms * 10_000));
export const unixMillisecondsFromTicks = (ticks: bigint): number =>
  Number((ticks - BigInt(DAYS_UNIX_EPOCH) * BIG_TICKS_PER_DAY) / 10_000n);

/** The wall-clock time a datetimeoffset shows, in ticks. */
export const localTicks = (v: DateTimeOffsetValue): bigint => v.utcTicks + BigInt(v.offset) * BigInt(TICKS_PER_MINUTE);

/** Reads a value of a date/time type as day and time of day; a time has the date 1900-01-01. */
export function dayTimeReader(t: SqlType): (v: Value) => DayTime {
  switch (t.name) {
    case 'date':
      return v => ({ days: v as number, time: 0 });
    case 'time':
      return v => ({ days: DAYS_1900, time: v as number });
    case 'datetimeoffset':
      return v => splitTicks(localTicks(v as DateTimeOffsetValue));
    default:
      return v => splitTicks(v as bigint);
  }
}

const roundTo = (time: number, unit: number): number => Math.round(time / unit) * unit;

/** Number of 1/300 s since midnight. */
export const datetimeUnits = (time: number): number => Math.round((time * 3) / 100_000);
const ticksFromDatetimeUnits = (units: number): number => Math.round((units * 100_000) / 3);
/** Milliseconds as datetime shows them: .000, .003, .007. */
export const datetimeMilliseconds = (time: number): number => Math.round((datetimeUnits(time) * 10) / 3);

const scaleUnit = (scale: number): number => 10 ** (7 - scale);

function carried(days: number, time: number): DayTime {
  return time >= TICKS_PER_DAY ? { days: days + 1, time: time - TICKS_PER_DAY } : { days, time };
}

/**
 * Makes a value of a date/time type from day and time of day, rounded to its precision; undefined when it is out of
 * the type's range. For datetimeoffset the parts are local time at `offset`.
 */
export function valueFromDayTime(t: SqlType, days: number, time: number, offset = 0): Value | undefined {
  switch (t.name) {
    case 'date':
      return days >= 0 && days <= MAX_DAYS ? days : undefined;
    // 23:59:59.99 rounded up to whole seconds is 00:00:00.
    case 'time': {
      const rounded = roundTo(time, scaleUnit(t.scale ?? 7));
      return rounded >= TICKS_PER_DAY ? 0 : rounded;
    }
    case 'datetime': {
      const units = datetimeUnits(time);
      const r = carried(days, units >= 25_920_000 ? TICKS_PER_DAY : ticksFromDatetimeUnits(units));
      return r.days >= DAYS_1753 && r.days <= MAX_DAYS ? toTicks(r.days, r.time) : undefined;
    }
    case 'smalldatetime': {
      // 29.998 s and less round down, 29.999 s and more up (learn.microsoft.com: smalldatetime).
      const r = carried(days, Math.floor((time + 300_010_000) / TICKS_PER_MINUTE) * TICKS_PER_MINUTE);
      return r.days >= DAYS_1900 && r.days <= SMALLDATETIME_MAX_DAYS ? toTicks(r.days, r.time) : undefined;
    }
    case 'datetimeoffset': {
      const r = carried(days, roundTo(time, scaleUnit(t.scale ?? 7)));
      const local =
        r.days > MAX_DAYS ? toTicks(days, time - (time % scaleUnit(t.scale ?? 7))) : toTicks(r.days, r.time);
      const utcTicks = local - BigInt(offset) * BigInt(TICKS_PER_MINUTE);
      return days >= 0 && days <= MAX_DAYS && utcTicks >= 0n && utcTicks <= MAX_TICKS
        ? { utcTicks, offset }
        : undefined;
    }
    default: {
      const r = carried(days, roundTo(time, scaleUnit(t.scale ?? 7)));
      // The last instant of 9999 cannot be rounded up; it is truncated.
      if (r.days > MAX_DAYS && days === MAX_DAYS) return toTicks(days, time - (time % scaleUnit(t.scale ?? 7)));
      return r.days >= 0 && r.days <= MAX_DAYS ? toTicks(r.days, r.time) : undefined;
    }
  }
}

const MAX_TICKS = toTicks(MAX_DAYS, TICKS_PER_DAY - 1);

/** A datetime as a number: days since 1900-01-01 with the fraction of the day. */
export function datetimeToNumber(ticks: bigint): number {
  const { days, time } = splitTicks(ticks);
  return days - DAYS_1900 + datetimeUnits(time) / 25_920_000;
}

export function datetimeFromNumber(t: SqlType, n: number): Value | undefined {
  if (!Number.isFinite(n) || Math.abs(n) > 4_000_000) return undefined;
  const whole = Math.floor(n);
  const units = Math.round((n - whole) * 25_920_000);
  return valueFromDayTime(t, DAYS_1900 + whole, Math.min(TICKS_PER_DAY, ticksFromDatetimeUnits(units)));
}

export const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];
