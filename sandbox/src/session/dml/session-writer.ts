import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import { Transaction } from '../../storage/transaction.ts';
import { sendInfo } from '../messages.ts';
import type { SessionState, TransactionScope } from '../session-state.ts';
import { tableRules } from './compile-rules.ts';
import { RowWriter, type WriteOperation } from './row-writer.ts';

/** Writes for the running statement of a session. */
export function writerFor(
  session: SessionState,
  database: Database,
  operation: WriteOperation,
  log?: VariableLog,
): RowWriter {
  let told = false;
  const transaction = session.statementTransaction ?? session.transactions.current!;
  return new RowWriter({
    database,
    transactionOf: table => (table.lifetime === 'variable' && log ? log.transaction : transaction),
    ticker: session.ticker,
    operation,
    rulesOf: (table: MemoryTable) => tableRules(session, database, table),
    duplicateIgnored: () => {
      if (!told) sendInfo(session, 'Duplicate key was ignored.', 1, { number: 3604, severity: 0 });
      told = true;
    },
  });
}

/** The changes of a statement to table variables: a failure undoes them, a rollback of the transaction does not. */
export class VariableLog {
  readonly transaction: Transaction;

  constructor(session: TransactionScope) {
    this.transaction = new Transaction(session.spid);
  }

  keep(): void {
    this.transaction.commit();
  }

  undo(): void {
    this.transaction.rollback();
  }
}
