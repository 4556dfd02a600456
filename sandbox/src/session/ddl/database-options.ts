import { SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import type { SessionState } from '../session-state.ts';

export function setDatabaseOption(session: SessionState, { database, option, state }: ast.SetDatabaseOption): void {
  const target = database === undefined ? session.database : session.server.database(database);
  if (target === undefined || !session.securityIn(target).has('ALTER'))
    throw new SqlError(
      5011,
      `User does not have permission to alter database '${database ?? ''}', the database does not exist, or the database is not in a state that allows access checks.`,
      14,
      5,
    );
  if (option === 'CHANGE_TRACKING') target.changes = state === 'ON' ? (target.changes ?? { version: 0n }) : undefined;
  else if (state === 'CLEAR') target.queryStore.clear();
  else target.queryStore.enabled = state === 'ON';
}
