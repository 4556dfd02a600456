import type { Steps } from '../../engine/contracts.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type * as ast from '../../parser/ast.ts';
import { tableToAlter } from '../ddl/table-to-alter.ts';
import { currentUndo } from '../ddl/undo.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { atomically } from '../statement-runner.ts';

/** Removes all rows and restarts the identity. It requires ALTER, and no foreign key of another table. */
export function* executeTruncate(session: SessionState, frame: Frame, statement: ast.Truncate): Steps {
  // eslint-disable-next-line require-yield -- it is too short to pause
  yield* atomically(session, { writes: true }, function* () {
    const { database, table } = tableToAlter(session, frame, statement.table, 4701);
    const other = database.referencingKeys(table).find(({ child }) => child !== table);
    if (other) {
      throw new SqlError(
        4712,
        `Cannot truncate table '${statement.table.join('.')}' because it is being referenced by a FOREIGN KEY constraint.`,
      );
    }
    const undo = currentUndo(session);
    undo.lock(table);
    undo.log(table.snapshot());
    table.clear();
    for (const column of table.columns) if (column.identity) column.identity.last = null;
  });
  session.rowCount = 0;
  frame.sink.done(null, { kind: 'ddl' });
}
