import { SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { tableToAlter } from './table-to-alter.ts';

export function createStatistics(session: SessionState, frame: Frame, statement: ast.CreateStatistics): void {
  const { database, table } = tableToAlter(session, frame, statement.table, 1088);
  const columnIds = statement.columns.map(name => {
    const column = table.columns[table.ordinalOf(name)];
    if (column === undefined)
      throw new SqlError(1911, `Column name '${name}' does not exist in the target table or view.`);
    return column.columnId;
  });
  const isIndex = table.indexes.some(({ name }) => name.toLowerCase() === statement.name.toLowerCase());
  if (!isIndex && database.statistics.add(table.objectId, statement.name, columnIds)) return;
  throw new SqlError(
    1927,
    `There are already statistics on table '${table.schema}.${table.name}' named '${statement.name}'.`,
  );
}

export function updateStatistics(session: SessionState, frame: Frame, statement: ast.UpdateStatistics): void {
  const { database, table } = tableToAlter(session, frame, statement.table, 1088);
  if (statement.rowCount !== undefined) database.statistics.setRowCount(table.objectId, statement.rowCount);
}
