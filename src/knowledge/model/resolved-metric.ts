import type { TimeKind } from '../calendar/local-date-sql.js';
import type { Dimension, Metric } from '../file/definitions.js';
import type { MetricExpression } from '../sql/metric-expression.js';
import type { ColumnReference, RowExpression } from '../sql/row-expression.js';
import type { ResolvedColumn } from './resolution.js';
import type { Table } from './schema-model.js';

/** The columns that the references of an expression mean. */
export type Columns = ReadonlyMap<ColumnReference, ResolvedColumn>;

export interface ResolvedDimension {
  readonly definition: Dimension;
  readonly expression: RowExpression;
  readonly columns: Columns;
  /** The SQL type, if the dimension is a column. */
  readonly type: string | undefined;
}

export interface ResolvedTime {
  readonly column: ResolvedColumn;
  readonly kind: TimeKind;
}

/** A metric whose names were found in the database. */
export interface ResolvedMetric {
  readonly definition: Metric;
  readonly base: Table;
  readonly expression: MetricExpression;
  readonly filter: RowExpression | undefined;
  readonly columns: Columns;
  readonly time: ResolvedTime | undefined;
  readonly dimensions: readonly ResolvedDimension[];
}

/** Every table that these columns are in or that lies on the way to them. */
export function tablesOf(columns: Iterable<ResolvedColumn>): readonly Table[] {
  return [...columns].flatMap(({ way, table }) => [table, ...way.map(edge => edge.to)]);
}

/** The tables that a metric needs whatever it is divided by. */
export function tablesOfMetric({ base, columns, time }: ResolvedMetric): readonly Table[] {
  return [base, ...tablesOf(columns.values()), ...(time === undefined ? [] : tablesOf([time.column]))];
}

export function tablesOfDimension({ columns }: ResolvedDimension): readonly Table[] {
  return tablesOf(columns.values());
}
