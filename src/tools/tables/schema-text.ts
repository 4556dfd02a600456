import type { AccessLimits } from '../../common/principal.js';
import { mayTouch } from '../../database/access.js';
import type { OverviewTable } from '../../database/catalog/overview/schema-overview.js';
import { shownName, shownPart } from '../../database/object-name.js';
import { estimatedTokens } from './token-estimate.js';

/**
 * The tables that a person may use, one a line: `sales.Orders(id int*, customer_id int? ->sales.Customers.id)`. Undefined
 * if they would need more than `maxTokens`. What refers to a hidden table is shown without it.
 */
export function schemaText(
  tables: readonly OverviewTable[],
  access: AccessLimits,
  maxTokens: number,
): string | undefined {
  const visible = tables.filter(({ schema, name }) => mayTouch(access, schema, name));
  if (visible.length === 0) return undefined;
  let tokens = 0;
  const lines: string[] = [];
  for (const { schema, name, columns } of visible) {
    const texts = columns.map(column => {
      const { references: to } = column;
      const partner =
        to !== undefined && mayTouch(access, to.schema, to.table)
          ? ` ->${shownName(to.schema, to.table)}.${shownPart(to.column)}`
          : '';
      return `${shownPart(column.name)} ${column.type}${column.key ? '*' : ''}${column.nullable ? '?' : ''}${partner}`;
    });
    const line = `${shownName(schema, name)}(${texts.join(', ')})`;
    tokens += estimatedTokens(line) + 1;
    if (tokens > maxTokens) return undefined;
    lines.push(line);
  }
  return lines.join('\n');
}
