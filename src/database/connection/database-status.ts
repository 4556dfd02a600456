import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../tenancy/tenant.js';
import { nvarchar } from '../driver/parameters.js';
import { otherDatabasesOf } from '../listed-databases.js';
import { CatalogRunner, type Requester } from './catalog-runner.js';
import { CostGuard, type CostGuardState } from './cost-guard.js';
import { LoginPermissions } from './login-permissions.js';
import { CapabilityProbe, CONTEXT_RESET, SESSION_CONTEXT } from './capability-probe.js';
import { TenantPools } from './tenant-pools.js';

export interface DatabaseReport {
  readonly status: 'connected' | 'disconnected';
  readonly name: string;
  /** False when the login can write; absent while that is unknown. */
  readonly loginReadOnly?: boolean;
  /** The other databases of the tenant that the login can't open. */
  readonly unavailable: readonly string[];
  /** The other databases of the tenant in which the login can write. */
  readonly writable: readonly string[];
  /** The features of SQL Server that the server lacks (docs/database-engines.md). */
  readonly missing: readonly string[];
  /** How the database learns who is calling, where it is not by a session context on shared connections. */
  readonly sessionContext?: SessionContextMode;
  /** Whether the server honours the tenant's limits of cost; absent where there are none, or while that is unknown. */
  readonly costGuard?: CostGuardState;
}

export type SessionContextMode = 'connection_per_user' | 'off' | 'unsupported';

interface Known {
  readonly connected: boolean;
  readonly unavailable: readonly string[];
  readonly at: number;
}

const FRESH_MS = 5_000;

/** The state of a tenant's database, for health and doctor. It never throws and never returns a driver's message. */
@Injectable()
export class DatabaseStatus {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<boolean>>();

  constructor(
    private readonly runner: CatalogRunner,
    private readonly permissions: LoginPermissions,
    private readonly capabilities: CapabilityProbe,
    private readonly pools: TenantPools,
    private readonly guard: CostGuard,
  ) {}

  /** Queries the database, unless it answered within the last 5 s. Resolves within `timeoutMs`. */
  async check(tenant: Tenant, timeoutMs: number): Promise<DatabaseReport> {
    const known = this.known.get(tenant.name);
    const fresh = known?.connected === true && Date.now() - known.at < FRESH_MS;
    const connected = fresh || this.isAtWork(tenant) || (await this.ask(tenant, timeoutMs)) || this.isAtWork(tenant);
    const canWrite = this.permissions.lastKnown(tenant);
    const missing = this.capabilities.missing(tenant);
    const sessionContext = sessionContextMode(tenant, missing);
    const costGuard = this.guard.state(tenant);
    return {
      status: connected ? 'connected' : 'disconnected',
      name: tenant.config.database.database,
      ...(canWrite === undefined ? {} : { loginReadOnly: !canWrite }),
      unavailable: this.known.get(tenant.name)?.unavailable ?? [],
      writable: this.permissions.writable(tenant),
      missing,
      ...(sessionContext === undefined ? {} : { sessionContext }),
      ...(costGuard === undefined ? {} : { costGuard }),
    };
  }

  /** Only one query runs at a time for each tenant, however many probes wait for it. */
  private ask(tenant: Tenant, timeoutMs: number): Promise<boolean> {
    const running = this.asking.get(tenant.name);
    if (running !== undefined) return running;
    const question = this.question(tenant, AbortSignal.timeout(timeoutMs)).finally(() =>
      this.asking.delete(tenant.name),
    );
    this.asking.set(tenant.name, question);
    return question;
  }

  private async question(tenant: Tenant, signal: AbortSignal): Promise<boolean> {
    const requester = { subject: 'health probe', signal };
    let unavailable: readonly string[] = [];
    const answer = this.runner.read(tenant, 'SELECT 1;', [], requester).then(
      async () => {
        unavailable = await this.unavailable(tenant, requester);
        return true;
      },
      () => false,
    );
    const limit = new Promise<boolean>(resolve =>
      signal.addEventListener('abort', () => resolve(false), { once: true }),
    );
    const connected = await Promise.race([answer, limit]);
    this.known.set(tenant.name, { connected, unavailable, at: Date.now() });
    return connected;
  }

  /** HAS_DBACCESS is 0 for a database that is offline or closed to the login, and NULL for one that there is not. */
  private async unavailable(tenant: Tenant, requester: Requester): Promise<readonly string[]> {
    const others = otherDatabasesOf(tenant);
    if (others.length === 0) return [];
    const checks = others.map((_name, i) => `HAS_DBACCESS(@d${i})`).join(', ');
    const parameters = others.map((name, i) => nvarchar(`d${i}`, name));
    return this.runner.read(tenant, `SELECT ${checks};`, parameters, requester).then(
      ({ sets }) => others.filter((_name, i) => sets[0]?.[0]?.[i] !== 1),
      () => [],
    );
  }

  /** When calls use all connections, a query would have to wait for one: a busy database is connected. */
  private isAtWork(tenant: Tenant): boolean {
    const borrowed = this.pools.openPool(tenant)?.borrowed ?? 0;
    return borrowed >= tenant.config.limits.poolMax;
  }
}

function sessionContextMode(tenant: Tenant, missing: readonly string[]): SessionContextMode | undefined {
  if (!tenant.config.sessionContext) return 'off';
  if (missing.includes(SESSION_CONTEXT)) return 'unsupported';
  return missing.includes(CONTEXT_RESET) ? 'connection_per_user' : undefined;
}
