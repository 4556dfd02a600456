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

export function setQueryStore(session: SessionState, { database, state }: ast.SetQueryStore): void {
  const target = database === undefined ? session.database : session.server.database(database);
  if (target === undefined || !session.securityIn(target).has('ALTER'))
    throw new SqlError(
      5011,
      `User does not have permission to alter database '${database ?? ''}', the database does not exist, or the database is not in a state that allows access checks.`,
      14,
      5,
    );
  if (state === 'CLEAR') target.queryStore.clear();
  else target.queryStore.enabled = state === 'ON';
}
