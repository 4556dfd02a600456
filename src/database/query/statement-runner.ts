import { Injectable } from '@nestjs/common';
import type { CallContext } from '../call-context.js';
import { SessionPool, type Lease } from '../connection/session-pool.js';
import { costLimitOf } from '../connection/cost-guard.js';
import { retryOnce } from '../connection/retry-once.js';
import { claimOf, readBatch } from '../connection/session-batch.js';
import { assertInCodePage } from '../driver/code-page-parameters.js';
import type { TypedParameter } from '../driver/parameters.js';
import type { CellLimit } from '../driver/values/cut-text.js';
import type { AdmittedStatement, RunnableText } from '../policy/admitted-statement.js';
import { StatementBatch } from '../policy/statement-batch.js';
import { StatementPolicy } from '../policy/statement-policy.js';
import { asPreamble } from '../preamble-error.js';
import { QueryEvents } from '../query-events.js';
import { handlerOf } from './ending-row.js';
import { DatabaseReach } from './database-reach.js';
import { inTurn, type LongTurn } from './long-turn.js';
import { RowLimiter, type RowLimits, type RowSink } from './row-limiter.js';
import {
  assertCanCall,
  assertContext,
  assertFinished,
  assertMayChange,
  isModuleChange,
  moduleChanged,
} from './session-checks.js';
import { type SingleStatement, type Statement, StatementReports, textOf } from './statement-reports.js';
import { runWrite, type WriteEnding } from './write-transaction.js';

/** A statement to run: whose it is, and where its rows go. */
export interface StatementJob<S extends Statement = SingleStatement> {
  readonly statement: S;
  readonly call: CallContext;
  /** Throws AppError INVALID_ARGUMENT, which the report of the statement then has. */
  parameters(): readonly TypedParameter[];
  readonly sink: RowSink;
  readonly limits: RowLimits;
  readonly timeoutMs: number;
  /** The setting that `timeoutMs` comes from, for the error; by default that of the tenant's statements. */
  readonly timeSetting?: string;
  readonly cells: CellLimit;
}

export interface FinishedWrite {
  readonly response: RowLimiter;
  readonly committed: boolean;
  readonly statement: AdmittedStatement;
}

/**
 * Runs one statement on a pooled session of its own: policy, fair turn, borrowed session, one round trip, limits while
 * the rows arrive, one report. Throws AppError.
 */
@Injectable()
export class StatementRunner {
  constructor(
    private readonly policy: StatementPolicy,
    private readonly sessions: SessionPool,
    private readonly reports: StatementReports,
    private readonly reach: DatabaseReach,
    private readonly events: QueryEvents,
  ) {}

  /** Runs one reading statement. A transient error is retried once, if no row was delivered. */
  read(job: StatementJob<Statement>): Promise<RowLimiter> {
    const { statement, call } = job;
    return this.reports.of('read', job, async (parameters, report) => {
      const admitted =
        statement instanceof StatementBatch
          ? this.policy.admitReads(statement, call)
          : this.admitted(statement, 'read', call);
      await this.reach.assertInside(admitted, call);
      report.allowed = true;
      const response = await inTurn(call, this.sessions, turn => this.tryRead(admitted, parameters, job, turn));
      report.take(response);
      return response;
    });
  }

  /** Runs any statement that the write policy allows, in one transaction. It is never retried. */
  write(job: StatementJob, ending: WriteEnding): Promise<FinishedWrite> {
    const { call, sink, limits, cells } = job;
    const kind = ending.dryRun === true ? 'dry_run' : 'write';
    return this.reports.of(kind, job, async (parameters, report) => {
      const statement = this.admitted(job.statement, 'write', call);
      assertMayChange(call);
      await this.reach.assertInside(statement, call);
      report.allowed = true;
      const response = new RowLimiter(sink, { ...limits, cells, drain: true }).warn(statement.runnable.warnings);
      let undone = false;
      try {
        const committed = await inTurn(call, this.sessions, turn =>
          this.lent(statement, call, lease =>
            turn.attempt(never, signal =>
              runWrite(statement.runnable, parameters, { ...call, signal }, ending, { response, cells }, lease),
            ),
          ),
        );
        undone = !committed;
        report.take(response);
        return { response, committed, statement };
      } finally {
        // After an error, too: it may be unknown whether the change was made, and a trigger can commit a dry run.
        if (!undone) await this.changed(call);
      }
    });
  }

