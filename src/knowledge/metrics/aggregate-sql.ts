import type { Aggregate, MetricExpression } from '../sql/metric-expression.js';
import type { RowExpression } from '../sql/row-expression.js';

export interface AggregateOptions {
  readonly rowSql: (expression: RowExpression) => string;
  /** A condition that the rows must meet; others do not count. */
  readonly where?: string | undefined;
  /** The type in which whole numbers are added up, whose sum may be larger than their own type. */
  readonly integerType: (aggregate: Aggregate) => string | undefined;
}

/**
 * The SQL of a metric. A quotient and an average are floats, whatever their operands are, and NULL where the divisor is
 * zero; a count is a bigint; the sum of integers is a bigint, that of bigints a decimal(38, 0).
 */
export function aggregateSql(expression: MetricExpression, options: AggregateOptions): string {
  switch (expression.kind) {
    case 'number':
      return expression.text;
    case 'negative':
      return `-(${aggregateSql(expression.of, options)})`;
    case 'call':
      return `${expression.name}(${expression.arguments.map(each => aggregateSql(each, options)).join(', ')})`;
    case 'aggregate':
      return aggregate(expression, options);
    case 'operation': {
      const [left, right] = [aggregateSql(expression.left, options), aggregateSql(expression.right, options)];
      return expression.sign === '/' ? quotient(left, right) : `(${left} ${expression.sign} ${right})`;
    }
    default:
      return expression satisfies never;
  }
}

export function quotient(left: string, right: string): string {
  return `CAST(${left} AS float) / NULLIF(CAST(${right} AS float), 0)`;
}

function aggregate(expression: Aggregate, options: AggregateOptions): string {
  const { name, of, distinct } = expression;
  if (of === undefined)
    return options.where === undefined ? 'COUNT_BIG(*)' : `COUNT_BIG(CASE WHEN ${options.where} THEN 1 END)`;
  const row = options.rowSql(of);
  const value = options.where === undefined ? row : `CASE WHEN ${options.where} THEN ${row} END`;
  const keyword = distinct ? 'DISTINCT ' : '';
  switch (name) {
    case 'COUNT':
      return `COUNT_BIG(${keyword}${value})`;
    case 'SUM':
      return `SUM(${keyword}${summed(value, options.integerType(expression))})`;
    case 'AVG': {
      const sum = `SUM(${keyword}${summed(value, options.integerType(expression))})`;
      return quotient(sum, `COUNT_BIG(${keyword}${value})`);
    }
    case 'MIN':
    case 'MAX':
      return `${name}(${value})`;
    default:
      return name satisfies never;
  }
}

function summed(value: string, type: string | undefined): string {
  return type === undefined ? value : `CAST(${value} AS ${type})`;
}
