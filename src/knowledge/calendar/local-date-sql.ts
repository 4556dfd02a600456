import type { Calendar } from '../file/definitions.js';
import { firstDayIndex, type Grain } from './periods.js';
import { instantOf, type LocalTime, offsetSteps } from './time-zone.js';
import type { Range } from './range.js';

/** How the values of a time column are to be understood. */
export type TimeKind = 'date' | 'local' | 'utc' | 'offset';

/** How a column of this SQL type and this setting is read; undefined for a type that is no date. */
export function timeKindOf(type: string, storedAs: 'local' | 'utc'): TimeKind | undefined {
  switch (type) {
    case 'date':
      return 'date';
    case 'datetimeoffset':
      return 'offset';
    case 'datetime':
    case 'datetime2':
    case 'smalldatetime':
      return storedAs;
    default:
      return undefined;
  }
}

/** Clocks before this year are not looked up: local time is then that of its first day. */
const FIRST_YEAR = 2000;

/** The local date and time of a column, as SQL. Changes of clocks within the range stand in it as a CASE. */
export function localSql(
  column: string,
  kind: TimeKind,
  range: Range,
  now: number,
  { time_zone: zone }: Calendar,
): string {
  switch (kind) {
    case 'date':
    case 'local':
      return column;
    case 'utc':
      return shifted(column, range, now, zone);
    case 'offset':
      return shifted(`CAST(SWITCHOFFSET(${column}, '+00:00') AS datetime2)`, range, now, zone);
    default:
      return kind satisfies never;
  }
}

function shifted(utcSql: string, { start, end }: Range, now: number, zone: string): string {
  const from = start === undefined ? Date.UTC(FIRST_YEAR, 0) : instantOf(start, zone);
  const to = end === undefined ? now + 366 * 86_400_000 : instantOf(end, zone);
  const steps = offsetSteps(zone, from, to);
  const last = steps.at(-1)?.minutes ?? 0;
  if (steps.every(({ minutes }) => minutes === 0)) return utcSql;
  if (steps.length === 1) return `DATEADD(minute, ${last}, ${utcSql})`;
  const cases = steps
    .slice(0, -1)
    .map(({ minutes }, i) => `WHEN ${utcSql} < '${isoText(steps[i + 1]?.from ?? 0)}' THEN ${minutes}`);
  return `DATEADD(minute, CASE ${cases.join(' ')} ELSE ${last} END, ${utcSql})`;
}

/** The first day of the period that a local date is in. It needs no function that SQL Server 2012 doesn't have. */
export function periodSql(grain: Grain, local: string, calendar: Calendar): string {
  const firstOfMonth = `DATEFROMPARTS(YEAR(${local}), MONTH(${local}), 1)`;
  const monthsSince = (of: number) => `(MONTH(${local}) + ${12 - calendar.fiscal_year_first_month}) % ${of}`;
  switch (grain) {
    case 'day':
      return `CAST(${local} AS date)`;
    case 'week': {
      // 0001-01-01 was a Monday. The session's DATEFIRST must not matter.
      const days = `(DATEDIFF(day, CAST('00010101' AS date), ${local}) + ${7 - firstDayIndex(calendar)}) % 7`;
      return `DATEADD(day, -(${days}), CAST(${local} AS date))`;
    }
    case 'month':
      return firstOfMonth;
    case 'quarter':
      return `DATEADD(month, -(${monthsSince(3)}), ${firstOfMonth})`;
    case 'year':
      return `DATEFROMPARTS(YEAR(${local}), 1, 1)`;
    case 'fiscal_year':
      return `DATEADD(month, -(${monthsSince(12)}), ${firstOfMonth})`;
    default:
      return grain satisfies never;
  }
}

/** A boundary of a range as a parameter that compares with the column itself, so that an index on it can be used. */
export function boundary(
  local: LocalTime,
  kind: TimeKind,
  type: string,
  { time_zone: zone }: Calendar,
): { type: string; value: string } {
  switch (kind) {
    case 'date':
      return { type: 'date', value: textFor('date', local).slice(0, 10) };
    case 'local':
      return { type: parameterType(type), value: textFor(type, local) };
    case 'utc':
      return { type: parameterType(type), value: textFor(type, instantOf(local, zone)) };
    case 'offset':
      return { type: 'datetimeoffset(3)', value: `${textFor(type, instantOf(local, zone))}Z` };
    default:
      return kind satisfies never;
  }
}

const FIRST_OF_DATETIME = Date.UTC(1753, 0);
const FIRST_OF_OTHERS = Date.parse('0001-01-01T00:00:00Z');

/** A column has no value before the first one of its type, so an earlier boundary means the same as that. */
function textFor(type: string, time: number): string {
  const hasDatetime = type === 'datetime' || type === 'smalldatetime';
  return isoText(Math.max(time, hasDatetime ? FIRST_OF_DATETIME : FIRST_OF_OTHERS));
}

function parameterType(column: string): string {
  return column === 'datetime2' ? 'datetime2(3)' : 'datetime';
}

/** With seconds and, only where there are any, milliseconds. */
export function isoText(time: number): string {
  return new Date(time)
    .toISOString()
    .slice(0, -1)
    .replace(/\.000$/, '');
}
