import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ConnectionPool } from 'mssql';
import type { DataSource } from 'typeorm';
import type { SqlServerDriver } from 'typeorm/driver/sqlserver/SqlServerDriver.js';
import { AppError } from '../../common/app-error.js';
import { logger } from '../../common/log.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { assertExactValues } from '../driver/exact-values.check.js';
import { QueryEvents } from '../query-events.js';
import { accessTokens, type AccessTokens, credentialOf } from './access-tokens.js';
import { openDataSource } from './open-data-source.js';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 2_000;

interface Entry {
  dataSource?: DataSource;
  opening?: Promise<DataSource>;
  /** Kept for as long as the process runs, so that connections share tokens. */
  tokens?: AccessTokens;
  failures: number;
  /** The last error, while the database can't be reached. */
  cause?: unknown;
  /** The next attempt begins at this time or later. */
  nextAttempt: number;
}

const log = logger('database');

/**
 * One TypeORM DataSource per tenant, opened at its first use. The server keeps running while a database is unreachable:
 * a growing delay (at most 2 s) separates the attempts, and calls in between fail at once with DATABASE_UNAVAILABLE.
 */
@Injectable()
export class TenantPools implements OnApplicationShutdown {
  private readonly entries = new Map<string, Entry>();
  private closed = false;

  constructor(private readonly events: QueryEvents) {
    assertExactValues();
  }

  /** Waits for at most `poolWaitMs` of the tenant; opening continues in the background. */
  async pool(tenant: Tenant): Promise<ConnectionPool> {
    const entry = this.entryOf(tenant);
    const dataSource = entry.dataSource ?? (await this.waitFor(this.open(tenant, entry), tenant, entry));
    const pool = (dataSource.driver as SqlServerDriver).master as ConnectionPool | undefined;
    if (pool === undefined) throw unavailable();
    return pool;
  }

  /** Returns the pool if it is open, and does not open it: for metrics. */
  openPool(tenant: Tenant): ConnectionPool | undefined {
    const dataSource = this.entries.get(tenant.name)?.dataSource;
    return dataSource === undefined ? undefined : (dataSource.driver as SqlServerDriver).master;
  }

  /** The TypeORM DataSource, for checks of our own. Statements of a call never run on it: see TenantEntities. */
  async dataSource(tenant: Tenant): Promise<DataSource> {
    await this.pool(tenant);
    const dataSource = this.entryOf(tenant).dataSource;
    if (dataSource === undefined) throw unavailable();
    return dataSource;
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    const open = [...this.entries.values()];
    this.entries.clear();
    await Promise.allSettled(open.map(async entry => (entry.dataSource ?? (await entry.opening))?.destroy()));
  }

  private entryOf(tenant: Tenant): Entry {
    let entry = this.entries.get(tenant.name);
    if (entry === undefined) {
      entry = { failures: 0, nextAttempt: 0 };
      this.entries.set(tenant.name, entry);
    }
    return entry;
  }

  private open(tenant: Tenant, entry: Entry): Promise<DataSource> {
    if (this.closed) return Promise.reject(unavailable());
    if (entry.opening !== undefined) return entry.opening;
    if (Date.now() < entry.nextAttempt) return Promise.reject(unavailable(entry.cause));
    entry.opening = openDataSource(tenant, tokensOf(tenant, entry))
      .then(dataSource => {
        entry.dataSource = dataSource;
        entry.failures = 0;
        delete entry.cause;
        log.info({ tenant: tenant.name }, 'connected to the database');
        return dataSource;
      })
      .catch((error: unknown) => {
        const delay = Math.min(FIRST_DELAY_MS * 2 ** entry.failures, LONGEST_DELAY_MS);
        entry.failures = Math.min(entry.failures + 1, 10);
        entry.nextAttempt = Date.now() + delay;
        entry.cause = error;
        this.events.connectionFailed(tenant.name);
        log.warn({ tenant: tenant.name, err: error, retry_ms: delay }, 'the database could not be reached');
        throw unavailable(error);
      })
      .finally(() => {
        delete entry.opening;
      });
    // Nobody may be waiting for the promise any more.
    entry.opening.catch(() => {});
    return entry.opening;
  }

  private async waitFor(opening: Promise<DataSource>, tenant: Tenant, entry: Entry): Promise<DataSource> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(unavailable(entry.cause)), tenant.config.limits.poolWaitMs);
    });
    try {
      return await Promise.race([opening, limit]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function unavailable(cause?: unknown): AppError {
  return new AppError('DATABASE_UNAVAILABLE', 'The database cannot be reached at the moment.', {
    hint: 'This is not a fault of the statement; try again in a few seconds.',
    cause,
  });
}

function tokensOf({ name, config }: Tenant, entry: Entry): AccessTokens | undefined {
  const credential = credentialOf(config.database);
  if (credential !== undefined) entry.tokens ??= accessTokens(name, credential);
  return entry.tokens;
}
