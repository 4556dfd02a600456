import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { CallContext } from '../call-context.js';
import { SessionPool, type Lease } from '../connection/session-pool.js';
import { claimOf, readBatch } from '../connection/session-batch.js';
import { type TypedParameter, typedParameters } from '../driver/parameters.js';
import { AuthorTexts } from './author-texts.js';
import { DatabaseReach } from './database-reach.js';
import { logEngineError } from './engine-errors.js';
import type { PooledSession } from '../driver/pooled-session.js';
import type { RunLimits, RunOutcome } from '../driver/session-request.js';
import { PreambleError } from '../preamble-error.js';
import { CollectedRows, RowLimiter, type RowSink } from './row-limiter.js';
import type { CellValue, QueryResult, ResultColumn, TruncationReason } from '../driver/result-set.js';
import { assertContext, assertFinished } from './session-checks.js';
import { blamesConnection, isTransient, translateSqlError } from '../sql-server.errors.js';
import type { AdmittedStatement, RunnableText } from '../policy/admitted-statement.js';
import { StatementPolicy } from '../policy/statement-policy.js';
import type { StatementKind } from '../statement-report.js';
import { ReportedStatement } from './reported-statement.js';
import { ConsumerFailure, type RowConsumer, StreamSink } from './stream-sink.js';
import type { CellLimit } from '../driver/values/cut-text.js';
import { runWrite, type WriteEnding } from './write-transaction.js';

/** JSON values, or `{type, value}` to name the SQL type. */
export type QueryParameters = Readonly<Record<string, unknown>>;

export interface ReadOptions {
  readonly parameters?: QueryParameters | undefined;
  /** At most the tenant's `maxRows`, which is also the default. */
  readonly maxRows?: number | undefined;
  /** At most the tenant's `maxResultBytes`, which is also the default. */
  readonly maxBytes?: number | undefined;
  /** The number of rows of the first result set to skip, for the next page of the same statement. */
  readonly skipRows?: number | undefined;
  /**
   * Returns how many bytes of `maxBytes` a row uses; by default the length of its JSON. Called once per row, in order.
   */
  readonly measureRow?: (row: readonly CellValue[], columns: readonly ResultColumn[]) => number;
}

export interface StreamSummary {
  readonly rows: number;
  readonly bytes: number;
  readonly truncatedBy?: TruncationReason;
  readonly affectedRows: readonly number[];
  readonly messages: readonly string[];
}

export type WriteOptions = WriteEnding & Pick<ReadOptions, 'parameters' | 'maxRows' | 'measureRow'>;

export interface WriteResult extends QueryResult {
  readonly committed: boolean;
  /** For the next run of the same statement in this call, which needs no second judgement. */
  readonly statement: AdmittedStatement;
}

/** A text, which the policy judges first, or a statement that it has admitted in this call. */
export type Statement = string | AdmittedStatement;

interface Finished {
  readonly response: RowLimiter;
  readonly cells: CellLimit;
}

/**
 * Runs statements for a caller: policy, fair turn, borrowed connection, one round trip, limits while streaming.
 * Everything has a time limit; aborting the call's signal cancels the statement in the server.
 * Throws AppError READ_ONLY_VIOLATION, STATEMENT_REFUSED, INVALID_ARGUMENT, SQL_ERROR, PERMISSION_DENIED, TIMEOUT,
 * CANCELLED, RESULT_TOO_LARGE, DATABASE_UNAVAILABLE.
 */
@Injectable()
export class QueryService {
  constructor(
    private readonly policy: StatementPolicy,
    private readonly sessions: SessionPool,
    private readonly authors: AuthorTexts,
    private readonly reach: DatabaseReach,
  ) {}

