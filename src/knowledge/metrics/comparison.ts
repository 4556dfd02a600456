import { addMonths, DAY, type Grain, monthsOf } from '../calendar/periods.js';
import type { Range } from '../calendar/range.js';
import type { LocalTime } from '../calendar/time-zone.js';
import type { Comparison } from './metric-request.js';

/** How far the earlier rows are moved forward, so that they meet the rows that they are compared with. */
export type Shift = { readonly months: number } | { readonly days: number } | { readonly seconds: number };

export type ClosedRange = Required<Range>;

/**
 * The distance to the earlier period. `previous_period` is the period before: of each row with a grain, otherwise of the
 * whole range, where a range of whole months goes back by months. Last year is 12 months back, or 52 weeks by week.
 */
export function shiftOf(compare: Comparison, range: ClosedRange, grain: Grain | undefined): Shift {
  if (compare === 'same_period_last_year') return grain === 'week' ? { days: 364 } : { months: 12 };
  if (grain === 'day') return { days: 1 };
  if (grain === 'week') return { days: 7 };
  if (grain !== undefined) return { months: monthsOf(grain) };
  const months = wholeMonths(range);
  if (months !== undefined) return { months };
  const length = range.end - range.start;
  return length % DAY === 0 ? { days: length / DAY } : { seconds: Math.ceil(length / 1000) };
}

function wholeMonths({ start, end }: ClosedRange): number | undefined {
  const [first, last] = [new Date(start), new Date(end)];
  if (start % DAY !== 0 || end % DAY !== 0 || first.getUTCDate() !== 1 || last.getUTCDate() !== 1) return undefined;
  return (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth();
}

export function earlier(time: LocalTime, shift: Shift): LocalTime {
  if ('months' in shift) return addMonths(time, -shift.months);
  return 'days' in shift ? time - shift.days * DAY : time - shift.seconds * 1000;
}

/** The SQL of a local date, moved forward where the row belongs to the earlier period. */
export function movedSql(local: string, shift: Shift, isEarlier: string): string {
  const [unit, count] =
    'months' in shift ? ['month', shift.months] : 'days' in shift ? ['day', shift.days] : ['second', shift.seconds];
  return `DATEADD(${unit}, CASE WHEN ${isEarlier} THEN ${count} ELSE 0 END, ${local})`;
}
