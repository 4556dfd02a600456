import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../../database/call-context.js';
import { quotedPlace, quoteName } from '../../database/object-name.js';
import type { CellValue } from '../../database/driver/result-set.js';
import { QueryService } from '../../database/query/query.service.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { type ColumnValues, MAX_LOOKUP_ROWS, MAX_VALUE_LENGTH } from './value.types.js';

/** A lookup table and its columns whose values are read. */
export interface LookupTable {
  readonly object: number;
  readonly place: { readonly database?: string; readonly schema: string; readonly name: string };
  readonly columns: readonly { readonly at: number; readonly name: string }[];
}

/** The person that the server reads as: it has no attributes, and its statements are in no audit record. */
const SUBJECT = 'schema-index';

/**
 * Reads the texts of lookup tables by statements that the statement policy judges, in the fair queue, with the tenant's
 * limits: a table that has more than one page is read page by page.
 */
@Injectable()
export class LookupReader {
  constructor(private readonly queries: QueryService) {}

  /** Returns what was read before the signal aborted, and nothing for a table that the login may not read. */
  async read(tenant: Tenant, table: LookupTable, signal: AbortSignal): Promise<readonly ColumnValues[]> {
    const found = table.columns.map(() => new Set<string>());
    const names = table.columns.map(({ name }, i) => `LEFT(${quoteName(name)}, ${MAX_VALUE_LENGTH}) AS c${i}`);
    const statement = `SELECT TOP (${MAX_LOOKUP_ROWS}) ${names.join(', ')} FROM ${quotedPlace(table.place)}`;
    const call = callOf(tenant, signal);
    try {
      for (let skipRows = 0; skipRows < MAX_LOOKUP_ROWS;) {
        const { rows, truncatedBy } = await this.queries.stream(
          statement,
          call,
          { columns: () => {}, row: row => take(row, found) },
          { skipRows },
        );
        if (truncatedBy === undefined || rows === 0) break;
        skipRows += rows;
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    const asOf = new Date().toISOString().slice(0, 10);
    return table.columns.map(({ at }, i) => {
      const values = [...(found[i] ?? [])].filter(value => value !== '');
      return { object: table.object, column: at, values, source: 'rows', asOf };
    });
  }
}

/** Returns the size of the row, which counts against the tenant's limit. */
function take(row: readonly CellValue[], found: readonly Set<string>[]): number {
  row.forEach((cell, i) => {
    if (typeof cell === 'string') found[i]?.add(cell.trimEnd());
  });
  return Buffer.byteLength(JSON.stringify(row));
}

function callOf(tenant: Tenant, signal: AbortSignal): CallContext {
  return {
    tenant,
    signal,
    requestId: SUBJECT,
    principal: {
      subject: SUBJECT,
      client: SUBJECT,
      tenant: tenant.name,
      scopes: new Set(['sql:read']),
      highestScope: 'sql:read',
      access: {},
      attributes: {},
    },
  };
}
