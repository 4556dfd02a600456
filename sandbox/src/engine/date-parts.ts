import {
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  splitTicks,
  toTicks,
  type DayTime,
} from './dates.ts';
import { SqlError } from './sql-error.ts';

export type DatePart =
  | 'year'
  | 'quarter'
  | 'month'
  | 'dayofyear'
  | 'day'
  | 'week'
  | 'weekday'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond'
  | 'microsecond'
  | 'nanosecond'
  | 'tzoffset'
  | 'iso_week';

const ABBREVIATIONS: Readonly<Record<DatePart, readonly string[]>> = {
  year: ['yy', 'yyyy'],
  quarter: ['qq', 'q'],
  month: ['mm', 'm'],
  dayofyear: ['dy', 'y'],
  day: ['dd', 'd'],
  week: ['wk', 'ww'],
  weekday: ['dw', 'w'],
  hour: ['hh'],
  minute: ['mi', 'n'],
  second: ['ss', 's'],
  millisecond: ['ms'],
  microsecond: ['mcs'],
  nanosecond: ['ns'],
  tzoffset: ['tz'],
  iso_week: ['isowk', 'isoww'],
};
const BY_NAME = new Map<string, DatePart>(
  (Object.keys(ABBREVIATIONS) as DatePart[]).flatMap(part =>
    [part, ...ABBREVIATIONS[part]].map(n => [n, part] as const),
  ),
);

/** The datepart of that name; error 155 when there is none. */
export function datePartOf(name: string, functionName: string): DatePart {
  const part = BY_NAME.get(name.toLowerCase());
  if (!part) throw new SqlError(155, `'${name}' is not a recognized ${functionName.toLowerCase()} option.`, 15);
  return part;
}

export const isTimePart = (p: DatePart): boolean =>
  p === 'hour' || p === 'minute' || p === 'second' || p === 'millisecond' || p === 'microsecond' || p === 'nanosecond';

const yearStart = (year: number): number => daysFromCivil(year, 1, 1);
/** 1 for Monday to 7 for Sunday. */
export const isoWeekday = (days: number): number => (((days % 7) + 7) % 7) + 1;
/** The number of the weekday when weeks begin on day `first` (SET DATEFIRST). */
const weekdayNumber = (days: number, first: number): number => ((isoWeekday(days) - first + 7) % 7) + 1;

function isoWeek(days: number): number {
  const thursday = days - isoWeekday(days) + 4;
  return Math.floor((thursday - yearStart(civilFromDays(thursday).year)) / 7) + 1;
}

/** The value of a datepart; `first` is DATEFIRST, `offset` that of a datetimeoffset. */
export function readDatePart(part: DatePart, { days, time }: DayTime, first: number, offset: number): number {
  switch (part) {
    case 'year':
      return civilFromDays(days).year;
    case 'quarter':
      return Math.floor((civilFromDays(days).month + 2) / 3);
    case 'month':
      return civilFromDays(days).month;
    case 'day':
      return civilFromDays(days).day;
    case 'dayofyear':
      return days - yearStart(civilFromDays(days).year) + 1;
    case 'week': {
      const start = yearStart(civilFromDays(days).year);
      return Math.floor((days - start + weekdayNumber(start, first) - 1) / 7) + 1;
    }
    case 'weekday':
      return weekdayNumber(days, first);
    case 'iso_week':
      return isoWeek(days);
    case 'hour':
      return Math.floor(time / TICKS_PER_HOUR);
    case 'minute':
      return Math.floor(time / TICKS_PER_MINUTE) % 60;
    case 'second':
      return Math.floor(time / TICKS_PER_SECOND) % 60;
    case 'millisecond':
      return Math.floor(time / 10_000) % 1000;
    case 'microsecond':
      return Math.floor(time / 10) % 1_000_000;
    case 'nanosecond':
      return (time % TICKS_PER_SECOND) * 100;
    case 'tzoffset':
      return offset;
  }
}

