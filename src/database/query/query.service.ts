import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { type CallContext, timeLimitMs } from '../call-context.js';
import { type TypedParameter, typedParameters } from '../driver/parameters.js';
import type { CellLimit } from '../driver/values/cut-text.js';
import type { CellValue, QueryResult, ResultColumn, TruncationReason } from '../driver/result-set.js';
import type { AdmittedStatement } from '../policy/admitted-statement.js';
import { StatementBatch } from '../policy/statement-batch.js';
import { CollectedRows } from './collected-rows.js';
import type { RowSink } from './row-limiter.js';
import { SnapshotIsolation } from './snapshot-isolation.js';
import type { SingleStatement, Statement } from './statement-reports.js';
import { type StatementJob, StatementRunner } from './statement-runner.js';
import { type RowConsumer, StreamSink } from './stream-sink.js';
import type { WriteEnding } from './write-transaction.js';

/** JSON values, or `{type, value}` to name the SQL type. */
export type QueryParameters = Readonly<Record<string, unknown>>;

export interface ReadOptions {
  readonly parameters?: QueryParameters | undefined;
  /** At most the tenant's `maxRows`, which is also the default. */
  readonly maxRows?: number | undefined;
  /** At most the tenant's `maxResultBytes`, which is also the default. */
  readonly maxBytes?: number | undefined;
  /** The longest text of a cell in bytes; default: the tenant's `maxCellBytes`. For few cells, because all are in memory. */
  readonly maxCellBytes?: number | undefined;
  /** The longest texts of a row are shortened until they have at most so many bytes together; default: they are not. */
  readonly maxRowBytes?: number | undefined;
  /** The number of rows of the first result set to skip, for the next page of the same statement. */
  readonly skipRows?: number | undefined;
  /**
   * Returns how many bytes of `maxBytes` a row uses; by default the length of its JSON. Called once per row, in order.
   */
  readonly measureRow?: (row: readonly CellValue[], columns: readonly ResultColumn[]) => number;
  /** The statement runs to its end, and rows beyond the limits are dropped: a procedure whose OUTPUT is wanted. */
  readonly drain?: boolean;
  /** Parameters that have their types already. They come after `parameters`. */
  readonly typed?: readonly TypedParameter[];
  /** Limits that replace the tenant's limits of a call, for a file. Only `stream` uses them. */
  readonly file?: FileLimits;
}

export interface FileLimits {
  readonly maxRows: number;
  readonly timeoutMs: number;
  /** The setting that `timeoutMs` comes from, for the error; by default that of the tenant's statements. */
  readonly timeSetting?: string;
  /** The limit of each cell; `cutCells` counts while the rows arrive. */
  readonly cells: CellLimit;
}

export interface StreamSummary {
  readonly rows: number;
  readonly bytes: number;
  readonly truncatedBy?: TruncationReason;
  readonly affectedRows: readonly number[];
  readonly messages: readonly string[];
}

export type WriteOptions = WriteEnding &
  Pick<ReadOptions, 'parameters' | 'typed' | 'maxRows' | 'measureRow' | 'maxRowBytes'>;

export interface WriteResult extends QueryResult {
  readonly committed: boolean;
  /** For the next run of the same statement in this call, which needs no second judgement. */
  readonly statement: AdmittedStatement;
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
    private readonly runner: StatementRunner,
    private readonly snapshots: SnapshotIsolation,
  ) {}

  /** Runs one reading statement and collects its rows up to the limits. */
  async read(statement: SingleStatement, call: CallContext, options: ReadOptions = {}): Promise<QueryResult> {
    const rows = new CollectedRows(options.measureRow ?? jsonBytes, options.maxRowBytes);
    const job = jobOf(statement, call, rows, options);
    const response = await this.runner.read(job);
    if (response.truncatedBy === 'bytes' && response.rows === 0) throw rowTooLarge(call.tenant);
    return rows.result(response);
  }

  /**
   * Runs one reading statement and passes its rows on as they arrive; memory use stays constant. When the consumer
   * throws or rejects, the statement is cancelled and the stream rejects with the consumer's own error.
   */
  stream(
    statement: SingleStatement,
    call: CallContext,
    consumer: RowConsumer,
    options: ReadOptions = {},
  ): Promise<StreamSummary> {
    return this.streamed(statement, call, consumer, options);
  }

  /**
   * Streams the rows of several reading statements, one after the other on one session. Where the database allows it, all
   * of them read it as it was at one moment (`snapshot`); otherwise each reads what is committed when it runs.
   */
  async streamTogether(
    statements: readonly string[],
    call: CallContext,
    consumer: RowConsumer,
    options: ReadOptions = {},
  ): Promise<StreamSummary & { readonly snapshot: boolean }> {
    const snapshot = await this.snapshots.isAllowed(call);
    const batch = new StatementBatch(statements, snapshot ? 'SET TRANSACTION ISOLATION LEVEL SNAPSHOT;' : '');
    return { ...(await this.streamed(batch, call, consumer, options)), snapshot };
  }

  /** Runs any statement that the write policy allows in one transaction. It is never retried. */
  async write(statement: SingleStatement, call: CallContext, options: WriteOptions = {}): Promise<WriteResult> {
    const rows = new CollectedRows(options.measureRow ?? jsonBytes, options.maxRowBytes);
    const job = jobOf(statement, call, rows, options);
    const { response, committed, statement: admitted } = await this.runner.write(job, options);
    return { ...rows.result(response), committed, statement: admitted };
  }

  private async streamed(
    statement: Statement,
    call: CallContext,
    consumer: RowConsumer,
    options: ReadOptions,
  ): Promise<StreamSummary> {
    const response = await this.runner.read(jobOf(statement, call, new StreamSink(consumer), options));
    const { rows, bytes, truncatedBy, affectedRows, messages } = response;
    return { rows, bytes, affectedRows, messages, ...(truncatedBy === undefined ? {} : { truncatedBy }) };
  }
}

function jobOf<S extends Statement>(
  statement: S,
  call: CallContext,
  sink: RowSink,
  options: ReadOptions,
): StatementJob<S> {
  const parameters = () => [...typedParameters(options.parameters), ...(options.typed ?? [])];
  if (options.file !== undefined) {
    const { maxRows, timeoutMs, timeSetting, cells } = options.file;
    return {
      statement,
      call,
      sink,
      parameters,
      limits: { maxRows, maxBytes: Infinity, skipRows: 0 },
      timeoutMs,
      ...(timeSetting === undefined ? {} : { timeSetting }),
      cells,
    };
  }
  const { maxRows, maxResultBytes, maxSkipRows, maxCellBytes } = call.tenant.config.limits;
  return {
    statement,
    call,
    sink,
    parameters,
    limits: {
      maxRows: Math.min(options.maxRows ?? maxRows, maxRows),
      maxBytes: Math.min(options.maxBytes ?? maxResultBytes, maxResultBytes),
      skipRows: Math.min(options.skipRows ?? 0, maxSkipRows),
      ...(options.drain === true ? { drain: true } : {}),
    },
    timeoutMs: timeLimitMs(call),
    cells: { maxBytes: options.maxCellBytes ?? maxCellBytes, cutCells: 0 },
  };
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