  /** Runs one reading statement and collects its rows up to the limits. */
  async read(statement: Statement, call: CallContext, options: ReadOptions = {}): Promise<QueryResult> {
    const rows = new CollectedRows(options.measureRow ?? jsonBytes);
    const { response, cells } = await this.runRead(statement, call, rows, options);
    if (response.truncatedBy === 'bytes' && response.rows === 0) throw rowTooLarge(call.tenant);
    return rows.result(response, cells.cutCells);
  }

  /**
   * Runs one reading statement and passes its rows on as they arrive; memory use stays constant. When the consumer
   * throws or rejects, the statement is cancelled and the stream rejects with the consumer's own error.
   */
  async stream(
    statement: Statement,
    call: CallContext,
    consumer: RowConsumer,
    options: ReadOptions = {},
  ): Promise<StreamSummary> {
    const { response } = await this.runRead(statement, call, new StreamSink(consumer), options);
    const { rows, bytes, truncatedBy, affectedRows, messages } = response;
    return { rows, bytes, affectedRows, messages, ...(truncatedBy === undefined ? {} : { truncatedBy }) };
  }

  /** Runs any statement that the write policy allows in one transaction. It is never retried. */
  async write(statement: Statement, call: CallContext, options: WriteOptions = {}): Promise<WriteResult> {
    const kind = options.dryRun === true ? 'dry_run' : 'write';
    return this.reported(kind, statement, call, options.parameters, async (parameters, report) => {
      const admitted = this.admitted(statement, 'write', call);
      await this.reach.assertInside(admitted, call);
      report.allowed = true;
      const rows = new CollectedRows(options.measureRow ?? jsonBytes);
      const limits = { ...limitsOf(call.tenant, options), drain: true };
      const response = new RowLimiter(rows, limits).warn(admitted.runnable.warnings);
      const cells = cellLimit(call.tenant);
      const committed = await this.lent(admitted, call, lease =>
        runWrite(admitted.runnable, parameters, call, options, { response, cells }, lease),
      );
      report.take(response);
      return { ...rows.result(response, cells.cutCells), committed, statement: admitted };
    });
  }

  private runRead(statement: Statement, call: CallContext, sink: RowSink, options: ReadOptions): Promise<Finished> {
    return this.reported('read', statement, call, options.parameters, async (parameters, report) => {
      const admitted = this.admitted(statement, 'read', call);
      await this.reach.assertInside(admitted, call);
      const { runnable } = admitted;
      report.allowed = true;
      for (let attempt = 1, fresh = false; ; attempt++) {
        const limits = limitsOf(call.tenant, options);
        const response = new RowLimiter(sink, limits, rows => call.progress?.(rows)).warn(runnable.warnings);
        try {
          const use = (lease: Lease) => this.attemptRead(runnable, parameters, call, response, lease);
          const cells = await this.lent(admitted, call, use, fresh);
          report.take(response);
          return { response, cells };
        } catch (error) {
          // A read is retried once, and only if nothing was delivered.
          if (attempt > 1 || response.delivered || call.signal.aborted || !isTransient(error)) throw error;
          fresh = blamesConnection(error);
        }
      }
    });
  }

  private admitted(statement: Statement, kind: AdmittedStatement['kind'], call: CallContext): AdmittedStatement {
    if (typeof statement !== 'string' && statement.kind === kind && statement.isFor(call)) return statement;
    return kind === 'read'
      ? this.policy.admitRead(textOf(statement), call)
      : this.policy.admitWrite(textOf(statement), call);
  }

