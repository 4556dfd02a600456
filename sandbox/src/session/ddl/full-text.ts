import { SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { tableToAlter } from './table-to-alter.ts';

const TEXTS: ReadonlySet<string> = new Set(['char', 'varchar', 'nchar', 'nvarchar']);

/** learn.microsoft.com: CREATE FULLTEXT INDEX. Its words are looked up in the rows themselves, so it is never out of date. */
export function createFullTextIndex(session: SessionState, frame: Frame, statement: ast.CreateFullTextIndex): void {
  const { table } = tableToAlter(session, frame, statement.table, 1088);
  const key = table.indexes.find(({ name }) => name.toLowerCase() === statement.keyIndex.toLowerCase());
  if (key === undefined || !key.unique || key.key.length !== 1)
    throw new SqlError(
      7653,
      `'${statement.keyIndex}' is not a valid index to enforce a full-text search key. A full-text search key must be a unique, non-nullable, single-column index which is not offline, is not defined on a non-deterministic or imprecise nonpersisted computed column, does not have a filter, and has maximum size of 900 bytes. Choose another index for the full-text key.`,
    );
  const ids = statement.columns.map(name => {
    const column = table.columns[table.ordinalOf(name)];
    if (column === undefined)
      throw new SqlError(1911, `Column name '${name}' does not exist in the target table or view.`);
    if (!TEXTS.has(column.type.name))
      throw new SqlError(
        7670,
        `Column '${name}' cannot be used for full-text search because it is not a character-based, XML, image or varbinary(max) type column.`,
      );
    return column.columnId;
  });
  table.fullTextColumns = new Set(ids);
  table.version++;
}
