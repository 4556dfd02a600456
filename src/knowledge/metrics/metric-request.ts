import { AppError } from '../../common/app-error.js';
import { nearestNames } from '../../common/nearest-names.js';
import type { Grain } from '../calendar/periods.js';
import type { ResolvedDimension, ResolvedMetric } from '../model/resolved-metric.js';
import { keyOf } from '../model/schema-model.js';

export const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'in', 'between', 'like', 'null'] as const;
export type Operator = (typeof OPERATORS)[number];
export type Scalar = string | number | boolean;
export type Comparison = 'previous_period' | 'same_period_last_year';

export interface MetricFilter {
  readonly dimension: string;
  readonly op: Operator;
  readonly value?: Scalar | readonly Scalar[] | null | undefined;
}

/** What a caller asks of the metrics. */
export interface MetricRequest {
  readonly metrics: readonly string[];
  readonly dimensions?: readonly string[] | undefined;
  readonly filters?: readonly MetricFilter[] | undefined;
  readonly grain?: Grain | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly compare?: Comparison | undefined;
  /** Names of columns of the result, with ` desc` for the descending order. */
  readonly order_by?: readonly string[] | undefined;
}

/** The metrics that are asked for, found by name or synonym. Throws AppError UNKNOWN_DEFINITION or INVALID_ARGUMENT. */
export function findMetrics(
  wanted: readonly string[],
  offered: readonly ResolvedMetric[],
): readonly [ResolvedMetric, ...ResolvedMetric[]] {
  const found = [...new Set(wanted.map(name => findMetric(name, offered)))];
  const [first, ...others] = found;
  if (first === undefined) throw invalid('metrics', 'Name at least one metric.', offeredNames(offered));
  const other = others.find(metric => keyOf(metric.base) !== keyOf(first.base));
  if (other !== undefined) {
    throw invalid(
      'metrics',
      `${first.definition.name} adds up rows of ${first.definition.table}, and ${other.definition.name} rows of ${other.definition.table}: in one statement one of them would count twice.`,
      'Call query_metric once for each of them.',
    );
  }
  return [first, ...others];
}

function findMetric(name: string, offered: readonly ResolvedMetric[]): ResolvedMetric {
  const found = byName(
    name,
    offered.map(metric => ({ definition: metric.definition, value: metric })),
  );
  if (found !== undefined) return found;
  throw unknownDefinition(
    'metric',
    name,
    offered.map(({ definition }) => definition.name),
  );
}

/** A dimension that all of the metrics have in common. Throws AppError INVALID_ARGUMENT. */
export function findDimension(name: string, metrics: readonly ResolvedMetric[], argument: string): ResolvedDimension {
  const [first, ...others] = metrics;
  const shared = (first?.dimensions ?? []).filter(dimension => others.every(other => hasSame(other, dimension)));
  const found = byName(
    name,
    shared.map(dimension => ({ definition: dimension.definition, value: dimension })),
  );
  if (found !== undefined) return found;
  const names = shared.map(({ definition }) => definition.name);
  throw invalid(
    argument,
    `${JSON.stringify(name.slice(0, 100))} is no dimension of ${metrics.map(({ definition }) => definition.name).join(' and ')}.`,
    names.length === 0 ? 'They have no dimensions.' : `The dimensions are ${names.join(', ')}.`,
  );
}

/** Of several metrics the dimension with the same name must be the same. */
function hasSame({ dimensions }: ResolvedMetric, { definition }: ResolvedDimension): boolean {
  const key = ({ name, column, expression, via }: ResolvedDimension['definition']) =>
    JSON.stringify([name, column, expression, via]);
  return dimensions.some(other => key(other.definition) === key(definition));
}

interface Named<T> {
  readonly definition: { readonly name: string; readonly synonyms?: readonly string[] | undefined };
  readonly value: T;
}

function byName<T>(wanted: string, all: readonly Named<T>[]): T | undefined {
  const key = plain(wanted);
  const exact = all.find(({ definition }) => plain(definition.name) === key);
  return (exact ?? all.find(({ definition }) => definition.synonyms?.some(synonym => plain(synonym) === key)))?.value;
}

/** `Net revenue`, `net-revenue` and `net_revenue` are the same name. */
function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');
}

export function unknownDefinition(what: string, name: string, known: readonly string[]): AppError {
  const nearest = nearestNames(plain(name).slice(0, 100), known, 3);
  const hint = nearest.length > 0 ? `Did you mean ${nearest.join(' or ')}?` : listed(what, known);
  return new AppError('UNKNOWN_DEFINITION', `There is no ${what} named ${JSON.stringify(name.slice(0, 100))}.`, {
    hint,
    details: { nearest },
  });
}

function listed(what: string, known: readonly string[]): string {
  if (known.length === 0) return `This database has no ${what} that you may use.`;
  return `There are ${known.slice(0, 20).join(', ')}${known.length > 20 ? ` and ${known.length - 20} more` : ''}.`;
}

function offeredNames(offered: readonly ResolvedMetric[]): string {
  return listed(
    'metric',
    offered.map(({ definition }) => definition.name),
  );
}

export function invalid(parameter: string, message: string, hint?: string): AppError {
  return new AppError('INVALID_ARGUMENT', message, { ...(hint === undefined ? {} : { hint }), details: { parameter } });
}
