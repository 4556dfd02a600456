import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { ConnectionLender } from '../connection/connection-lender.js';
import { catalogEnvelope } from '../connection/envelope.js';
import type { RpcParameter } from '../driver/parameters.js';
import type { CellValue } from '../driver/result-set.js';
import { isTransient, translateSqlError } from '../sql-server.errors.js';

export type Rows = readonly (readonly CellValue[])[];

/** For whom it is read: each person has a fair turn at the connections. */
export interface Asker {
  readonly subject?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_CELL_BYTES = 64_000;
const MAX_ROWS = 200_000;

/** Runs batches of our own that read the catalogue; gives all their result sets. */
@Injectable()
export class CatalogReader {
  constructor(private readonly lender: ConnectionLender) {}

  async read(
    tenant: Tenant,
    batch: string,
    parameters: readonly RpcParameter[] = [],
    asker: Asker = {},
  ): Promise<readonly Rows[]> {
    try {
      return await this.attempt(tenant, batch, parameters, asker);
    } catch (error) {
      if (!isTransient(error) || asker.signal?.aborted === true) throw translateSqlError(error);
    }
    return this.attempt(tenant, batch, parameters, asker).catch((error: unknown) => {
      throw translateSqlError(error);
    });
  }

  private async attempt(
    tenant: Tenant,
    batch: string,
    parameters: readonly RpcParameter[],
    { signal = new AbortController().signal, subject = 'catalogue' }: Asker,
  ): Promise<readonly Rows[]> {
    const loan = await this.lender.lend(tenant, subject, signal);
    try {
      const sets: CellValue[][][] = [];
      let rows = 0;
      const outcome = await loan.connection.run(
        catalogEnvelope(batch, parameters, loan.abilities.settings),
        {
          columns: () => void sets.push([]),
          row: row => {
            sets[sets.length - 1]?.push(row);
            return ++rows > MAX_ROWS ? 'stop' : undefined;
          },
          done: () => {},
          message: () => {},
        },
        {
          timeoutMs: tenant.config.limits.queryTimeoutMs,
          signal,
          cells: { maxBytes: MAX_CELL_BYTES, cutCells: 0 },
        },
      );
      if (outcome.stopped === 'timeout') throw new AppError('TIMEOUT', 'Reading the catalogue took too long.');
      if (outcome.stopped === 'aborted') throw new AppError('CANCELLED', 'The call was cancelled.');
      return sets;
    } finally {
      loan.giveBack();
    }
  }
}
