import { Injectable } from '@nestjs/common';
import type { CallContext } from './call-context.js';
import type { CellValue, QueryResult, ResultColumn, TruncationReason } from './result-set.js';

/** JSON values, or `{type, value}` to say the SQL type. */
export type QueryParameters = Readonly<Record<string, unknown>>;

export interface ReadOptions {
  readonly parameters?: QueryParameters;
  /** At most the tenant's `maxRows`, which is also the default. */
  readonly maxRows?: number;
  /** At most the tenant's `maxResultBytes`, which is also the default. */
  readonly maxBytes?: number;
  /** Rows of the first result set to read past: the next page of the same statement. */
  readonly skipRows?: number;
  /** What a row costs of `maxBytes`; the length of its JSON by default. */
  readonly rowBytes?: (row: readonly CellValue[], columns: readonly ResultColumn[]) => number;
}

/** Takes rows as they come; a result set is announced by its columns. */
export interface RowConsumer {
  columns(columns: readonly ResultColumn[]): void;
  /** Returns the bytes it took. A promise holds the stream back until it resolves. */
  row(row: readonly CellValue[]): number | Promise<number>;
}

export interface StreamSummary {
  readonly rows: number;
  readonly bytes: number;
  readonly truncatedBy?: TruncationReason;
  readonly affectedRows: readonly number[];
  readonly messages: readonly string[];
}

export interface WriteOptions {
  readonly parameters?: QueryParameters;
  /** Runs the statement, counts, and rolls back. */
  readonly dryRun?: boolean;
  /** Commits only when the statement changes exactly these numbers of rows, else rolls back (`committed: false`). */
  readonly expectedRows?: readonly number[];
  readonly maxRows?: number;
}

export interface WriteResult extends QueryResult {
  readonly committed: boolean;
}

/**
 * Runs statements for a caller: policy, fair turn, borrowed connection, one round trip, limits while streaming.
 * Everything has a time limit; aborting the call's signal cancels the statement in the server.
 * Throws AppError READ_ONLY_VIOLATION, INVALID_ARGUMENT, SQL_ERROR, PERMISSION_DENIED, TIMEOUT, CANCELLED,
 * DATABASE_UNAVAILABLE.
 */
@Injectable()
export class QueryService {
  /** One reading statement, its rows collected up to the limits. */
  async read(_statement: string, _call: CallContext, _options: ReadOptions = {}): Promise<QueryResult> {
    throw new Error('being written');
  }

  /** One reading statement, its rows handed on as they come; memory stays flat. */
  async stream(
    _statement: string,
    _call: CallContext,
    _consumer: RowConsumer,
    _options: ReadOptions = {},
  ): Promise<StreamSummary> {
    throw new Error('being written');
  }

  /** Any statement, in one transaction, in a tenant that may write. Never retried. */
  async write(_statement: string, _call: CallContext, _options: WriteOptions = {}): Promise<WriteResult> {
    throw new Error('being written');
  }
}
