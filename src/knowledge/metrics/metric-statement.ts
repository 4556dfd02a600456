import { quoteName } from '../../database/object-name.js';
import { boundary, localSql, periodSql } from '../calendar/local-date-sql.js';
import { DAY, type Grain } from '../calendar/periods.js';
import { type Range, readRange } from '../calendar/range.js';
import { localTime } from '../calendar/time-zone.js';
import type { Calendar } from '../file/definitions.js';
import type { ResolvedMetric, ResolvedTime } from '../model/resolved-metric.js';
import { aggregateSql, quotient } from './aggregate-sql.js';
import { type ClosedRange, earlier, movedSql, type Shift, shiftOf } from './comparison.js';
import { filterSql, Parameters } from './filter-sql.js';
import { integerSumType } from './integers.js';
import { duplicatesSql, JoinPlan } from './join-plan.js';
import { findDimension, findMetrics, invalid, type MetricRequest } from './metric-request.js';
import { orderSql } from './order-sql.js';

/** A statement that must return no row: otherwise a join would count rows twice. */
export interface JoinCheck {
  /** The name of the join. */
  readonly join: string;
  readonly sql: string;
}

/** A statement that answers a request. Values stand in `parameters` only. */
export interface MetricStatement {
  readonly metrics: readonly ResolvedMetric[];
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly checks: readonly JoinCheck[];
  /** The name of the column with the period, its grain and its range, if there are any. */
  readonly grain: Grain | undefined;
  readonly range: Range;
}

/** The two sides of a comparison: each row of the base table may belong to both. */
const IS_EARLIER = 'side.earlier = 1';
const IS_NOW = 'side.earlier = 0';

/** Makes the one SELECT of a request. Throws AppError UNKNOWN_DEFINITION or INVALID_ARGUMENT. */
export function metricStatement(
  request: MetricRequest,
  offered: readonly ResolvedMetric[],
  calendar: Calendar,
  now: number,
): MetricStatement {
  return new StatementBuilder(request, findMetrics(request.metrics, offered), calendar, now).build();
}

class StatementBuilder {
  private readonly parameters = new Parameters();
  private readonly joins: JoinPlan;
  private readonly range: Range;
  private readonly time: ResolvedTime | undefined;
  private readonly shift: Shift | undefined;

  constructor(
    private readonly request: MetricRequest,
    private readonly metrics: readonly [ResolvedMetric, ...ResolvedMetric[]],
    private readonly calendar: Calendar,
    private readonly now: number,
  ) {
    const { grain, from, to, compare } = request;
    this.joins = new JoinPlan(metrics[0].base);
    this.range = readRange(from, to, localTime(now, calendar.time_zone), calendar);
    const usesTime = grain !== undefined || from !== undefined || to !== undefined || compare !== undefined;
    this.time = usesTime ? timeOf(metrics) : undefined;
    this.shift = compare === undefined ? undefined : shiftOf(compare, closed(this.range), grain);
    if (this.time?.kind === 'date' && [this.range.start, this.range.end].some(at => at !== undefined && at % DAY !== 0))
      throw invalid('from', 'The metric has dates without a time, so its range must begin and end with a day.');
  }

  build(): MetricStatement {
    const { grain, order_by: order } = this.request;
    const groups = this.groups();
    const values = this.values();
    const where = this.where();
    const inner = [
      `SELECT ${[...groups, ...values].map(({ sql, name }) => `${sql} AS ${quoteName(name)}`).join(',\n  ')}`,
      this.joins.sql,
      ...(this.shift === undefined ? [] : ['CROSS JOIN (VALUES (0), (1)) AS side(earlier)']),
      ...(where.length === 0 ? [] : [`WHERE ${where.join('\n  AND ')}`]),
      ...(groups.length === 0 ? [] : [`GROUP BY ${groups.map(({ sql }) => sql).join(', ')}`]),
    ].join('\n');
    const columns = [...groups.map(({ name }) => name), ...this.valueNames()];
    const sql =
      this.shift === undefined
        ? inner
        : this.compared(
            groups.map(({ name }) => name),
            inner,
          );
    const sorted =
      groups.length === 0
        ? ''
        : orderSql(
            order,
            columns,
            groups.map(({ name }) => name),
            grain,
          );
    const checks = this.joins.unguaranteed.map(edge => ({ join: edge.name, sql: duplicatesSql(edge) }));
    const { metrics, parameters, range } = this;
    return { metrics, sql: `${sql}${sorted}`, parameters: parameters.values, checks, grain, range };
  }

  /** What the rows are grouped by: the period first, then the dimensions. */
  private groups(): readonly { readonly sql: string; readonly name: string }[] {
    const { grain, dimensions = [] } = this.request;
    const found = [...new Set(dimensions.map(name => findDimension(name, this.metrics, 'dimensions')))];
    const period =
      grain === undefined || this.time === undefined ? [] : [{ sql: this.period(grain, this.time), name: grain }];
    return [
      ...period,
      ...found.map(({ expression, columns, definition }) => ({
        sql: this.joins.expression(expression, columns),
        name: definition.name,
      })),
    ];
  }

