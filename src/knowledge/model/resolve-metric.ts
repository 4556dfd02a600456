import { parseObjectName } from '../../database/object-name.js';
import { timeKindOf } from '../calendar/local-date-sql.js';
import type { Dimension, Metric } from '../file/definitions.js';
import { metricColumnsOf, readMetricExpression } from '../sql/metric-expression.js';
import { type ColumnReference, columnsOf, readRowExpression, type RowExpression } from '../sql/row-expression.js';
import { JoinGraph } from './join-graph.js';
import { Drift, Resolution, type ResolvedColumn, shown } from './resolution.js';
import type { Columns, ResolvedDimension, ResolvedMetric, ResolvedTime } from './resolved-metric.js';
import { type ModelTable, SchemaModel, tableOf } from './schema-model.js';

/** A dimension that doesn't fit the database. */
export interface BrokenDimension {
  readonly name: string;
  readonly reason: string;
}

/** Finds the tables and columns of a metric. Throws Drift when the metric itself can't be used. */
export async function resolveMetric(
  definition: Metric,
  model: SchemaModel,
  graph: JoinGraph,
): Promise<{ readonly metric: ResolvedMetric; readonly broken: readonly BrokenDimension[] }> {
  const base = await existing(definition.table, model);
  const resolution = new Resolution(model, graph, base);
  const expression = readMetricExpression(definition.expression);
  const filter = definition.filter === undefined ? undefined : readRowExpression(definition.filter);
  const references = [...metricColumnsOf(expression), ...(filter === undefined ? [] : columnsOf(filter))];
  const columns = await resolveAll(references, resolution);
  const time = await timeOf(definition, resolution);
  const dimensions: ResolvedDimension[] = [];
  const broken: BrokenDimension[] = [];
  for (const dimension of definition.dimensions ?? []) {
    const resolved = await resolveDimension(dimension, resolution);
    if (typeof resolved === 'string') broken.push({ name: dimension.name, reason: resolved });
    else dimensions.push(resolved);
  }
  return { metric: { definition, base, expression, filter, columns, time, dimensions }, broken };
}

/** Throws Drift. */
export async function existing(written: string, model: SchemaModel): Promise<ModelTable> {
  const table = await model.table(tableOf(written));
  if (table === undefined) throw new Drift(`There is no table or view ${shown(tableOf(written))}.`);
  return table;
}

export async function resolveAll(
  references: readonly ColumnReference[],
  resolution: Resolution,
  via?: readonly string[],
): Promise<Columns> {
  const columns = new Map<ColumnReference, ResolvedColumn>();
  for (const reference of references) columns.set(reference, await resolution.column(reference, via));
  return columns;
}

/** A text says why the dimension is broken. */
async function resolveDimension(definition: Dimension, resolution: Resolution): Promise<ResolvedDimension | string> {
  try {
    const { column, via } = definition;
    const expression: RowExpression =
      column === undefined ? readRowExpression(definition.expression ?? '') : { pieces: [referenceOf(column)] };
    const columns = await resolveAll(columnsOf(expression), resolution, via);
    const [first] = columns.values();
    return { definition, expression, columns, type: column === undefined ? undefined : first?.column.type };
  } catch (error) {
    if (error instanceof Drift) return error.message;
    throw error;
  }
}

async function timeOf(definition: Metric, resolution: Resolution): Promise<ResolvedTime | undefined> {
  if (definition.time_column === undefined) return undefined;
  const column = await resolution.column(referenceOf(definition.time_column));
  const kind = timeKindOf(column.column.type, definition.time_stored_as);
  if (kind === undefined)
    throw new Drift(`The time column ${definition.time_column} has the type ${column.column.type}, which is no date.`);
  return { column, kind };
}

/** `Column`, or `schema.Table.Column`. */
export function referenceOf(written: string): ColumnReference {
  const { database, schema, name } = parseObjectName(written);
  return { parts: [database, schema, name].filter(part => part !== undefined), offset: 0 };
}
