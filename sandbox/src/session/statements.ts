import type { Steps } from '../engine/contracts.ts';
import { notSupported, SqlError } from '../engine/sql-error.ts';
import type * as ast from '../parser/ast.ts';
import { executeDefinition, type Definition } from './ddl/definitions.ts';
import { executeDelete } from './dml/delete.ts';
import { executeInsert } from './dml/insert.ts';
import { executeMerge } from './dml/merge.ts';
import { executeTruncate } from './dml/truncate.ts';
import { executeUpdate } from './dml/update.ts';
import type { Frame } from './frame.ts';
import { executeAs, revert } from './impersonation.ts';
import { executeProcedureStatement } from './procedures/execute.ts';
import { executeSelect } from './select.ts';
import type { SessionState } from './session-state.ts';
import { setIdentityInsert, setSwitch, setValue } from './set-statements.ts';
import { executeKill, executeRaiseError, executeThrow, executeWaitFor, print } from './simple-statements.ts';
import { CapturingSink } from './sinks.ts';
import { declareVariables, setVariable } from './variables.ts';

/** Runs a statement that isn't control flow, and leaves @@ERROR 0 and @@ROWCOUNT as that statement does. */
export function* executeStatement(session: SessionState, frame: Frame, statement: ast.Statement): Steps {
  const { sink } = frame;
  switch (statement.kind) {
    case 'select statement':
      yield* executeSelect(session, frame, statement);
      break;
    case 'insert':
      yield* executeInsert(session, frame, statement);
      break;
    case 'update':
      yield* executeUpdate(session, frame, statement);
      break;
    case 'delete':
      yield* executeDelete(session, frame, statement);
      break;
    case 'merge':
      yield* executeMerge(session, frame, statement);
      break;
    case 'truncate':
      yield* executeTruncate(session, frame, statement);
      break;
    case 'declare':
      yield* declareVariables(session, frame, statement);
      return;
    case 'set variable':
      yield* setVariable(session, frame, statement);
      session.rowCount = 1;
      break;
    case 'execute':
      yield* executeProcedureStatement(session, frame, statement);
      // @@ROWCOUNT and @@ERROR are those of the last statement inside.
      return;
    case 'raiserror':
      yield* executeRaiseError(session, frame, statement);
      return;
    case 'throw':
      yield* executeThrow(session, frame, statement);
      return;
    default:
      session.rowCount = 0;
      yield* executeOther(session, frame, statement, sink);
  }
  session.lastError = 0;
}

function* executeOther(session: SessionState, frame: Frame, statement: ast.Statement, sink: Frame['sink']): Steps {
  switch (statement.kind) {
    case 'print':
      yield* print(session, frame, statement);
      return;
    case 'set switch':
      setSwitch(session, statement);
      return;
    case 'set value':
      yield* setValue(session, frame, statement);
      return;
    case 'set identity insert':
      setIdentityInsert(session, frame, statement);
      return;
    case 'set isolation level':
      session.options.isolation = statement.level;
      return;
    case 'begin transaction':
      session.transactions.begin(transactionName(frame, statement), sink);
      return;
    case 'commit':
      refuseInInsertExec(session, frame, 'COMMIT');
      session.transactions.commit(sink);
      return;
    case 'rollback':
      refuseInInsertExec(session, frame, 'ROLLBACK');
      session.transactions.rollback(transactionName(frame, statement), sink);
      return;
    case 'save transaction':
      session.transactions.save(transactionName(frame, statement));
      return;
    case 'use':
      if (frame.kind === 'procedure') throw notSupported('USE in a procedure');
      session.useDatabase(statement.database, sink);
      return;
    case 'waitfor':
      yield* executeWaitFor(session, frame, statement);
      return;
    case 'kill':
      yield* executeKill(session, frame, statement);
      return;
    case 'checkpoint':
      // Everything is in memory, so there is nothing to write.
      return;
    case 'execute as':
      yield* executeAs(session, frame, statement);
      return;
    case 'revert':
      revert(session, frame);
      return;
    default:
      yield* executeDefinition(session, frame, statement as Definition);
  }
}

function transactionName(frame: Frame, statement: ast.TransactionStatement): string {
  if (statement.variable !== undefined) return String(frame.variable(statement.variable)?.value ?? '');
  return statement.name ?? '';
}

/** Errors 3915 and 3916: the statement around INSERT … EXEC needs its transaction. */
function refuseInInsertExec(session: SessionState, frame: Frame, verb: 'COMMIT' | 'ROLLBACK'): void {
  if (!(frame.sink instanceof CapturingSink)) return;
  if (verb === 'COMMIT' && session.transactions.count > frame.sink.transactions) return;
  throw verb === 'ROLLBACK'
    ? new SqlError(3915, 'Cannot use the ROLLBACK statement within an INSERT-EXEC statement.', 16, 0)
    : new SqlError(
        3916,
        'Cannot use the COMMIT statement within an INSERT-EXEC statement unless BEGIN TRANSACTION is used first.',
        16,
        0,
      );
}