  private async attemptRead(
    { text, isolation, setsOptions }: RunnableText,
    parameters: readonly TypedParameter[],
    call: CallContext,
    response: RowLimiter,
    lease: Lease,
  ): Promise<CellLimit> {
    const cells = cellLimit(call.tenant);
    const { connection, capabilities } = lease;
    assertContext(call, capabilities);
    const {
      before,
      statement: rpc,
      after,
    } = readBatch(text, parameters, call.principal, {
      // It must neither use nor leave settings that outlive a call.
      reuse: await connection.claim({ ...claimOf(call.principal, capabilities), anew: setsOptions }),
      isolation,
      capabilities,
      transaction: lease.canWrite && capabilities.transactions ? 'rollback' : 'none',
    });
    const limits = { timeoutMs: call.tenant.config.limits.queryTimeoutMs, signal: call.signal, cells };
    if (before !== '') assertFinished(await prepare(connection, before, limits), call);
    const outcome = await connection.run(rpc, response, limits);
    assertFinished(outcome, call);
    if (outcome.stopped !== undefined) return cells;
    if (after !== '') assertFinished(await connection.runBatch(after, limits), call);
    // A statement that the policy allows leaves no state in the session, apart from the settings in front of it.
    if (setsOptions) connection.reset();
    else connection.markClean(capabilities.settings);
    return cells;
  }

  private async lent<T>(
    statement: AdmittedStatement,
    call: CallContext,
    use: (lease: Lease) => Promise<T>,
    fresh = false,
  ): Promise<T> {
    const lease = await this.sessions.acquire(call.tenant, call.principal.subject, call.signal, { fresh });
    try {
      this.reach.assertConfirmed(statement, call);
      return await use(lease);
    } finally {
      lease.release();
    }
  }

  private async reported<T>(
    kind: StatementKind,
    statement: Statement,
    call: CallContext,
    given: QueryParameters | undefined,
    run: (parameters: readonly TypedParameter[], report: ReportedStatement) => Promise<T>,
  ): Promise<T> {
    const report = new ReportedStatement(kind, textOf(statement));
    try {
      const parameters = typedParameters(given);
      report.parameterTypes = Object.fromEntries(parameters.map(p => [p.name, p.declaration]));
      return await run(parameters, report);
    } catch (error) {
      if (error instanceof ConsumerFailure) {
        report.failed(error.reported);
        throw error.thrown;
      }
      const shown = await this.authors.areShown(error, call);
      if (!shown) logEngineError(error, call);
      const translated = withinText(translateSqlError(error, shown), textOf(statement));
      report.failed(translated);
      throw translated;
    } finally {
      call.report?.(report.summary());
    }
  }
}

/** The statements before the caller's, where the server needs a request of its own for them. */
async function prepare(connection: PooledSession, before: string, limits: RunLimits): Promise<RunOutcome> {
  try {
    return await connection.runBatch(before, limits);
  } catch (error) {
    throw new PreambleError(error);
  }
}

function textOf(statement: Statement): string {
  return typeof statement === 'string' ? statement : statement.given;
}

/** A line beyond the caller's text belongs to what the server sends around it. */
function withinText(error: AppError, statement: string): AppError {
  const { line, ...details } = error.details ?? {};
  if (typeof line !== 'number' || line <= statement.split('\n').length) return error;
  const { code, message, hint, cause } = error;
  return new AppError(code, message, { details, cause, ...(hint === undefined ? {} : { hint }) });
}

function limitsOf(tenant: Tenant, options: ReadOptions): { maxRows: number; maxBytes: number; skipRows: number } {
  const { maxRows, maxResultBytes, maxSkipRows } = tenant.config.limits;
  return {
    maxRows: Math.min(options.maxRows ?? maxRows, maxRows),
    maxBytes: Math.min(options.maxBytes ?? maxResultBytes, maxResultBytes),
    skipRows: Math.min(options.skipRows ?? 0, maxSkipRows),
  };
}

function cellLimit(tenant: Tenant): CellLimit {
  return { maxBytes: tenant.config.limits.maxCellBytes, cutCells: 0 };
}

function jsonBytes(row: readonly CellValue[]): number {
  return Buffer.byteLength(JSON.stringify(row)) + 1;
}

function rowTooLarge(tenant: Tenant): AppError {
  return new AppError(
    'RESULT_TOO_LARGE',
    `One row is larger than a result may be (${tenant.config.limits.maxResultBytes} bytes).`,
    { hint: 'Select fewer columns, or SUBSTRING of the long ones.' },
  );
}