  private async tryRead(
    admitted: AdmittedStatement,
    parameters: readonly TypedParameter[],
    job: StatementJob<Statement>,
    turn: LongTurn,
  ): Promise<RowLimiter> {
    const { call, sink, limits, cells } = job;
    const { runnable } = admitted;
    let response: RowLimiter;
    const isRepeatable = (): boolean => !response.delivered;
    const read = (lease: Lease): Promise<void> =>
      turn.attempt(isRepeatable, signal => this.attemptRead(runnable, parameters, job, response, lease, signal));
    try {
      return await retryOnce({ signal: call.signal, isRepeatable }, async fresh => {
        response = new RowLimiter(sink, { ...limits, cells }, rows => call.progress?.(rows)).warn(runnable.warnings);
        await this.lent(admitted, call, read, fresh);
        return response;
      });
    } catch (error) {
      throw isModuleChange(error) ? moduleChanged(error) : error;
    }
  }

  /** A transaction that did not run here was committed, or may have been. */
  changed(call: CallContext): Promise<void> {
    return this.events.changed(call.tenant);
  }

  private admitted(statement: SingleStatement, kind: AdmittedStatement['kind'], call: CallContext): AdmittedStatement {
    if (typeof statement !== 'string' && statement.kind === kind && statement.isFor(call)) return statement;
    return kind === 'read'
      ? this.policy.admitRead(textOf(statement), call)
      : this.policy.admitWrite(textOf(statement), call);
  }

  private async attemptRead(
    { text, isolation, setsOptions, together, module }: RunnableText,
    parameters: readonly TypedParameter[],
    { call, timeoutMs, timeSetting, cells }: StatementJob<Statement>,
    response: RowLimiter,
    lease: Lease,
    signal: AbortSignal,
  ): Promise<void> {
    const { connection, capabilities } = lease;
    assertContext(call, capabilities);
    if (module !== undefined) assertCanCall(capabilities);
    // A procedure can do what the login can't (ownership chaining), so its changes are undone whatever the login may do.
    const undo = capabilities.transactions && (lease.canWrite || together || module !== undefined);
    assertInCodePage(parameters, connection.collation);
    const {
      before,
      statement: rpc,
      after,
    } = readBatch(text, parameters, call.principal, {
      // It must neither use nor leave settings that outlive a call.
      reuse: await connection.claim({ ...claimOf(call.principal, capabilities), anew: setsOptions }),
      isolation,
      capabilities,
      transaction: undo ? 'rollback' : 'none',
    });
    const limits = { timeoutMs, signal, cells };
    if (before !== '') assertFinished(await asPreamble(connection.runBatch(before, limits)), limits, timeSetting);
    const outcome = await connection.run(rpc, handlerOf(module, response), limits);
    assertFinished(outcome, limits, timeSetting);
    if (outcome.stopped !== undefined) return;
    if (after !== '') assertFinished(await connection.runBatch(after, limits), limits, timeSetting);
    // A statement that the policy allows leaves no state in the session, apart from the settings in front of it.
    if (setsOptions) connection.reset();
    else connection.markClean(capabilities.settings);
  }

  private async lent<T>(
    statement: AdmittedStatement,
    call: CallContext,
    use: (lease: Lease) => Promise<T>,
    fresh = false,
  ): Promise<T> {
    const lease = await this.sessions.acquire(call.tenant, call.principal.subject, call.signal, {
      fresh,
      waitMs: call.patience?.limitMs,
      costLimit: costLimitOf(call),
    });
    try {
      this.reach.assertConfirmed(statement, call);
      return await use(lease);
    } finally {
      lease.release();
    }
  }
}

const never = (): boolean => false;
