import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../tenancy/tenant.js';
import { PooledSession } from '../driver/pooled-session.js';
import { FairQueue } from './fair-queue.js';
import type { ServerCapabilities } from './session-batch.js';
import { settingsOf } from './session-settings.js';
import { LoginPermissions } from './login-permissions.js';
import { CapabilityProbe } from './capability-probe.js';
import { CostGuard } from './cost-guard.js';
import { TenantPools } from './tenant-pools.js';
import { QueryEvents } from '../query-events.js';
import { whileWaking } from './waking-database.js';

export interface Lease {
  readonly connection: PooledSession;
  /** Whether the login can write: then a read needs a transaction that is rolled back. */
  readonly canWrite: boolean;
  readonly capabilities: ServerCapabilities;
  /** Returns the session to the pool once no request runs on it any more. The caller doesn't wait for that. */
  release(): void;
}

/** Acquires pooled sessions in fair turn, with the login's permissions and the server's capabilities. */
@Injectable()
export class SessionPool {
  private readonly queues = new Map<string, FairQueue>();
  private readonly longPlaces = new Map<string, FairQueue>();
  /** The same for each call of a tenant, until its server is probed again. */
  private readonly used = new WeakMap<
    Tenant,
    { readonly probed: ServerCapabilities; readonly used: ServerCapabilities }
  >();

  constructor(
    private readonly pools: TenantPools,
    private readonly permissions: LoginPermissions,
    private readonly capabilities: CapabilityProbe,
    private readonly events: QueryEvents,
    private readonly guard: CostGuard,
  ) {}

  /**
   * Throws AppError DATABASE_UNAVAILABLE or CANCELLED, or a driver's error. `fresh` asks for a connection that nobody has
   * used yet; `waitMs` is how long the caller waits for one, by default the tenant's `poolWaitMs`; `costLimit` is the largest
   * estimated cost of a statement, 0 for none.
   */
  async acquire(
    tenant: Tenant,
    principal: string,
    signal: AbortSignal,
    { fresh = false, waitMs, costLimit = 0 }: { fresh?: boolean; waitMs?: number | undefined; costLimit?: number } = {},
  ): Promise<Lease> {
    const leave = await this.queueOf(tenant).enter(principal, signal, waitMs);
    const connection = await this.borrow(tenant, signal, fresh).catch((error: unknown) => {
      leave();
      throw error;
    });
    const release = (): void => void connection.release().finally(leave);
    try {
      const capabilities = this.usedBy(tenant, await this.capabilities.of(tenant, connection));
      const canWrite = await this.permissions.canWrite(tenant, connection, capabilities);
      const guarded = await this.guard.apply(tenant, connection, capabilities, costLimit);
      // The probe of the permissions may have failed on it.
      if (connection.isInDoubt) await connection.replace();
      return { connection, canWrite, capabilities: guarded, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  private usedBy(tenant: Tenant, probed: ServerCapabilities): ServerCapabilities {
    const known = this.used.get(tenant);
    if (known?.probed === probed) return known.used;
    const used = usedBy(tenant, probed);
    this.used.set(tenant, { probed, used });
    return used;
  }

  private borrow(tenant: Tenant, signal: AbortSignal, fresh: boolean): Promise<PooledSession> {
    const onCancelIgnored = (): void => this.events.cancelIgnored(tenant.name);
    return whileWaking(tenant, signal, async () =>
      PooledSession.acquire(await this.pools.pool(tenant), { fresh, onCancelIgnored }),
    );
  }

  usage(tenant: Tenant): { used: number; waiting: number } {
    const queue = this.queues.get(tenant.name);
    return { used: queue?.used ?? 0, waiting: queue?.queued ?? 0 };
  }

  /**
   * Returns the places for long statements: half as many as connections, so that the others stay free for short statements.
   * One principal gets at most half of the places. A statement holds a place in addition to its connection.
   */
  placesForLong(tenant: Tenant): FairQueue {
    let places = this.longPlaces.get(tenant.name);
    if (places === undefined) {
      const { poolMax, longQueries } = tenant.config.limits;
      places = new FairQueue(Math.max(1, Math.floor(poolMax / 2)), longQueries * 1_000);
      this.longPlaces.set(tenant.name, places);
    }
    return places;
  }

  private queueOf(tenant: Tenant): FairQueue {
    let queue = this.queues.get(tenant.name);
    if (queue === undefined) {
      queue = new FairQueue(tenant.config.limits.poolMax, tenant.config.limits.poolWaitMs);
      this.queues.set(tenant.name, queue);
    }
    return queue;
  }
}

/** The capabilities that the settings of the tenant let us use, with the settings of the tenant's sessions. */
function usedBy({ config }: Tenant, capabilities: ServerCapabilities): ServerCapabilities {
  const { read, write } = settingsOf(config, capabilities.settings);
  const sessionContext = config.sessionContext && capabilities.sessionContext;
  return { ...capabilities, settings: read, writeSettings: write, sessionContext };
}
