import { boundary, localSql, periodSql } from '../../knowledge/calendar/local-date-sql.js';
import type { LocalTime } from '../../knowledge/calendar/time-zone.js';
import type { Calendar } from '../../knowledge/file/definitions.js';
import { aggregateSql } from '../../knowledge/metrics/aggregate-sql.js';
import { Parameters } from '../../knowledge/metrics/filter-sql.js';
import { integerSumType } from '../../knowledge/metrics/integers.js';
import { duplicatesSql, JoinPlan } from '../../knowledge/metrics/join-plan.js';
import type { JoinCheck } from '../../knowledge/metrics/metric-statement.js';
import type { ResolvedMetric, ResolvedTime } from '../../knowledge/model/resolved-metric.js';
import type { RowExpression } from '../../knowledge/sql/row-expression.js';
import type { TrendWindow } from './trend-window.js';

/** Where the date of a row lies. `between` is what neither period has: the rest of the previous one's last period. */
export const PARTS = ['current', 'previous', 'between', 'later', 'future', 'undated'] as const;
export type Part = (typeof PARTS)[number];

export interface TrendStatement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly checks: readonly JoinCheck[];
}

/** A metric with a time column, and the expression whose NULLs are to be counted. */
export interface TrendSource {
  readonly metric: ResolvedMetric;
  readonly time: ResolvedTime;
  readonly value?: RowExpression;
}

/**
 * One SELECT with a row for each period and one for the whole of each part: part, first day, whether it is the whole, total,
 * rows, and rows with a value. A row without a date, or with a date in the future, is counted apart.
 */
export function trendStatement(
  source: TrendSource,
  window: TrendWindow,
  calendar: Calendar,
  now: number,
): TrendStatement {
  const { metric, time, value } = source;
  const { start, end, previous, tomorrow, grain } = window;
  const { joins, parameters, date, filter, at } = sharedParts(source, calendar);
  const [first, last, future] = [at(start), at(end), end === tomorrow ? undefined : at(tomorrow)];
  const [before, until] = [at(previous.start), previous.end === start ? undefined : at(previous.end)];
  const local = localSql(date, time.kind, { start, end }, now, calendar);
  const part = [
    `WHEN ${date} IS NULL THEN 'undated'`,
    ...(future === undefined ? [] : [`WHEN ${date} >= ${future} THEN 'future'`]),
    `WHEN ${date} >= ${last} THEN '${future === undefined ? 'future' : 'later'}'`,
    `WHEN ${date} >= ${first} THEN 'current'`,
    ...(until === undefined ? [] : [`WHEN ${date} >= ${until} THEN 'between'`]),
  ].join(' ');
  const total = aggregateSql(metric.expression, {
    rowSql: row => joins.expression(row, metric.columns),
    integerType: aggregate => integerSumType(aggregate, metric.columns),
  });
  const values = value === undefined ? 'COUNT_BIG(*)' : `COUNT_BIG(${joins.expression(value, metric.columns)})`;
  const sql = [
    `SELECT p.part, p.period, GROUPING(p.period) AS whole, ${total} AS total, COUNT_BIG(*) AS row_count, ${values} AS value_count`,
    joins.sql,
    `CROSS APPLY (SELECT CASE ${part} ELSE 'previous' END AS part,`,
    `  CASE WHEN ${date} >= ${first} AND ${date} < ${last} THEN ${periodSql(grain, local, calendar)} END AS period) AS p`,
    `WHERE ${[...filter, `(${date} >= ${before} OR ${date} IS NULL)`].join(' AND ')}`,
    'GROUP BY GROUPING SETS ((p.part, p.period), (p.part))',
  ].join('\n');
  const checks = joins.unguaranteed.map(edge => ({ join: edge.name, sql: duplicatesSql(edge) }));
  return { sql, parameters: parameters.values, checks };
}

/** The newest date before the window, as local date; NULL when there is none. */
export function newestStatement(
  source: TrendSource,
  { start: end }: TrendWindow,
  calendar: Calendar,
  now: number,
): TrendStatement {
  const { joins, parameters, date, filter, at } = sharedParts(source, calendar);
  const newest = localSql(`MAX(${date})`, source.time.kind, { end }, now, calendar);
  const where = [...filter, `${date} < ${at(end)}`].join(' AND ');
  const sql = `SELECT CAST(${newest} AS date) AS newest\n${joins.sql}\nWHERE ${where}`;
  return { sql, parameters: parameters.values, checks: [] };
}

/** The parts that both statements share: the date of a row, the filter of the metric, and days as parameters. */
function sharedParts({ metric, time: { column, kind } }: TrendSource, calendar: Calendar) {
  const joins = new JoinPlan(metric.base);
  const parameters = new Parameters();
  return {
    joins,
    parameters,
    date: joins.column(column),
    filter: metric.filter === undefined ? [] : [`(${joins.expression(metric.filter, metric.columns)})`],
    at: (local: LocalTime): string => parameters.add(boundary(local, kind, column.column.type, calendar)),
  };
}
