import { AppError } from '../../common/app-error.js';
import { addUnits, DAY, startOf } from '../../knowledge/calendar/periods.js';
import { readRange } from '../../knowledge/calendar/range.js';
import type { LocalTime } from '../../knowledge/calendar/time-zone.js';
import type { Calendar } from '../../knowledge/file/definitions.js';
import { earlier, type Shift } from '../../knowledge/metrics/comparison.js';

export const TREND_GRAINS = ['day', 'week', 'month'] as const;
export type TrendGrain = (typeof TREND_GRAINS)[number];

export interface Period {
  readonly start: LocalTime;
  /** Whether the period had not ended when it was read, or the window ends within it. */
  readonly partial: boolean;
}

/** The days that are looked at, in local time of the calendar. Ends are not included. */
export interface TrendWindow {
  readonly grain: TrendGrain;
  readonly start: LocalTime;
  readonly end: LocalTime;
  /** As many periods before. It ends as far into its last period as the window does. */
  readonly previous: { readonly start: LocalTime; readonly end: LocalTime };
  readonly periods: readonly Period[];
  /** Rows with a date from here on are in the future. */
  readonly tomorrow: LocalTime;
}

export interface WindowRequest {
  readonly period_days: number;
  readonly grain: TrendGrain;
  /** The last day; today when absent. */
  readonly to?: string | undefined;
}

/**
 * Returns the window of a request. It begins with a whole period, so that the first total is complete. Throws AppError
 * INVALID_ARGUMENT.
 */
export function windowOf(request: WindowRequest, now: LocalTime, calendar: Calendar): TrendWindow {
  const { grain, period_days: days } = request;
  const today = startOf('day', now, calendar);
  const end = request.to === undefined ? today + DAY : endOf(request.to, now, calendar);
  if (end > today + DAY) throw invalid('It lies in the future.');
  const start = startOf(grain, end - days * DAY, calendar);
  const periods: Period[] = [];
  let at = start;
  while (at < end) {
    const next = addUnits(grain, at, 1);
    periods.push({ start: at, partial: next > Math.min(end, today) });
    at = next;
  }
  const shift: Shift =
    grain === 'month' ? { months: periods.length } : { days: periods.length * (grain === 'week' ? 7 : 1) };
  // February has no 30th: a month that is not whole is compared by its last day, so that no day is lost.
  const before = at === end ? earlier(end, shift) : earlier(end - DAY, shift) + DAY;
  const previous = { start: earlier(start, shift), end: before };
  return { grain, start, end, previous, periods, tomorrow: today + DAY };
}

function endOf(to: string, now: LocalTime, calendar: Calendar): LocalTime {
  const { end } = readRange(undefined, to, now, calendar);
  if (end === undefined || end % DAY !== 0) throw invalid('It must be a day.');
  return end;
}

function invalid(what: string): AppError {
  return new AppError('INVALID_ARGUMENT', `to: ${what}`, {
    hint: 'Write the last day as 2026-01-31, or leave it out: then it is today.',
    details: { parameter: 'to' },
  });
}
