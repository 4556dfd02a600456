import type { Calendar } from '../file/definitions.js';
import type { LocalTime } from './time-zone.js';

export const GRAINS = ['day', 'week', 'month', 'quarter', 'year', 'fiscal_year'] as const;
export type Grain = (typeof GRAINS)[number];
export type Unit = Grain | 'hour';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** How many months a unit has; 0 for a unit of days. */
export function monthsOf(unit: Unit): number {
  switch (unit) {
    case 'month':
      return 1;
    case 'quarter':
      return 3;
    case 'year':
    case 'fiscal_year':
      return 12;
    case 'hour':
    case 'day':
    case 'week':
      return 0;
    default:
      return unit satisfies never;
  }
}

/** The first day of the week, where Monday is 0. */
export function firstDayIndex({ first_day_of_week: day }: Calendar): number {
  return DAYS.indexOf(day);
}

/** The beginning of the hour, day, week … that this time is in. Quarters begin where the fiscal year has them. */
export function startOf(unit: Unit, time: LocalTime, calendar: Calendar): LocalTime {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const first = calendar.fiscal_year_first_month - 1;
  switch (unit) {
    case 'hour':
      return Math.floor(time / HOUR) * HOUR;
    case 'day':
      return Math.floor(time / DAY) * DAY;
    case 'week': {
      const day = Math.floor(time / DAY);
      // 1970-01-01 was a Thursday.
      return (day - modulo(day + 3 - firstDayIndex(calendar), 7)) * DAY;
    }
    case 'month':
      return utc(year, month);
    case 'quarter':
      return utc(year, month - modulo(month - first, 3));
    case 'year':
      return utc(year, 0);
    case 'fiscal_year':
      return utc(year, month - modulo(month - first, 12));
    default:
      return unit satisfies never;
  }
}

/** The time so many units later. A day that the month doesn't have becomes its last day, as DATEADD does it. */
export function addUnits(unit: Unit, time: LocalTime, count: number): LocalTime {
  switch (unit) {
    case 'hour':
      return time + count * HOUR;
    case 'day':
      return time + count * DAY;
    case 'week':
      return time + count * 7 * DAY;
    default:
      return addMonths(time, count * monthsOf(unit));
  }
}

export function addMonths(time: LocalTime, count: number): LocalTime {
  const date = new Date(time);
  const target = utc(date.getUTCFullYear(), date.getUTCMonth() + count);
  const lastDay = new Date(utc(date.getUTCFullYear(), date.getUTCMonth() + count + 1) - DAY).getUTCDate();
  return target + (Math.min(date.getUTCDate(), lastDay) - 1) * DAY + modulo(time, DAY);
}

/** The beginning of a fiscal year by its number. */
export function fiscalYearStart(year: number, calendar: Calendar): LocalTime {
  const { fiscal_year_first_month: first, fiscal_year_named_after: after } = calendar;
  return utc(first > 1 && after === 'end' ? year - 1 : year, first - 1);
}

/** As Date.UTC, which takes the years 0 to 99 for those of the twentieth century. */
export function utc(year: number, month: number, day = 1): LocalTime {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
