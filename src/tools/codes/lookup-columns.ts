import type { ColumnDescription, TableDescription } from '../../database/catalog/catalog.types.js';
import { type CodeKind, codeKind } from './lookup-places.js';

const TEXTS: ReadonlySet<string> = new Set(['char', 'nchar', 'varchar', 'nvarchar']);
/** Names of the column that says what a code means, in the languages of the databases that we know. */
const MEANING = /name|text|descr|label|title|meaning|bez|nombre|desc|libell|kurz/i;

/** Tables with more columns, and those that refer to others, are about things such as customers. */
const MAX_COLUMNS = 8;

export interface LookupColumns {
  readonly key: string;
  readonly text: string;
}

/** The columns of a lookup table that hold a code and its meaning; undefined if the table is not one. */
export function lookupColumns(
  lookup: TableDescription,
  kind: CodeKind,
  key: string | undefined,
  isProtected: (column: string) => boolean,
): LookupColumns | undefined {
  if (lookup.columns.length > MAX_COLUMNS || lookup.foreign_keys.length > 0) return undefined;
  const [own] = lookup.primary_keys.length === 1 ? lookup.primary_keys : [];
  const named = key ?? own;
  const code = lookup.columns.find(({ name }) => name.toLowerCase() === named?.toLowerCase());
  if (code === undefined || codeKind(code) !== kind) return undefined;
  const texts = lookup.columns.filter(column => column.name !== code.name && TEXTS.has(column.type));
  const text = texts.find(({ name }) => MEANING.test(name)) ?? longest(texts);
  if (text === undefined || isProtected(code.name) || isProtected(text.name)) return undefined;
  return { key: code.name, text: text.name };
}

function longest(columns: readonly ColumnDescription[]): ColumnDescription | undefined {
  const length = ({ max_length: max = 0 }: ColumnDescription): number => (max < 0 ? Infinity : max);
  return [...columns].sort((a, b) => length(b) - length(a))[0];
}
