import { DAY, firstDayIndex } from '../../../knowledge/calendar/periods.js';
import type { LocalTime } from '../../../knowledge/calendar/time-zone.js';
import type { Calendar } from '../../../knowledge/file/definitions.js';
import { mean, type Series } from './numbers.js';

const NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
/** With fewer days no weekday comes twice. */
const LEAST_DAYS = 14;

export interface WeekdayAverage {
  readonly weekday: string;
  readonly average: number;
  readonly days: number;
}

/** The mean of each weekday, from the calendar's first day on. Undefined of fewer than 14 days with a value. */
export function weekdayPattern(
  days: readonly { readonly start: LocalTime }[],
  series: Series,
  calendar: Calendar,
): readonly WeekdayAverage[] | undefined {
  if (series.filter(value => value !== null).length < LEAST_DAYS) return undefined;
  const first = firstDayIndex(calendar);
  return NAMES.flatMap((_name, i) => {
    const index = (first + i) % NAMES.length;
    const values = series.filter((value, at) => value !== null && weekdayOf(days[at]?.start ?? 0) === index);
    const average = mean(values as readonly number[]);
    return average === null ? [] : [{ weekday: NAMES[index] ?? '', average, days: values.length }];
  });
}

/** Monday is 0; 1970-01-01 was a Thursday. */
function weekdayOf(day: LocalTime): number {
  return (((Math.floor(day / DAY) + 3) % NAMES.length) + NAMES.length) % NAMES.length;
}
