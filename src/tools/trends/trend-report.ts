import { AppError } from '../../common/app-error.js';
import { isoText } from '../../knowledge/calendar/local-date-sql.js';
import { DAY } from '../../knowledge/calendar/periods.js';
import type { LocalTime } from '../../knowledge/calendar/time-zone.js';
import type { Calendar } from '../../knowledge/file/definitions.js';
import { exactDifference } from './exact-difference.js';
import { categoriesBy } from './statistics/categories.js';
import { linearTrend } from './statistics/linear-trend.js';
import { movingAverages } from './statistics/moving-averages.js';
import type { Series } from './statistics/numbers.js';
import { outliersOf } from './statistics/outliers.js';
import { volatilityOf } from './statistics/volatility.js';
import { type WeekdayAverage, weekdayPattern } from './statistics/weekday-pattern.js';
import type { TrendOutput } from './trend-schemas.js';
import type { Counted, Total, TrendTotals } from './trend-totals.js';
import type { TrendWindow } from './trend-window.js';

const MOVING_PERIODS = 7;

export type TrendReport = Omit<TrendOutput, 'sql' | 'parameters' | 'definition' | 'note'> & {
  /** Sentences that the reader needs to understand the numbers. */
  readonly notes: readonly string[];
};

interface Point {
  readonly start: LocalTime;
  readonly date: string;
  readonly total: Total;
  readonly isGap: boolean;
  readonly partial: boolean;
}

export interface ReportOptions {
  readonly calendar: Calendar;
  /** Whether a period without rows has the total 0; otherwise it has none. */
  readonly isZeroWithoutRows: boolean;
  /** Whether NULL values were counted. */
  readonly countsValues: boolean;
}

/** Beyond this, the squares that the statistics need are larger than a double. */
const LARGEST = 1e150;
/** Below this, the squares of differences in the last digit are smaller than a double. */
const SMALLEST = 1e-130;

/** Everything that is said of a series, from the totals that the database computed. Pure. Throws AppError INVALID_ARGUMENT. */
export function trendReport(totals: TrendTotals, window: TrendWindow, options: ReportOptions): TrendReport {
  const { calendar, isZeroWithoutRows } = options;
  const points = pointsOf(totals, window, isZeroWithoutRows);
  const values: Series = points.map(({ total }) => (total === null ? null : Number(total)));
  const largest = Math.max(...values.map(value => Math.abs(value ?? 0)));
  if (largest > LARGEST) throw beyond(`beyond ${LARGEST}, too large`, 'Divide');
  if (largest > 0 && largest < SMALLEST) throw beyond(`below ${SMALLEST}, too small`, 'Multiply');
  // A period that is not over has too small a total to be compared with the others.
  const whole: Series = points.map(({ partial }, i) => (partial ? null : (values[i] ?? null)));
  const averages = movingAverages(values, MOVING_PERIODS);
  const categoryOf = categoriesBy(whole);
  const weekdays = window.grain === 'day' ? weekdayPattern(points, whole, calendar) : undefined;
  return {
    period: {
      from: dayText(window.start),
      to: dayText(window.end - DAY),
      grain: window.grain,
      time_zone: calendar.time_zone,
    },
    rows: points.map(({ date, total, partial }, i) => {
      const value = values[i] ?? null;
      return {
        date,
        total,
        moving_average: averages[i] ?? null,
        category: value === null ? null : categoryOf(value),
        ...(partial ? { partial: true as const } : {}),
      };
    }),
    trend: linearTrend(whole),
    volatility: volatilityOf(whole),
    outliers: outliersOf(whole).flatMap(({ index, score }) => {
      const { date = '', total = null } = points[index] ?? {};
      return total === null ? [] : [{ date, total, score }];
    }),
    ...(weekdays === undefined ? {} : { weekday_pattern: weekdays as WeekdayAverage[] }),
    ...previousOf(totals, window),
    gaps: points.filter(({ isGap }) => isGap).map(({ date }) => date),
    ...notCounted(totals, options),
    notes: notesOf(points, window, options),
  };
}

/** Fills gaps. The series begins with its first row if there is none before, as far as the statement has looked. */
function pointsOf({ periods, parts }: TrendTotals, window: TrendWindow, isZeroWithoutRows: boolean): readonly Point[] {
  const points = window.periods.map(({ start, partial }): Point => {
    const date = dayText(start);
    const found = periods.get(date);
    const total = found === undefined ? (isZeroWithoutRows ? 0 : null) : found.total;
    return { start, date, total, partial, isGap: found === undefined };
  });
  if (parts.current === undefined) return [];
  const before = parts.previous ?? parts.between;
  return before === undefined ? points.slice(points.findIndex(({ isGap }) => !isGap)) : points;
}

function previousOf({ parts }: TrendTotals, { previous }: TrendWindow): Pick<TrendReport, 'previous_period'> {
  const { current, previous: before } = parts;
  if (current === undefined || before === undefined) return {};
  const [now, then] = [current.total, before.total];
  const change = now === null || then === null ? null : exactDifference(now, then);
  const base = Math.abs(Number(then));
  return {
    previous_period: {
      from: dayText(previous.start),
      to: dayText(previous.end - DAY),
      total: then,
      current_total: now,
      change,
      change_ratio: change === null || base === 0 ? null : Number(change) / base,
    },
  };
}

function notCounted({ parts }: TrendTotals, { countsValues }: ReportOptions): Pick<TrendReport, 'not_counted'> {
  const nulls = ({ rows, values }: Counted): number => (countsValues ? rows - values : 0);
  const found = Object.entries({
    future: parts.future?.rows ?? 0,
    undated: parts.undated?.rows ?? 0,
    null_values: parts.current === undefined ? 0 : nulls(parts.current),
  }).filter(([, count]) => count > 0);
  return found.length === 0 ? {} : { not_counted: Object.fromEntries(found) };
}

function notesOf(
  points: readonly Point[],
  window: TrendWindow,
  { isZeroWithoutRows }: ReportOptions,
): readonly string[] {
  const [first] = points;
  const gaps = points.filter(({ isGap }) => isGap).length;
  const last = points.at(-1);
  const unit = window.grain;
  return [
    ...(first === undefined || first.start === window.start
      ? []
      : [`The series begins on ${first.date}: the days before it, and the previous period, have no rows.`]),
    ...(gaps === 0 ? [] : [`${gaps} ${unit}(s) without rows have ${isZeroWithoutRows ? 'the total 0' : 'no total'}.`]),
    ...(last?.partial === true
      ? [`The ${unit} of ${last.date} is not complete; trend, volatility, outliers and percentiles leave it out.`]
      : []),
  ];
}

function beyond(what: string, remedy: string): AppError {
  return new AppError('INVALID_ARGUMENT', `The largest total is ${what} for the statistics.`, {
    hint: `${remedy} the column with execute_sql, or in a view.`,
    details: { parameter: 'metric_column' },
  });
}

export function dayText(time: LocalTime): string {
  return isoText(time).slice(0, 10);
}
