import { AppError } from '../../common/app-error.js';
import { assertInCodePage } from '../driver/code-page-parameters.js';
import type { PooledSession } from '../driver/pooled-session.js';
import type { RunLimits } from '../driver/session-request.js';
import { type CallContext, timeLimitMs } from '../call-context.js';
import type { Lease } from '../connection/session-pool.js';
import {
  beginWrite,
  claimOf,
  COMMIT_WRITE,
  TRANSACTION_ENDED,
  UNDO_WRITE,
  writeBatch,
} from '../connection/session-batch.js';
import type { TypedParameter } from '../driver/parameters.js';
import type { RunnableText } from '../policy/admitted-statement.js';
import type { RowLimiter } from './row-limiter.js';
import { handlerOf } from './ending-row.js';
import { assertCanCall, assertContext, assertFinished } from './session-checks.js';
import { translateSqlError } from '../sql-server.errors.js';
import type { CellLimit } from '../driver/values/cut-text.js';

/** How a change ends that succeeded. */
export interface WriteEnding {
  /** Runs the statement, counts, and rolls back. */
  readonly dryRun?: boolean | undefined;
  /** Commits only when the statement changes exactly these numbers of rows, else rolls back (`committed: false`). */
  readonly expectedRows?: readonly number[] | undefined;
}

interface WriteTarget {
  readonly response: RowLimiter;
  readonly cells: CellLimit;
}

/**
 * Begins a transaction, runs the statement, and commits or rolls back. An error of severity 11 or higher rolls back.
 */
export async function runWrite(
  { text, isolation, setsOptions, module }: RunnableText,
  parameters: readonly TypedParameter[],
  call: CallContext,
  ending: WriteEnding,
  { response, cells }: WriteTarget,
  { connection, capabilities }: Lease,
): Promise<boolean> {
  assertContext(call, capabilities);
  if (module !== undefined) assertCanCall(capabilities);
  assertInCodePage(parameters, connection.collation);
  const limits = { timeoutMs: timeLimitMs(call), signal: call.signal, cells };
  await connection.claim({ ...claimOf(call.principal, capabilities), anew: true });
  assertFinished(await connection.runBatch(beginWrite(capabilities.writeSettings + isolation), limits), limits);
  const batch = writeBatch(text, parameters, call.principal, capabilities);
  assertFinished(await connection.run(batch, handlerOf(module, response), limits), limits);
  const commit = ending.dryRun !== true && sameCounts(ending.expectedRows, response.affectedRows);
  // The end of the transaction is not cancelled, because its outcome would be unknown.
  const end = { ...limits, signal: new AbortController().signal };
  if (commit) await commitWrite(connection, end);
  else await undoWrite(connection, end);
  if (setsOptions) connection.reset();
  return commit;
}

/** An error of the server means that nothing was committed. Without an answer the outcome is unknown. */
export async function commitWrite(connection: PooledSession, limits: RunLimits): Promise<void> {
  let cause: unknown;
  try {
    const { stopped } = await connection.runBatch(COMMIT_WRITE, limits);
    if (stopped === undefined) return;
  } catch (error) {
    if ((error as { number?: unknown }).number === TRANSACTION_ENDED) throw transactionEnded(error);
    cause = translateSqlError(error);
    if ((cause as AppError).code !== 'DATABASE_UNAVAILABLE') throw error;
  }
  throw new AppError(
    'DATABASE_UNAVAILABLE',
    'The database did not confirm the commit: the change may have been made.',
    {
      hint: 'Check whether the change was made before you try again.',
      cause,
    },
  );
}

async function undoWrite(connection: PooledSession, limits: RunLimits): Promise<void> {
  try {
    assertFinished(await connection.runBatch(UNDO_WRITE, limits), limits);
  } catch (error) {
    throw (error as { number?: unknown }).number === TRANSACTION_ENDED ? transactionEnded(error) : error;
  }
}

function transactionEnded(cause: unknown): AppError {
  return new AppError('SQL_ERROR', 'The statement ended its transaction by itself.', {
    hint: 'Check whether its changes were made. A trigger may have committed or rolled back the transaction.',
    details: { number: TRANSACTION_ENDED },
    cause,
  });
}

function sameCounts(expected: readonly number[] | undefined, found: readonly number[]): boolean {
  return expected === undefined || (expected.length === found.length && expected.every((n, i) => n === found[i]));
}
