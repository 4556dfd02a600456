import type { EngineSession, ResultSink } from '../engine/contracts.ts';
import type { StatementReads } from './session-state.ts';
import { ISOLATION_LEVELS, type IsolationLevel } from './set-options.ts';

/** TransactionManager requests carry the isolation level as a number (MS-TDS 2.2.6.9); 0 leaves it as it is. */
const ISOLATION_BY_NUMBER = new Map<number, IsolationLevel>(
  Object.entries(ISOLATION_LEVELS).map(([name, number]) => [number, name as IsolationLevel]),
);

/** Runs a transaction-manager request (MS-TDS 2.2.6.9), which drivers send for their own BEGIN, COMMIT and ROLLBACK. */
export function runTransactionRequest(
  { options, transactions }: Pick<StatementReads, 'options' | 'transactions'>,
  request: Parameters<EngineSession['transaction']>[0],
  sink: ResultSink,
): void {
  const isolation = ISOLATION_BY_NUMBER.get(request.isolation);
  switch (request.kind) {
    case 'begin':
      if (isolation) options.isolation = isolation;
      transactions.begin(request.name, sink);
      return;
    case 'commit':
      transactions.commit(sink);
      return;
    case 'rollback':
      transactions.rollback(request.name, sink);
      return;
    case 'save':
      transactions.save(request.name);
      return;
  }
}
