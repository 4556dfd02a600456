import type { MemoryTable } from '../../storage/memory-table.ts';
import type { Transaction } from '../../storage/transaction.ts';
import type { TransactionScope } from '../session-state.ts';

/** The transaction of a definition statement logs its undo, because DDL is transactional in SQL Server. */
export interface UndoTarget {
  log(undo: () => void): void;
  lock(table: MemoryTable): void;
}

export function currentUndo(session: TransactionScope): UndoTarget {
  const transaction: Transaction | undefined = session.statementTransaction ?? session.transactions.current;
  return {
    log: undo => transaction?.logUndo(undo),
    lock: table => {
      if (transaction && table.lifetime === 'permanent') table.lock('X', transaction);
    },
  };
}
