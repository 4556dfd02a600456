import type { ColumnDescription, TableDescription } from '../../database/catalog/catalog.types.js';
import { type DocumentRows } from '../../knowledge/file/definitions.js';
import { protectedColumns } from '../../common/column-patterns.js';

const TEXTS: ReadonlySet<string> = new Set(['char', 'nchar', 'varchar', 'nvarchar']);
const KEY_TYPES: ReadonlyMap<string, string> = new Map([
  ...['tinyint', 'smallint', 'int', 'bigint'].map((type): [string, string] => [type, 'bigint']),
  ['uniqueidentifier', 'uniqueidentifier'],
  ...['char', 'varchar'].map((type): [string, string] => [type, 'varchar(450)']),
  ...['nchar', 'nvarchar'].map((type): [string, string] => [type, 'nvarchar(450)']),
]);
const MAX_KEY = 450;

/** A table of texts with the columns, as the catalogue spells them, that may be read. */
export interface DocumentSource {
  readonly table: TableDescription;
  readonly key: string;
  /** The SQL type of a parameter that is compared with the key, so that an index of the key is used. */
  readonly keyType: string;
  readonly title: string;
  /** At least one. */
  readonly texts: readonly string[];
}

/**
 * The columns of a declared table that may be read: without those of `protected_columns`. Undefined when the key or the
 * title is protected, no text is left, or a column has a type that is no key or no text.
 */
export function documentSource(
  { key, title, text }: DocumentRows,
  table: TableDescription,
  patterns: readonly string[],
): DocumentSource | undefined {
  const isProtected = protectedColumns(patterns);
  const open = (written: string): ColumnDescription | undefined => {
    const found = table.columns.find(({ name }) => name.toLowerCase() === written.toLowerCase());
    if (found === undefined || isProtected({ schema: table.schema, table: table.table, column: found.name }))
      return undefined;
    return found;
  };
  const keyColumn = open(key);
  const keyType = KEY_TYPES.get(keyColumn?.type ?? '');
  const titleColumn = open(title);
  const texts = text.flatMap(written => {
    const column = open(written);
    return column !== undefined && TEXTS.has(column.type) ? [column.name] : [];
  });
  if (keyColumn === undefined || keyType === undefined || titleColumn === undefined || texts.length === 0)
    return undefined;
  if (!TEXTS.has(titleColumn.type)) return undefined;
  return { table, key: keyColumn.name, keyType, title: titleColumn.name, texts };
}

/** Whether a text can be a value of the key: a value of another type would be an error of the database. */
export function canBeKey(keyType: string, value: string): boolean {
  switch (keyType) {
    case 'bigint':
      return /^-?\d{1,18}$/.test(value);
    case 'uniqueidentifier':
      return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
    default:
      return value.length <= MAX_KEY;
  }
}
