import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../call-context.js';
import { CapabilityProbe } from '../connection/capability-probe.js';
import { CatalogRunner } from '../connection/catalog-runner.js';
import { ProbeCache, type ProbeResult } from '../connection/probe-cache.js';

/** Returns 1 if transactions of the database may read a snapshot (ALLOW_SNAPSHOT_ISOLATION). */
const ALLOWS_SNAPSHOT = `SELECT CASE WHEN d.snapshot_isolation_state = 1 THEN 1 ELSE 0 END AS allowed
FROM sys.databases AS d WHERE d.name = DB_NAME();`;
const FRESH_MS = 60_000;
const RETRY_AFTER_MS = 5_000;

/** Finds out whether a tenant's database allows transactions in which several statements read one snapshot. */
@Injectable()
export class SnapshotIsolation {
  private readonly answers = new ProbeCache<boolean>(FRESH_MS);

  constructor(
    private readonly runner: CatalogRunner,
    private readonly capabilities: CapabilityProbe,
  ) {}

  /** False where the database doesn't allow it, or the engine has no such setting. Throws AppError DATABASE_UNAVAILABLE. */
  async isAllowed({ tenant, signal, principal }: CallContext): Promise<boolean> {
    const probe = async (): Promise<ProbeResult<boolean>> => {
      const { sets } = await this.runner.read(tenant, ALLOWS_SNAPSHOT, [], { signal, subject: principal.subject });
      const hasTransactions = !this.capabilities.missing(tenant).includes('transactions');
      return { value: hasTransactions && sets[0]?.[0]?.[0] === 1 };
    };
    return (await this.answers.get(tenant.name, () => probe().catch(refused))) === true;
  }
}

function refused(error: unknown): ProbeResult<boolean> {
  if (error instanceof AppError && (error.code === 'SQL_ERROR' || error.code === 'PERMISSION_DENIED'))
    return { retryAfterMs: RETRY_AFTER_MS };
  throw error;
}
