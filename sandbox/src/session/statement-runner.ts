import type { TableRead } from '../engine/binder/bind-context.ts';
import { PAUSE, type Steps } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { MemoryTable, TableLockMode } from '../storage/memory-table.ts';
import { TableView, type ReadMode } from '../storage/table-view.ts';
import type { StoredTable } from '../storage/table.ts';
import { RowLocked, Transaction } from '../storage/transaction.ts';
import { assertAffordable } from './query-cost.ts';
import type { StatementReads } from './session-state.ts';
import { doomedError } from './transaction-state.ts';

const NO_LOCK = ['NOLOCK', 'READUNCOMMITTED'];
const UNTIL_END = ['HOLDLOCK', 'SERIALIZABLE', 'REPEATABLEREAD'];
const EXCLUSIVE = ['XLOCK', 'TABLOCKX'];

export interface AtomicOptions {
  /** Whether it changes data: not allowed in a doomed transaction. */
  readonly writes: boolean;
}

/**
 * Runs a statement atomically, in the open transaction or one of its own. When a row is locked, the statement is
 * undone, waits, and runs again from the start.
 */
export function* atomically<T>(
  session: StatementReads,
  options: AtomicOptions,
  work: (transaction: Transaction) => Steps<T>,
): Steps<T> {
  if (options.writes && session.transactions.doomed) throw doomedError();
  for (;;) {
    const outer = session.statementTransaction;
    const { readModes, defaultReadMode, rowsSent, reading } = session;
    session.reading = undefined;
    session.noWait = false;
    const shared = outer ?? session.transactions.current;
    const transaction = shared ?? new Transaction(session.spid);
    const mark = transaction.mark;
    session.statementTransaction = transaction;
    let locked: RowLocked;
    try {
      const result = yield* work(transaction);
      // Within an INSERT … EXEC the procedure may have ended the transaction it ran in.
      if (!shared && transaction.active) transaction.commit();
      return result;
    } catch (error) {
      if (transaction.active) transaction.rollbackTo(mark);
      if (!shared) transaction.rollback();
      // A function's statement can't wait by itself: the statement that called it does.
      if (!(error instanceof RowLocked) || session.frame.insideFunction) throw error;
      locked = error;
    } finally {
      session.statementTransaction = outer;
      endReading(session);
      session.reading = reading;
      session.readModes = readModes;
      session.defaultReadMode = defaultReadMode;
      session.rowsSent = rowsSent;
    }
    // Without an owner to wait for, a row has changed meanwhile.
    if (locked.owners.length === 0) yield PAUSE;
    else yield* session.waits.wait(session, locked.owners);
  }
}

/** Sets how a statement's tables are read, by isolation level and hints, and takes the locks that outlive it. */
export function prepareReads(
  session: StatementReads,
  reads: readonly TableRead[],
  transaction: Transaction,
  target?: MemoryTable,
): void {
  assertAffordable(
    session,
    reads.reduce((sum, { table }) => sum + table.rowCount, 0),
  );
  const isolation = session.options.isolation;
  session.defaultReadMode = isolation === 'READ UNCOMMITTED' ? 'dirty' : committedMode(session);
  const modes = new Map<MemoryTable, ReadMode>();
  session.noWait = reads.some(read => read.hints.includes('NOWAIT'));
  for (const read of reads) {
    const table = stored(read.table);
    if (table.lifetime !== 'permanent') continue;
    if (isolation === 'SNAPSHOT') throw snapshotNotAllowed(session);
    const mode = readModeOf(read.hints, session.defaultReadMode);
    // A table read twice in different ways is read the stricter way.
    const known = modes.get(table);
    modes.set(table, known === undefined || known === mode ? mode : 'wait');
    table.beginRead((session.reading ??= new Transaction(session.spid)));
    const lock = lockOf(read.hints, isolation);
    // Two statements that will change a table must not both hold S: the second waits, which avoids a deadlock.
    if (lock) table.lock(lock === 'S' && table === target ? 'U' : lock, transaction);
  }
  // The rows to change must be the newest committed version.
  if (target) modes.set(target, modes.get(target) === 'skip' ? 'skip' : 'wait');
  session.readModes = modes;
  if (session.rowsSent) stopWaiting(session);
}

/** Rows have been sent to the client, so the statement cannot run again: from here on it does not wait. */
export function stopWaiting(session: StatementReads): void {
  session.rowsSent = true;
  if (session.defaultReadMode === 'wait') session.defaultReadMode = 'committed';
  for (const [table, mode] of session.readModes) if (mode === 'wait') session.readModes.set(table, 'committed');
}

function endReading(session: StatementReads): void {
  session.reading?.commit();
}

function committedMode(session: StatementReads): ReadMode {
  return session.database.readCommittedSnapshot && session.options.isolation === 'READ COMMITTED'
    ? 'committed'
    : 'wait';
}

function readModeOf(hints: readonly string[], byIsolation: ReadMode): ReadMode {
  if (hints.some(hint => NO_LOCK.includes(hint))) return 'dirty';
  if (hints.includes('READPAST')) return 'skip';
  if (
    hints.some(
      hint =>
        hint === 'READCOMMITTEDLOCK' || hint === 'UPDLOCK' || UNTIL_END.includes(hint) || EXCLUSIVE.includes(hint),
    )
  ) {
    return 'wait';
  }
  return hints.includes('READCOMMITTED') && byIsolation === 'dirty' ? 'wait' : byIsolation;
}

function lockOf(hints: readonly string[], isolation: string): TableLockMode | undefined {
  if (hints.some(hint => EXCLUSIVE.includes(hint))) return 'X';
  if (hints.includes('UPDLOCK')) return 'U';
  if (hints.some(hint => NO_LOCK.includes(hint) || hint === 'READCOMMITTED' || hint === 'READCOMMITTEDLOCK'))
    return undefined;
  if (hints.some(hint => UNTIL_END.includes(hint))) return 'S';
  return isolation === 'SERIALIZABLE' || isolation === 'REPEATABLE READ' ? 'S' : undefined;
}

const snapshotNotAllowed = (session: StatementReads): SqlError =>
  new SqlError(
    3952,
    `Snapshot isolation transaction failed accessing database '${session.database.name}' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation.`,
  );

/** The stored table behind the view of a session. */
export const stored = (table: StoredTable): MemoryTable =>
  table instanceof TableView ? table.base : (table as MemoryTable);
