import { quoteName } from '../../database/object-name.js';
import type { Grain } from '../calendar/periods.js';
import { invalid } from './metric-request.js';

/**
 * ORDER BY over the columns of the result, each at most once. Without a wish the periods come in their order, and
 * otherwise the largest values first; the groups follow, so that the order is always the same.
 */
export function orderSql(
  wished: readonly string[] | undefined,
  columns: readonly string[],
  groups: readonly string[],
  grain: Grain | undefined,
): string {
  const value = columns[groups.length] ?? '';
  const usual = grain === undefined ? [`${value} desc`] : [grain];
  const terms = new Map<string, string>();
  for (const term of [...(wished ?? usual), ...groups]) {
    const [, name = '', direction = 'asc'] = /^(.*?)(?:\s+(asc|desc))?$/i.exec(term.trim()) ?? [];
    const column = columns.find(each => each.toLowerCase() === name.toLowerCase());
    if (column === undefined)
      throw invalid(
        'order_by',
        `${JSON.stringify(name.slice(0, 100))} is no column of the result.`,
        `The columns are ${columns.join(', ')}; add " desc" for the descending order.`,
      );
    if (!terms.has(column))
      terms.set(column, `${quoteName(column)}${direction.toLowerCase() === 'desc' ? ' DESC' : ''}`);
  }
  return `\nORDER BY ${[...terms.values()].join(', ')}`;
}