/** The length in ticks of the parts that have a fixed length; a nanosecond is a hundredth of a tick. */
const UNIT: Partial<Record<DatePart, number>> = {
  week: 7 * TICKS_PER_DAY,
  day: TICKS_PER_DAY,
  dayofyear: TICKS_PER_DAY,
  weekday: TICKS_PER_DAY,
  hour: TICKS_PER_HOUR,
  minute: TICKS_PER_MINUTE,
  second: TICKS_PER_SECOND,
  millisecond: 10_000,
  microsecond: 10,
};
const MONTHS_IN: Partial<Record<DatePart, number>> = { year: 12, quarter: 3, month: 1 };

export function addDatePart(part: DatePart, n: bigint, { days, time }: DayTime): DayTime {
  const months = MONTHS_IN[part];
  if (months !== undefined) {
    const c = civilFromDays(days);
    const total = c.year * 12 + c.month - 1 + Number(n) * months;
    const year = Math.floor(total / 12);
    const month = total - year * 12 + 1;
    if (year < 1 || year > 9999) return { days: -1, time };
    return { days: daysFromCivil(year, month, Math.min(c.day, daysInMonth(year, month))), time };
  }
  const unit = UNIT[part];
  if (unit === undefined) {
    // nanosecond: rounded to 100 ns.
    const ticks = (n + (n < 0n ? -50n : 50n)) / 100n;
    return splitTicks(toTicks(days, time) + ticks);
  }
  if (unit % TICKS_PER_DAY === 0) return { days: days + Number(n) * (unit / TICKS_PER_DAY), time };
  return splitTicks(toTicks(days, time) + n * BigInt(unit));
}

/** Counts the boundaries of the part between two instants (weeks begin on Sunday, whatever DATEFIRST is). */
export function countDateParts(part: DatePart, a: DayTime, b: DayTime): bigint {
  const months = MONTHS_IN[part];
  if (months !== undefined) {
    const index = (days: number): number => {
      const c = civilFromDays(days);
      return Math.floor((c.year * 12 + c.month - 1) / months);
    };
    return BigInt(index(b.days) - index(a.days));
  }
  // Day 0 was a Monday; adding one day makes weeks begin on Sunday.
  if (part === 'week') return BigInt(Math.floor((b.days + 1) / 7) - Math.floor((a.days + 1) / 7));
  if (part === 'day' || part === 'dayofyear' || part === 'weekday') return BigInt(b.days - a.days);
  const [x, y] = [toTicks(a.days, a.time), toTicks(b.days, b.time)];
  if (part === 'nanosecond') return (y - x) * 100n;
  const unit = BigInt(UNIT[part] ?? 1);
  return y / unit - x / unit;
}

/** Start of the part that holds the instant. */
export function truncateDatePart(part: DatePart, { days, time }: DayTime, first: number): DayTime {
  const c = civilFromDays(days);
  switch (part) {
    case 'year':
      return { days: yearStart(c.year), time: 0 };
    case 'quarter':
      return { days: daysFromCivil(c.year, c.month - ((c.month - 1) % 3), 1), time: 0 };
    case 'month':
      return { days: days - c.day + 1, time: 0 };
    case 'week':
      return { days: days - weekdayNumber(days, first) + 1, time: 0 };
    case 'iso_week':
      return { days: days - isoWeekday(days) + 1, time: 0 };
    case 'day':
    case 'dayofyear':
      return { days, time: 0 };
    default: {
      const unit = UNIT[part] ?? 1;
      return { days, time: time - (time % unit) };
    }
  }
}

/** DATE_BUCKET: start of the bucket of `width` parts, counted from the origin. */
export function bucketStart(part: DatePart, width: bigint, at: DayTime, origin: DayTime): DayTime {
  const months = MONTHS_IN[part];
  if (months !== undefined) {
    let n = countDateParts('month', origin, at) / (width * BigInt(months));
    const start = (k: bigint): DayTime => addDatePart('month', k * width * BigInt(months), origin);
    const ticks = toTicks(at.days, at.time);
    const later = (s: DayTime): boolean => toTicks(s.days, s.time) > ticks;
    while (later(start(n))) n -= 1n;
    while (!later(start(n + 1n))) n += 1n;
    return start(n);
  }
  const size = width * BigInt(UNIT[part] ?? 1);
  const base = toTicks(origin.days, origin.time);
  const distance = toTicks(at.days, at.time) - base;
  const floored = distance - (((distance % size) + size) % size);
  return splitTicks(base + floored);
}
