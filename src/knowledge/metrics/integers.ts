import type { Columns } from '../model/resolved-metric.js';
import type { Aggregate } from '../sql/metric-expression.js';
import { columnsOf } from '../sql/row-expression.js';

const INTEGERS: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'int', 'bigint']);
const KEEPS_INTEGERS =
  /^(?: |[-+*%()<>=!]+|[0-9]+|isnull|coalesce|nullif|abs|,|case|when|then|else|end|and|or|not|is|null|in|between)$/i;

/** The type in which surely whole numbers are added up, because their sum must not be limited to their own type. */
export function integerSumType({ of }: Aggregate, columns: Columns): 'bigint' | 'decimal(38, 0)' | undefined {
  if (of === undefined) return undefined;
  const types = columnsOf(of).map(reference => columns.get(reference)?.column.type ?? '');
  const areIntegers =
    types.length > 0 &&
    types.every(type => INTEGERS.has(type)) &&
    of.pieces.every(piece => typeof piece !== 'string' || KEEPS_INTEGERS.test(piece));
  if (!areIntegers) return undefined;
  return types.includes('bigint') ? 'decimal(38, 0)' : 'bigint';
}
