import { AppError } from '../../common/app-error.js';
import { typedParameters } from '../../database/driver/parameters.js';
import type { ResolvedDimension } from '../model/resolved-metric.js';
import { invalid, type MetricFilter, type Scalar } from './metric-request.js';

const MAX_VALUES = 200;
/** Types that a value must have so that the comparison can use an index, and means what the column means. */
const TYPED: Readonly<Record<string, string>> = {
  varchar: 'varchar(8000)',
  char: 'varchar(8000)',
  date: 'date',
  datetime: 'datetime',
  smalldatetime: 'datetime',
  datetime2: 'datetime2',
  datetimeoffset: 'datetimeoffset',
  time: 'time',
  uniqueidentifier: 'uniqueidentifier',
};

/** The parameters of a statement, in the order in which it got them. */
export class Parameters {
  readonly values: Record<string, unknown> = {};
  private count = 0;

  /** Returns `@p1` for a value; values never stand in the text. */
  add(value: unknown): string {
    const name = `p${++this.count}`;
    this.values[name] = value;
    return `@${name}`;
  }
}

/** The condition of a filter over the SQL of its dimension. Throws AppError INVALID_ARGUMENT. */
export function filterSql(
  filter: MetricFilter,
  dimension: ResolvedDimension,
  sql: string,
  parameters: Parameters,
): string {
  const { op, value } = filter;
  const given = (one: Scalar): string => parameters.add(typedValue(one, dimension));
  switch (op) {
    case '=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `${sql} ${op} ${given(single(filter))}`;
    case '!=':
      return `${sql} <> ${given(single(filter))}`;
    case 'like':
      return `${sql} LIKE ${given(single(filter))}`;
    case 'in': {
      const values = several(filter);
      if (values.length === 0 || values.length > MAX_VALUES)
        throw fault(filter, `takes a list of 1 to ${MAX_VALUES} values`);
      return `${sql} IN (${values.map(given).join(', ')})`;
    }
    case 'between': {
      const [low, high, ...more] = several(filter);
      if (low === undefined || high === undefined || more.length > 0) throw fault(filter, 'takes a list of two values');
      return `${sql} BETWEEN ${given(low)} AND ${given(high)}`;
    }
    case 'null':
      if (value !== undefined && value !== null && typeof value !== 'boolean')
        throw fault(filter, 'takes true or false');
      return value === false ? `${sql} IS NOT NULL` : `${sql} IS NULL`;
    default:
      return op satisfies never;
  }
}

function typedValue(value: Scalar, { type, definition }: ResolvedDimension): unknown {
  const sqlType = typeof value === 'string' && type !== undefined ? TYPED[type] : undefined;
  const given = sqlType === undefined ? value : { type: sqlType, value };
  try {
    typedParameters({ value: given });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw invalid(
      'filters',
      `The filter on ${definition.name} has a value that its type ${type ?? ''} can't have.`,
      error.message,
    );
  }
  return given;
}

function single(filter: MetricFilter): Scalar {
  const { value } = filter;
  if (value === null) throw fault(filter, 'takes no null; use the op null');
  if (value === undefined || typeof value === 'object') throw fault(filter, 'takes one value');
  return value;
}

function several(filter: MetricFilter): readonly Scalar[] {
  const { value } = filter;
  if (!Array.isArray(value)) throw fault(filter, 'takes a list');
  return value as readonly Scalar[];
}

function fault({ dimension, op }: MetricFilter, what: string): AppError {
  return invalid('filters', `The filter on ${dimension.slice(0, 100)}: the op ${JSON.stringify(op)} ${what}.`);
}
