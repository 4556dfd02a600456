import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { SessionPool } from './session-pool.js';
import { retryOnce } from './retry-once.js';
import { catalogBatch } from './session-batch.js';
import type { RpcParameter } from '../driver/parameters.js';
import type { CellValue } from '../driver/result-set.js';
import { translateSqlError } from '../sql-server.errors.js';

export type Rows = readonly (readonly CellValue[])[];

export interface CatalogAnswer {
  readonly sets: readonly Rows[];
  /** The limit of rows was reached: rows, and perhaps later result sets, are missing. */
  readonly cut: boolean;
}

/** For whom the catalogue is read: the fair queue serves each subject in turn. */
export interface Requester {
  readonly subject?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** One of the tenant's `databases`, as its settings spell it; absent: the tenant's own. */
  readonly database?: string | undefined;
  /** Longer cells are cut; 64,000 bytes by default. */
  readonly maxCellBytes?: number | undefined;
}

const MAX_CELL_BYTES = 64_000;
/** Rows of one batch, of all its result sets together. */
export const MAX_CATALOG_ROWS = 200_000;

/**
 * Runs our own batches that read the catalogue, and returns all of their result sets. A transient error is retried
 * once.
 */
@Injectable()
export class CatalogRunner {
  constructor(private readonly sessions: SessionPool) {}

  async read(
    tenant: Tenant,
    batch: string,
    parameters: readonly RpcParameter[] = [],
    requester: Requester = {},
    maxRows = MAX_CATALOG_ROWS,
  ): Promise<CatalogAnswer> {
    try {
      return await retryOnce({ signal: requester.signal }, fresh =>
        this.attempt(tenant, batch, parameters, requester, maxRows, fresh),
      );
    } catch (error) {
      throw translateSqlError(error);
    }
  }

  private async attempt(
    tenant: Tenant,
    batch: string,
    parameters: readonly RpcParameter[],
    {
      signal = new AbortController().signal,
      subject = 'catalogue',
      database,
      maxCellBytes = MAX_CELL_BYTES,
    }: Requester,
    maxRows: number,
    fresh: boolean,
  ): Promise<CatalogAnswer> {
    const lease = await this.sessions.acquire(tenant, subject, signal, { fresh });
    try {
      const sets: CellValue[][][] = [];
      let rows = 0;
      let cut = false;
      const outcome = await lease.connection.run(
        catalogBatch(batch, parameters, lease.capabilities, database),
        {
          columns: () => void sets.push([]),
          row: row => {
            cut = ++rows > maxRows;
            if (cut) return 'stop';
            sets[sets.length - 1]?.push(row);
            return undefined;
          },
          done: () => {},
          message: () => {},
        },
        {
          timeoutMs: tenant.config.limits.queryTimeoutMs,
          signal,
          cells: { maxBytes: maxCellBytes, cutCells: 0 },
        },
      );
      if (outcome.stopped === 'timeout') throw new AppError('TIMEOUT', 'Reading the catalogue took too long.');
      if (outcome.stopped === 'aborted') throw new AppError('CANCELLED', 'The call was cancelled.');
      return { sets, cut };
    } finally {
      lease.release();
    }
  }
}
