import type { ColumnDescription, ForeignKeyColumn, TableDescription } from '../../database/catalog/catalog.types.js';
import { typeText } from '../../database/catalog/type-text.js';
import { shownName, shownPart } from '../../database/object-name.js';
import type { Codes, CodesOfTable } from '../codes/column-codes.js';
import type { Page } from './full-table.js';
import { countThatFits, cutText, PAGE_BYTES } from './page-size.js';
import type { CompactTable } from './table-schemas.js';

const MAX_TEXT = 200;

/** Columns and keys as short texts, which need about a third of the room. */
export function compactTable(table: TableDescription, codes: CodesOfTable = new Map()): CompactTable {
  const { columns, primary_keys: primaryKeys, description, row_count: rowCount } = table;
  const { target, history_of, history_table, copy_of, memory_optimised, message } = table;
  const facts = { database: table.database, target, history_of, history_table, copy_of, memory_optimised, message };
  return {
    table: table.table,
    schema: table.schema,
    type: table.type,
    ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)),
    ...(description === undefined ? {} : { description: cutText(description, MAX_TEXT) }),
    columns: columns.map(column => columnText(column, table, codes.get(column.name))),
    primary_keys: [...primaryKeys],
    foreign_keys: byName(table.foreign_keys).map(foreignKeyText),
    column_count: table.column_count,
    ...(rowCount === undefined ? {} : { row_count: rowCount }),
  };
}

type Item = readonly [table: number, list: 'head' | 'columns' | 'foreign_keys', value: unknown];

/** What the pages of several tables have, in their order: each table's head, its columns and its foreign keys. */
export function itemsOfTables(tables: readonly CompactTable[]): readonly Item[] {
  return tables.flatMap((table, i): Item[] => [
    [i, 'head', headOf(table)],
    ...table.columns.map((text): Item => [i, 'columns', text]),
    ...table.foreign_keys.map((text): Item => [i, 'foreign_keys', text]),
  ]);
}

/** The tables, or parts of them, on the page that begins with the item `start`. */
export function pageOfTables(
  tables: readonly CompactTable[],
  items: readonly Item[],
  start: number,
): Page<CompactTable[]> {
  const end = start + countThatFits(items, start, PAGE_BYTES);
  const shown = items.slice(start, end);
  const content = [...new Set(shown.map(([i]) => i))].map(i => {
    const own = (list: Item[1]): string[] => shown.filter(item => item[0] === i && item[1] === list).map(item => String(item[2])); // prettier-ignore
    const part = { ...(tables[i] as CompactTable), columns: own('columns'), foreign_keys: own('foreign_keys') };
    const whole = shown.filter(item => item[0] === i).length === items.filter(item => item[0] === i).length;
    return whole ? part : { ...part, message: 'This page has a part of the table.' };
  });
  return { content, next: end < items.length ? end : undefined };
}

function headOf({ columns: _columns, foreign_keys: _keys, ...head }: CompactTable): object {
  return head;
}

/** `status char(1) not null -> dbo.Status.code -- state of the order; codes: O = open, S = shipped` */
function columnText(column: ColumnDescription, table: TableDescription, codes: Codes | undefined): string {
  const partner = partnerOf(column.name, table.foreign_keys);
  const { description } = column;
  const notes = [
    ...(description === undefined ? [] : [cutText(onOneLine(description), MAX_TEXT)]),
    ...(codes === undefined ? [] : [codesText(codes)]),
  ];
  return [
    `${shownPart(column.name)} ${typeText(column)}`,
    ...(column.nullable || column.computed !== undefined ? [] : ['not null']),
    ...(column.identity === true ? ['identity'] : []),
    ...(table.primary_keys.includes(column.name) ? ['primary key'] : []),
    ...(column.default === null ? [] : [`default ${cutText(column.default, MAX_TEXT)}`]),
    ...(column.computed === undefined ? [] : [`as ${cutText(column.computed, MAX_TEXT)}`]),
    ...(partner === undefined ? [] : [`-> ${partner}`]),
    ...(notes.length === 0 ? [] : [`-- ${notes.join('; ')}`]),
  ].join(' ');
}

/** What the column refers to, if it does so alone; keys of several columns are in `foreign_keys` only. */
function partnerOf(column: string, keys: readonly ForeignKeyColumn[]): string | undefined {
  const key = keys.find(
    ({ name, column: own }) => own === column && keys.filter(other => other.name === name).length === 1,
  );
  if (key === undefined) return undefined;
  const { schema, table, column: target } = key.references;
  return `${shownName(schema, table)}.${shownPart(target)}`;
}

function codesText({ codes, more }: Codes): string {
  const texts = codes.map(([code, meaning]) => `${code} = ${meaning}`);
  return `codes: ${[...texts, ...(more ? ['…'] : [])].join(', ')}`;
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function byName(columns: readonly ForeignKeyColumn[]): readonly (readonly ForeignKeyColumn[])[] {
  return [...Map.groupBy(columns, key => key.name).values()];
}

/** `(a, b) -> sales.Orders(x, y) on delete cascade` */
function foreignKeyText(columns: readonly ForeignKeyColumn[]): string {
  const list = (names: readonly string[]): string => names.map(shownPart).join(', ');
  const [first] = columns;
  if (first === undefined) return '';
  const { references, on_delete: deleted, on_update: updated } = first;
  const target = `${shownName(references.schema, references.table)}(${list(columns.map(key => key.references.column))})`;
  return [
    `(${list(columns.map(key => key.column))}) -> ${target}`,
    ...(deleted === undefined ? [] : [`on delete ${deleted.toLowerCase()}`]),
    ...(updated === undefined ? [] : [`on update ${updated.toLowerCase()}`]),
  ].join(' ');
}
