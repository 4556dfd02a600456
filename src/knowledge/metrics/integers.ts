import type { Columns } from '../model/resolved-metric.js';
import type { Aggregate } from '../sql/metric-expression.js';
import { columnsOf } from '../sql/row-expression.js';

const INTEGERS: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'int', 'bigint']);
const KEEPS_INTEGERS =
  /^(?: |[-+*%()<>=!]+|[0-9]+|isnull|coalesce|nullif|abs|,|case|when|then|else|end|and|or|not|is|null|in|between)$/i;

/** Whether the aggregate surely adds up integers, whose sum must not be limited to their type. */
export function isIntegerSum({ of }: Aggregate, columns: Columns): boolean {
  if (of === undefined) return false;
  const references = columnsOf(of);
  return (
    references.length > 0 &&
    references.every(reference => INTEGERS.has(columns.get(reference)?.column.type ?? '')) &&
    of.pieces.every(piece => typeof piece !== 'string' || KEEPS_INTEGERS.test(piece))
  );
}
