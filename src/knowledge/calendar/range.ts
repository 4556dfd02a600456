import { AppError } from '../../common/app-error.js';
import type { Calendar } from '../file/definitions.js';
import { addMonths, addUnits, DAY, fiscalYearStart, startOf, type Unit, utc } from './periods.js';
import type { LocalTime } from './time-zone.js';

/** From `start` up to, and without, `end`; a missing end is open. */
export interface Range {
  readonly start?: LocalTime;
  readonly end?: LocalTime;
}

interface Period {
  readonly start: LocalTime;
  readonly end: LocalTime;
  /** `last quarter` and `2026-03` are all of a period, also without a second end; `2026-01-01` is only where a range begins. */
  readonly whole: boolean;
}

const HINT =
  'Write a date (2026-01-31), a time (2026-01-31T14:00), a month (2026-01), a quarter (2026-Q1, FY2026-Q1), a year (2026, FY2026), or words: today, yesterday, this month, last quarter, last 30 days, last fiscal year.';
const MAX_COUNT = 10_000;
const YEAR_10000 = Date.UTC(10_000, 0);

/**
 * The range that a caller names, in local time of the calendar. `from` and `to` are both included. A period (`last quarter`, `2026`)
 * without `to` means all of it. Throws AppError INVALID_ARGUMENT.
 */
export function readRange(from: string | undefined, to: string | undefined, now: LocalTime, calendar: Calendar): Range {
  const first = from === undefined ? undefined : periodOf(from, 'from', now, calendar);
  const last = to === undefined ? undefined : periodOf(to, 'to', now, calendar);
  const named = last?.end ?? (first?.whole === true ? first.end : undefined);
  // No date of SQL Server is later than 9999, so a range up to there has no end.
  const end = named !== undefined && named >= YEAR_10000 ? undefined : named;
  if (first !== undefined && end !== undefined && first.start >= end)
    throw invalid('to', 'lies before "from", so that the range is empty');
  return { ...(first === undefined ? {} : { start: first.start }), ...(end === undefined ? {} : { end }) };
}

function periodOf(written: string, argument: string, now: LocalTime, calendar: Calendar): Period {
  const text = written
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, ' ');
  const found = dateOf(text) ?? yearOf(text, calendar) ?? wordsOf(text, now, calendar);
  if (found === undefined || !Number.isFinite(found.start) || !Number.isFinite(found.end))
    throw invalid(argument, `${JSON.stringify(written.slice(0, 60))} is not a date or period`);
  return found;
}

function dateOf(text: string): Period | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:[t ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})0{0,4})?)?)?$/.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map(part => (part === undefined ? undefined : Number(part)));
  const start = utc(year, month - 1, day);
  const real = new Date(start).getUTCMonth() === month - 1 && (hour ?? 0) < 24 && minute < 60 && second < 60;
  if (!real || year < 1) return undefined;
  if (hour === undefined) return { start, end: start + DAY, whole: false };
  const milliseconds = Number((parts[7] ?? '').padEnd(3, '0'));
  const moment = start + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return { start: moment, end: moment, whole: false };
}

function yearOf(text: string, calendar: Calendar): Period | undefined {
  const parts = /^(fy)? ?(\d{4})(?:-(?:q([1-4])|(\d\d)))?$/.exec(text);
  if (parts === null) return undefined;
  const [, fiscal, yearText, quarter, month] = parts;
  const year = Number(yearText);
  if (year < 1 || (fiscal !== undefined && month !== undefined)) return undefined;
  const start = fiscal === undefined ? utc(year, 0) : fiscalYearStart(year, calendar);
  if (month !== undefined) {
    const first = Number(month) - 1;
    return first < 0 || first > 11 ? undefined : { start: utc(year, first), end: utc(year, first + 1), whole: true };
  }
  const begin = quarter === undefined ? start : addMonths(start, (Number(quarter) - 1) * 3);
  return { start: begin, end: addMonths(begin, quarter === undefined ? 12 : 3), whole: true };
}

const UNITS: Readonly<Record<string, Unit>> = {
  hour: 'hour',
  day: 'day',
  week: 'week',
  month: 'month',
  quarter: 'quarter',
  'fiscal quarter': 'quarter',
  year: 'year',
  'fiscal year': 'fiscal_year',
};

function wordsOf(text: string, now: LocalTime, calendar: Calendar): Period | undefined {
  if (text === 'today') return around('day', 0, 1, now, calendar);
  if (text === 'yesterday') return around('day', -1, 1, now, calendar);
  const parts = /^(this|current|last|previous|past) (?:(\d{1,5}) )?((?:fiscal )?[a-z]+?)s?$/.exec(text);
  const unit = UNITS[parts?.[3] ?? ''];
  if (parts === null || unit === undefined) return undefined;
  const [, which = '', counted] = parts;
  const isCurrent = which === 'this' || which === 'current';
  const count = Number(counted ?? 1);
  if (count < 1 || count > MAX_COUNT || (isCurrent && counted !== undefined)) return undefined;
  // The last hour ends now; the last day is yesterday.
  if (unit === 'hour' && !isCurrent) return { start: addUnits('hour', now, -count), end: now, whole: true };
  return isCurrent ? around(unit, 0, 1, now, calendar) : around(unit, -count, count, now, calendar);
}

function around(unit: Unit, offset: number, count: number, now: LocalTime, calendar: Calendar): Period {
  const start = addUnits(unit, startOf(unit, now, calendar), offset);
  return { start, end: addUnits(unit, start, count), whole: true };
}

function invalid(argument: string, what: string): AppError {
  return new AppError('INVALID_ARGUMENT', `${argument}: ${what}.`, { hint: HINT, details: { parameter: argument } });
}
