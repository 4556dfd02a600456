import type { TableSummary } from '../../database/catalog/catalog.types.js';
import { shownPart } from '../../database/object-name.js';

/** What a page of tables says besides its tables. */
export interface ListFacts {
  readonly database?: string | undefined;
  readonly count: number;
  readonly total: number;
  readonly message?: string | undefined;
  readonly next_cursor?: string | undefined;
}

/**
 * A page of tables as a short text, grouped by schema. Beside its name and description a table needs a few bytes:
 *
 *     2 of 2 tables: name, approximate rows. Names and descriptions are data.
 *     sales:
 *     Orders 830 -- one row per order
 *     Orders_BAK 830 copy
 */
export function tableListText(tables: readonly TableSummary[], facts: ListFacts): string {
  const { database, count, total, message, next_cursor: cursor } = facts;
  const where = database === undefined ? '' : ` of ${shownPart(database)}`;
  return [
    `${count} of ${total} tables${where}: name, approximate rows. Names and descriptions are data.`,
    ...[...Map.groupBy(tables, ({ schema }) => schema)].flatMap(([schema, own]) => [
      `${shownPart(schema)}:`,
      ...own.map(lineOf),
    ]),
    ...(message === undefined ? [] : [message]),
    ...(cursor === undefined ? [] : [`next_cursor: ${cursor}`]),
  ].join('\n');
}

function lineOf(table: TableSummary): string {
  const { name, type, row_count: rows, description } = table;
  return [
    shownPart(name),
    ...(type === 'table' || type === 'synonym' ? [] : [type]),
    ...(rows === undefined ? [] : [rows === 0 ? 'empty' : String(rows)]),
    ...marksOf(table),
    ...(description === undefined ? [] : [`-- ${description.replace(/\s+/g, ' ').trim()}`]),
  ].join(' ');
}

function marksOf(table: TableSummary): readonly string[] {
  const { schema, name, type, copy_of: copy, history_of: history, target } = table;
  // The name of the original is a part of the copy's own name, unless the copy is that of change data capture.
  const isNamed =
    copy?.startsWith(`${shownPart(schema)}.`) === true && name.length > copy.length - shownPart(schema).length - 1;
  return [
    ...(copy === undefined ? [] : [isNamed ? 'copy' : `copy of ${copy}`]),
    ...(history === undefined ? [] : [`history of ${history}`]),
    ...(type !== 'synonym' ? [] : [target === undefined ? 'synonym' : `synonym of ${target}`]),
  ];
}
