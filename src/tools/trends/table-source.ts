import { AppError } from '../../common/app-error.js';
import { nearestNames } from '../../common/nearest-names.js';
import type { ColumnDescription, TableDescription } from '../../database/catalog/catalog.types.js';
import { typeText } from '../../database/catalog/type-text.js';
import { shownName } from '../../database/object-name.js';
import { timeKindOf } from '../../knowledge/calendar/local-date-sql.js';
import type { Table } from '../../knowledge/model/schema-model.js';
import type { Aggregate, MetricExpression } from '../../knowledge/sql/metric-expression.js';
import type { ColumnReference } from '../../knowledge/sql/row-expression.js';
import type { TrendSource } from './trend-statement.js';

export const TREND_AGGREGATES = ['sum', 'avg', 'min', 'max', 'count'] as const;
export type TrendAggregate = (typeof TREND_AGGREGATES)[number];

const NUMERIC: ReadonlySet<string> = new Set(
  'tinyint smallint int bigint decimal numeric money smallmoney float real'.split(' '),
);
const NAMES = {
  sum: 'SUM',
  avg: 'AVG',
  min: 'MIN',
  max: 'MAX',
  count: 'COUNT',
} as const satisfies Record<TrendAggregate, Aggregate['name']>;
const MAX_NAMED = 20;

export interface TableRequest {
  readonly date_column: string;
  /** Without it the rows are counted. */
  readonly metric_column?: string | undefined;
  readonly aggregate: TrendAggregate;
}

/** An aggregate over a column of a table or view as if it were a metric. Throws AppError INVALID_ARGUMENT. */
export function tableSource(table: TableDescription, request: TableRequest): TrendSource {
  const { date_column: date, metric_column: metric, aggregate } = request;
  const base: Table = { database: table.database, schema: table.schema, name: table.table };
  const time = columnOf(table, date, 'date_column', isDate);
  const kind = timeKindOf(time.type, 'local');
  if (kind === undefined) throw unfit(table, time, 'date_column', 'no date', isDate);
  const resolved = { column: { way: [], table: base, column: time }, kind };
  const name = NAMES[aggregate];
  if (metric === undefined) {
    if (aggregate !== 'count') throw missing('metric_column', `To compute the ${aggregate} of a table it is needed.`);
    return sourceOf(base, resolved, { kind: 'aggregate', name, distinct: false });
  }
  const column = columnOf(table, metric, 'metric_column', isNumeric);
  if (aggregate !== 'count' && !isNumeric(column)) throw unfit(table, column, 'metric_column', 'no number', isNumeric);
  const reference: ColumnReference = { parts: [column.name], offset: 0 };
  const value = { pieces: [reference] };
  return {
    ...sourceOf(base, resolved, { kind: 'aggregate', name, distinct: false, of: value }, [
      [reference, { way: [], table: base, column }],
    ]),
    value,
  };
}

function sourceOf(
  base: Table,
  time: TrendSource['time'],
  expression: MetricExpression,
  columns: Iterable<readonly [ColumnReference, TrendSource['time']['column']]> = [],
): TrendSource {
  const definition = {
    name: 'total',
    meaning: '',
    table: shownName(base.schema, base.name),
    expression: '',
    owner: '',
  };
  return {
    metric: {
      definition: { ...definition, time_stored_as: 'local' },
      base,
      expression,
      filter: undefined,
      columns: new Map(columns),
      time,
      dimensions: [],
    },
    time,
  };
}

/** Whether no rows mean 0, as with a sum, and not that there is nothing to tell, as with an average. */
export function isZeroWithoutRows(expression: MetricExpression): boolean {
  return valueWithoutRows(expression) === 0;
}

/** What the expression gives where sums and counts are 0, and whatever else needs rows is null. */
function valueWithoutRows(expression: MetricExpression): number | null {
  switch (expression.kind) {
    case 'number':
      return Number(expression.text);
    case 'aggregate':
      return expression.name === 'SUM' || expression.name === 'COUNT' ? 0 : null;
    case 'negative': {
      const value = valueWithoutRows(expression.of);
      return value === null ? null : 0 - value;
    }
    case 'call': {
      const values = expression.arguments.map(valueWithoutRows);
      const [first = null, second] = values;
      if (expression.name === 'COALESCE') return values.find(value => value !== null) ?? null;
      return expression.name === 'NULLIF' && first === second ? null : first;
    }
    case 'operation':
      return combined(expression.sign, valueWithoutRows(expression.left), valueWithoutRows(expression.right));
    default:
      return expression satisfies never;
  }
}

function combined(sign: '+' | '-' | '*' | '/', left: number | null, right: number | null): number | null {
  // A price that nobody knows, of nothing, is nothing.
  if (sign === '*' && (left === 0 || right === 0)) return 0;
  if (left === null || right === null) return null;
  switch (sign) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? null : left / right;
    default:
      return sign satisfies never;
  }
}

type Fits = (column: ColumnDescription) => boolean;
const isNumeric: Fits = ({ type }) => NUMERIC.has(type);
const isDate: Fits = ({ type }) => timeKindOf(type, 'local') !== undefined;

function columnOf(table: TableDescription, wanted: string, argument: string, fits: Fits): ColumnDescription {
  const name = wanted.trim().replace(/^\[(.*)\]$/s, (_all, inner: string) => inner.replaceAll(']]', ']'));
  const { columns } = table;
  const found =
    columns.find(column => column.name === name) ??
    columns.find(column => column.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const names = columns.map(column => column.name);
  const [near] = nearestNames(name.slice(0, 128), names, 1);
  throw new AppError(
    'INVALID_ARGUMENT',
    `${placeOf(table)} has no column ${JSON.stringify(name.slice(0, 128))}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    { hint: table.message ?? offered(table, argument, fits), details: { parameter: argument } },
  );
}

function unfit(table: TableDescription, column: ColumnDescription, argument: string, what: string, fits: Fits) {
  return new AppError(
    'INVALID_ARGUMENT',
    `${argument}: ${column.name} of ${placeOf(table)} is ${what}: its type is ${typeText(column)}.`,
    { hint: offered(table, argument, fits), details: { parameter: argument } },
  );
}

function offered({ columns }: TableDescription, argument: string, fits: Fits): string {
  const names = columns.filter(fits).map(({ name }) => name);
  const what = argument === 'date_column' ? 'date columns' : 'numeric columns';
  if (names.length > 0) return `Its ${what} are ${names.slice(0, MAX_NAMED).join(', ')}.`;
  return argument === 'date_column'
    ? 'It has no date columns. A text can be converted with execute_sql (TRY_CONVERT(date, …)), or by a view.'
    : 'It has no numeric columns. The aggregate count takes any column.';
}

function placeOf({ schema, table }: TableDescription): string {
  return shownName(schema, table);
}

export function missing(argument: string, why: string): AppError {
  return new AppError('INVALID_ARGUMENT', `${argument} is missing. ${why}`, { details: { parameter: argument } });
}
