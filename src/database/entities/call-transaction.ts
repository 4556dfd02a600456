import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../call-context.js';
import { costLimitOf } from '../connection/cost-guard.js';
import { beginWrite, claimOf, ROLLBACK_WRITE, writeBatch } from '../connection/session-batch.js';
import type { Lease, SessionPool } from '../connection/session-pool.js';
import { assertInCodePage } from '../driver/code-page-parameters.js';
import type { RunLimits } from '../driver/session-request.js';
import type { AdmittedStatement } from '../policy/admitted-statement.js';
import type { DatabaseReach } from '../query/database-reach.js';
import { RowLimiter } from '../query/row-limiter.js';
import { assertContext, assertFinished } from '../query/session-checks.js';
import type { StatementJob } from '../query/statement-runner.js';
import type { TypedParameter } from '../driver/parameters.js';
import { commitWrite } from '../query/write-transaction.js';
import { translateSqlError } from '../sql-server.errors.js';

type State = 'open' | 'failed' | 'expired' | 'aborted' | 'ended';

/**
 * A transaction of several statements, which holds one session from its first statement to its end, for at most the
 * tenant's `queryTimeoutMs`. When a statement fails, the time is over or the call is aborted, it is rolled back at once.
 */
export class CallTransaction {
  private state: State = 'open';
  private opened: Promise<Lease> | undefined;
  private closed: Promise<void> | undefined;
  private deadline = 0;
  private timer: NodeJS.Timeout | undefined;
  private contextIsSet = false;
  private changes = false;
  /** A statement failed that may have changed data: its trigger may have committed. */
  private isInDoubt = false;
  private readonly onAbort = (): void => this.giveUp('aborted');

  /** `isolation` is a statement that sets the isolation level, or ''. `onChange` is called after a transaction that may have changed data. */
  constructor(
    private readonly sessions: SessionPool,
    private readonly reach: DatabaseReach,
    private readonly call: CallContext,
    private readonly isolation: string,
    private readonly onChange: () => Promise<void>,
  ) {}

  get holdsSession(): boolean {
    return this.opened !== undefined;
  }

  /** Runs an admitted statement. One at a time. Throws AppError, PreambleError or a driver's error. */
  async run(
    admitted: AdmittedStatement,
    parameters: readonly TypedParameter[],
    { sink, limits, cells }: StatementJob,
    changes: boolean,
  ): Promise<RowLimiter> {
    const { text, isolation, warnings } = admitted.runnable;
    this.assertOpen();
    if (isolation !== '') throw isolationTooLate();
    try {
      const { connection, capabilities } = await (this.opened ??= this.open());
      this.assertOpen();
      this.reach.assertConfirmed(admitted, this.call);
      assertInCodePage(parameters, connection.collation);
      const batch = writeBatch(text, parameters, this.call.principal, capabilities, this.contextIsSet);
      const response = new RowLimiter(sink, limits).warn(warnings);
      this.changes ||= changes;
      const outcome = await connection.run(batch, response, { ...this.limits(), cells });
      assertFinished(outcome, { timeoutMs: this.call.tenant.config.limits.queryTimeoutMs }, 'QUERY_TIMEOUT_MS');
      this.contextIsSet = true;
      if (outcome.stopped !== undefined) this.giveUp('failed');
      return response;
    } catch (error) {
      this.isInDoubt = this.changes;
      // Most errors have ended the transaction in the server (XACT_ABORT), and later statements would commit alone.
      this.giveUp('failed');
      throw error;
    }
  }

  /** Rolls back, and makes every further statement and the commit fail. */
  fail(): void {
    this.giveUp('failed');
  }

  /** Throws AppError; then nothing was committed, or the message says that the outcome is unknown. */
  async commit(): Promise<void> {
    this.assertOpen();
    this.state = 'ended';
    await this.close(this.changes);
  }

  /** Never rejects. */
  async rollback(): Promise<void> {
    if (this.state === 'open') this.state = 'ended';
    await this.close(false).catch(() => {});
  }

  private async open(): Promise<Lease> {
    const { call } = this;
    const { limits, readOnly } = call.tenant.config;
    const lease = await this.sessions.acquire(call.tenant, call.principal.subject, call.signal, {
      costLimit: costLimitOf(call),
    });
    try {
      const { connection, capabilities } = lease;
      assertContext(call, capabilities);
      await connection.claim({ ...claimOf(call.principal, capabilities), anew: true });
      this.deadline = performance.now() + limits.queryTimeoutMs;
      const settings = readOnly ? capabilities.settings : capabilities.writeSettings;
      const begun = await connection.runBatch(beginWrite(settings + this.isolation), this.limits());
      assertFinished(begun, { timeoutMs: limits.queryTimeoutMs }, 'QUERY_TIMEOUT_MS');
    } catch (error) {
      release(lease);
      throw error;
    }
    this.timer = setTimeout(() => this.giveUp('expired'), limits.queryTimeoutMs);
    call.signal.addEventListener('abort', this.onAbort, { once: true });
    return lease;
  }

  private limits(): RunLimits {
    const timeoutMs = Math.max(1, Math.ceil(this.deadline - performance.now()));
    return { timeoutMs, signal: this.call.signal, cells: { maxBytes: 100, cutCells: 0 } };
  }

  private giveUp(state: 'failed' | 'expired' | 'aborted'): void {
    if (this.state !== 'open') return;
    this.state = state;
    void this.close(false).catch(() => {});
  }

  private close(commit: boolean): Promise<void> {
    return (this.closed ??= this.end(commit));
  }

  private async end(commit: boolean): Promise<void> {
    const lease = await this.opened?.catch(() => undefined);
    clearTimeout(this.timer);
    this.call.signal.removeEventListener('abort', this.onAbort);
    if (lease === undefined) return;
    // The end of the transaction is not cancelled, because its outcome would be unknown.
    const limits = {
      ...this.limits(),
      timeoutMs: this.call.tenant.config.limits.queryTimeoutMs,
      signal: new AbortController().signal,
    };
    try {
      if (commit) await commitWrite(lease.connection, limits);
      else await lease.connection.runBatch(ROLLBACK_WRITE, limits);
    } catch (error) {
      throw translateSqlError(error);
    } finally {
      release(lease);
      // After an error, too: it may be unknown whether the changes were made.
      if (commit || this.isInDoubt) await this.onChange();
    }
  }

  private assertOpen(): void {
    const { queryTimeoutMs } = this.call.tenant.config.limits;
    switch (this.state) {
      case 'open':
        return;
      case 'failed':
        throw new AppError('SQL_ERROR', 'The transaction was rolled back, because a part of it failed earlier.', {
          hint: 'Run all of its statements again, in a new transaction.',
        });
      case 'expired':
        throw new AppError(
          'TIMEOUT',
          `The transaction exceeded the time limit of ${queryTimeoutMs} ms and was rolled back.`,
          {
            hint: 'Do less in one transaction, and nothing in it that waits for something else than the database.',
          },
        );
      case 'aborted':
        throw new AppError('CANCELLED', 'The call was cancelled, and its transaction was rolled back.');
      case 'ended':
        throw new AppError('INTERNAL', 'The transaction of this EntityManager has ended.');
      default:
        this.state satisfies never;
    }
  }
}

/** A transaction may have set options of the session, so the next borrower begins with a reset. */
function release({ connection, release: giveBack }: Lease): void {
  connection.reset();
  giveBack();
}

function isolationTooLate(): AppError {
  return new AppError('STATEMENT_REFUSED', 'The isolation level of a transaction is set when it begins.', {
    hint: "Write manager.transaction('SERIALIZABLE', …).",
  });
}
