import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { CatalogAttempts } from '../../database/catalog/catalog-attempts.js';
import { CatalogRunner, type Requester, type Rows } from '../../database/connection/catalog-runner.js';
import { int, type RpcParameter } from '../../database/driver/parameters.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { histogramsOf, TEXT_STATISTICS } from './value-queries.js';
import { type ColumnValues, MAX_VALUE_LENGTH } from './value.types.js';

/** A column whose values may be read, by its ids in the catalogue. */
export interface ReadableColumn {
  readonly object: number;
  readonly column: number;
  readonly objectId: number;
  readonly name: string;
}

/** Statistics of one round trip. */
const BATCH = 25;

/** Reads values from histograms, without a scan. SQL Server has them from 2016 SP1 CU2 on; elsewhere there are none. */
@Injectable()
export class StatisticsReader {
  private readonly attempts: CatalogAttempts;

  constructor(runner: CatalogRunner) {
    this.attempts = new CatalogAttempts(runner);
  }

  /**
   * Returns the values of those columns that `columnOf` finds by object_id and column_id, until `isEnough`. A login sees
   * no histogram of a column that it may not read.
   */
  async read(
    tenant: Tenant,
    requester: Requester,
    columnOf: (objectId: number, columnId: number) => ReadableColumn | undefined,
    isEnough: (values: number) => boolean,
  ): Promise<readonly ColumnValues[]> {
    const listed = (await this.attempts.attempt(tenant, TEXT_STATISTICS, [], requester, true))?.sets[0] ?? [];
    const wanted = listed.flatMap(([objectId, columnId, statsId]) => {
      const column = columnOf(Number(objectId), Number(columnId));
      return column === undefined ? [] : [{ ...column, statsId: Number(statsId) }];
    });
    const found = new Map<number, ColumnValues>();
    let count = 0;
    for (let at = 0; at < wanted.length && !isEnough(count); at += BATCH) {
      const batch = wanted.slice(at, at + BATCH);
      const parameters = batch.flatMap(({ objectId, statsId }, i) => [int(`o${i}`, objectId), int(`s${i}`, statsId)]);
      const rowsOfBatch = await this.histograms(tenant, histogramsOf(batch.length), parameters, requester);
      if (rowsOfBatch === undefined) break;
      const steps = Map.groupBy(rowsOfBatch, ([objectId, statsId]) => `${objectId}/${statsId}`);
      for (const column of batch) {
        const rows = steps.get(`${column.objectId}/${column.statsId}`);
        // Of several statistics of a column the first one with values is taken.
        if (rows === undefined || found.has(column.column)) continue;
        const values = valuesOf(column, rows);
        count += values.values.length;
        found.set(column.column, values);
      }
    }
    return [...found.values()];
  }

  /** Undefined when the server refuses it, or the time is over: what was read before is kept. */
  private async histograms(
    tenant: Tenant,
    text: string,
    parameters: readonly RpcParameter[],
    requester: Requester,
  ): Promise<Rows | undefined> {
    try {
      return (await this.attempts.attempt(tenant, text, parameters, requester, true))?.sets[0];
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }
}

function valuesOf({ object, column }: ReadableColumn, rows: Rows): ColumnValues {
  const [, , , updated, total, sampled] = rows[0] ?? [];
  const share = typeof total === 'number' && typeof sampled === 'number' && total > 0 ? sampled / total : undefined;
  return {
    object,
    column,
    values: rows.map(([, , value]) => String(value).trimEnd().slice(0, MAX_VALUE_LENGTH)).filter(value => value !== ''),
    source: 'statistics',
    ...(typeof updated === 'string' ? { asOf: updated.slice(0, 10) } : {}),
    ...(share === undefined ? {} : { sampled: share }),
  };
}