  private period(grain: Grain, { column, kind }: ResolvedTime): string {
    const { shift, range } = this;
    const span =
      shift === undefined || range.start === undefined ? range : { ...range, start: earlier(range.start, shift) };
    const local = localSql(this.joins.column(column), kind, span, this.now, this.calendar);
    return periodSql(grain, shift === undefined ? local : movedSql(local, shift, IS_EARLIER), this.calendar);
  }

  private values(): readonly { readonly sql: string; readonly name: string }[] {
    const own = this.haveOneFilter ? undefined : (metric: ResolvedMetric) => this.filterOf(metric);
    return this.metrics.flatMap(metric => {
      const { definition } = metric;
      const condition = own?.(metric);
      if (this.shift === undefined) return [{ sql: this.value(metric, condition), name: definition.name }];
      return [
        { sql: this.value(metric, both(IS_NOW, condition)), name: definition.name },
        { sql: this.value(metric, both(IS_EARLIER, condition)), name: `${definition.name}_previous` },
      ];
    });
  }

  private value({ expression, columns }: ResolvedMetric, where: string | undefined): string {
    return aggregateSql(expression, {
      rowSql: row => this.joins.expression(row, columns),
      where,
      integerType: aggregate => integerSumType(aggregate, columns),
    });
  }

  private valueNames(): readonly string[] {
    const names = this.metrics.map(({ definition }) => definition.name);
    return this.shift === undefined
      ? names
      : names.flatMap(name => [name, `${name}_previous`, `${name}_change`, `${name}_change_ratio`]);
  }

  /** The statement around the one that adds up: the difference to the earlier period, and its share of it. */
  private compared(groups: readonly string[], inner: string): string {
    const values = this.metrics.flatMap(({ definition: { name } }) => {
      const [now, before] = [quoteName(name), quoteName(`${name}_previous`)];
      const change = `${now} - ${before}`;
      return [
        now,
        before,
        `${change} AS ${quoteName(`${name}_change`)}`,
        `${quotient(change, before)} AS ${quoteName(`${name}_change_ratio`)}`,
      ];
    });
    return `SELECT ${[...groups.map(quoteName), ...values].join(', ')}\nFROM (\n${inner}\n) AS periods`;
  }

  private where(): readonly string[] {
    const filters = (this.request.filters ?? []).map(filter => {
      const dimension = findDimension(filter.dimension, this.metrics, 'filters');
      return filterSql(
        filter,
        dimension,
        this.joins.expression(dimension.expression, dimension.columns),
        this.parameters,
      );
    });
    return [...this.required(), ...filters, ...this.within()];
  }

  /** The filter that belongs to the metrics. Where each has another one, a row must meet one of them. */
  private required(): readonly string[] {
    const all = this.metrics.map(metric => this.filterOf(metric));
    if (this.haveOneFilter) return all[0] === undefined ? [] : [all[0]];
    return all.every(filter => filter !== undefined) ? [`(${all.join(' OR ')})`] : [];
  }

  private get haveOneFilter(): boolean {
    return new Set(this.metrics.map(({ definition }) => definition.filter)).size === 1;
  }

  private filterOf({ filter, columns }: ResolvedMetric): string | undefined {
    return filter === undefined ? undefined : `(${this.joins.expression(filter, columns)})`;
  }

  private within(): readonly string[] {
    const { time, range, shift } = this;
    if (time === undefined) return [];
    if (shift === undefined) return this.between(range, time);
    const { start, end } = closed(range);
    const before = { start: earlier(start, shift), end: earlier(end, shift) };
    const [now, then] = [this.between(range, time), this.between(before, time)];
    return [`((${[IS_NOW, ...now].join(' AND ')}) OR (${[IS_EARLIER, ...then].join(' AND ')}))`];
  }

  private between({ start, end }: Range, { column, kind }: ResolvedTime): readonly string[] {
    const name = this.joins.column(column);
    const at = (local: number) => this.parameters.add(boundary(local, kind, column.column.type, this.calendar));
    return [
      ...(start === undefined ? [] : [`${name} >= ${at(start)}`]),
      ...(end === undefined ? [] : [`${name} < ${at(end)}`]),
    ];
  }
}

function both(first: string, second: string | undefined): string {
  return second === undefined ? first : `${first} AND ${second}`;
}

function closed(range: Range): ClosedRange {
  const { start, end } = range;
  if (start !== undefined && end !== undefined) return { start, end };
  throw invalid(
    'compare',
    'A comparison needs a range with a beginning and an end.',
    'Give from and to, or from: "last quarter".',
  );
}

/** The time column that all of the metrics have in common. */
function timeOf(metrics: readonly [ResolvedMetric, ...ResolvedMetric[]]): ResolvedTime {
  const [first, ...others] = metrics;
  const key = ({ definition }: ResolvedMetric) =>
    `${definition.time_column?.toLowerCase()} ${definition.time_stored_as}`;
  const other = others.find(metric => key(metric) !== key(first));
  if (other !== undefined)
    throw invalid(
      'metrics',
      `${first.definition.name} and ${other.definition.name} have different time columns.`,
      'Call query_metric once for each of them.',
    );
  if (first.time === undefined)
    throw invalid('grain', `${first.definition.name} has no time column, so it has no grain, range or comparison.`);
  return first.time;
}
