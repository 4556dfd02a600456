import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../../tenancy/tenant.js';
import { CatalogRunner, type Rows } from '../../connection/catalog-runner.js';
import { CatalogAttempts } from '../catalog-attempts.js';
import { typeFacts, typeText } from '../type-text.js';
import { MAX_OVERVIEW_COLUMNS, OVERVIEW } from './overview.queries.js';

export interface OverviewColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly key: boolean;
  /** The column that it refers to. */
  readonly references?: { readonly schema: string; readonly table: string; readonly column: string };
}

export interface OverviewTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly OverviewColumn[];
}

const FRESH_MS = 60_000;
/** After a failure. */
const RETRY_MS = 5_000;
/** A reading that nobody waits for any more has so much time. */
const LIMIT_MS = 10_000;

interface Known {
  readonly at: number;
  readonly tables: readonly OverviewTable[] | undefined;
}

/** The whole schema of a small database; the last reading is kept for a minute. */
@Injectable()
export class SchemaOverview {
  private readonly attempts: CatalogAttempts;
  private readonly known = new Map<string, Known>();
  private readonly reading = new Map<string, Promise<Known['tables']>>();

  constructor(runner: CatalogRunner) {
    this.attempts = new CatalogAttempts(runner);
  }

  /**
   * All tables and views with their columns, whoever may use them. Undefined for a large database, and when it is not
   * known within `waitMs`: the reading then goes on for the next caller. Never throws.
   */
  async of(tenant: Tenant, waitMs: number): Promise<readonly OverviewTable[] | undefined> {
    const known = this.known.get(tenant.name);
    if (known !== undefined && Date.now() - known.at < FRESH_MS) return known.tables;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<undefined>(resolve => {
      timer = setTimeout(() => resolve(undefined), waitMs);
    });
    return Promise.race([this.read(tenant), limit]).finally(() => clearTimeout(timer));
  }

  private read(tenant: Tenant): Promise<Known['tables']> {
    let reading = this.reading.get(tenant.name);
    if (reading === undefined) {
      reading = this.attempt(tenant)
        .then(tables => {
          this.known.set(tenant.name, { at: Date.now(), tables });
          return tables;
        })
        // The database's state is reported elsewhere; the callers of the next seconds only get less text.
        .catch(() => {
          this.known.set(tenant.name, { at: Date.now() - FRESH_MS + RETRY_MS, tables: undefined });
          return undefined;
        })
        .finally(() => this.reading.delete(tenant.name));
      this.reading.set(tenant.name, reading);
    }
    return reading;
  }

  private async attempt(tenant: Tenant): Promise<Known['tables']> {
    const requester = { subject: 'instructions', signal: AbortSignal.timeout(LIMIT_MS) };
    const answer = await this.attempts.attempt(tenant, OVERVIEW, [], requester, true);
    const [columns = [], keys = []] = answer?.sets ?? [];
    return answer === undefined || columns.length > MAX_OVERVIEW_COLUMNS ? undefined : overviewOf(columns, keys);
  }
}

function overviewOf(columns: Rows, keys: Rows): readonly OverviewTable[] {
  const keyOf = (parts: Rows[number]): string => JSON.stringify(parts.slice(0, 3));
  const references = new Map(keys.map(row => [keyOf(row), row.slice(3).map(String)]));
  return [...Map.groupBy(columns, ([schema, table]) => JSON.stringify([schema, table])).values()].map(own => ({
    schema: String(own[0]?.[0]),
    name: String(own[0]?.[1]),
    columns: own.map(row => {
      const [, , name, declared, base, length, precision, scale, nullable, key] = row;
      const [schema = '', table = '', column = ''] = references.get(keyOf(row)) ?? [];
      return {
        name: String(name),
        type: typeText(typeFacts(declared, base, length, precision, scale)),
        nullable: nullable === true,
        key: key === 1,
        ...(table === '' ? {} : { references: { schema, table, column } }),
      };
    }),
  }));
}
