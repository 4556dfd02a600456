import { notSupported } from '../engine/sql-error.ts';
import { syntaxError } from './syntax-error.ts';

/** These options concern how an index is stored or built; no query result depends on them. */
const STORAGE_ONLY: ReadonlySet<string> = new Set([
  'ALLOW_PAGE_LOCKS',
  'ALLOW_ROW_LOCKS',
  'FILLFACTOR',
  'MAXDOP',
  'ONLINE',
  'OPTIMIZE_FOR_SEQUENTIAL_KEY',
  'PAD_INDEX',
  'SORT_IN_TEMPDB',
  'STATISTICS_INCREMENTAL',
  'STATISTICS_NORECOMPUTE',
]);

/** The relational index options: https://learn.microsoft.com/sql/t-sql/statements/create-index-transact-sql. */
export class IndexOptions {
  ignoreDuplicateKeys = false;

  set(name: string, value: string, line: number): void {
    if (STORAGE_ONLY.has(name)) return;
    if (name === 'IGNORE_DUP_KEY') {
      this.ignoreDuplicateKeys = value === 'ON';
      return;
    }
    if (name === 'DATA_COMPRESSION' && value === 'NONE') return;
    if (['DROP_EXISTING', 'RESUMABLE', 'XML_COMPRESSION'].includes(name) && value === 'OFF') return;
    if (['DROP_EXISTING', 'RESUMABLE', 'XML_COMPRESSION', 'DATA_COMPRESSION', 'BUCKET_COUNT'].includes(name)) {
      throw notSupported(`the index option ${name} = ${value}`, line);
    }
    throw syntaxError(155, `'${name}' is not a recognized CREATE INDEX option.`, line);
  }
}
