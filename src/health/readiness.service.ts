import { Inject, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Drain } from '../common/drain.js';
import { DatabaseStatus } from '../database/connection/database-status.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import type { Tenant } from '../tenancy/tenant.js';
import { TenantsService } from '../tenancy/tenants.service.js';

const PING_TIMEOUT_MS = 3_000;

export interface Readiness {
  readonly ready: boolean;
  readonly report: object;
}

/**
 * Decides whether Kubernetes should send requests to this process. It should not while the process drains, without the
 * state store, or if no tenant's database answers. If the database of one tenant fails, this is reported, and the other
 * tenants are served.
 */
@Injectable()
export class ReadinessService {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly databases: DatabaseStatus,
    private readonly tenants: TenantsService,
    private readonly drain: Drain,
    @Inject(STATE_STORE) private readonly state: StateStore,
  ) {}

  async check(tenants: readonly Tenant[] = this.tenants.all()): Promise<Readiness> {
    try {
      const report = await this.health.check([
        () => this.serving(),
        () => this.stateStore(),
        () => this.tenantDatabases(tenants),
      ]);
      return { ready: true, report };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return { ready: false, report: error.getResponse() as object };
    }
  }

  private serving(): HealthIndicatorResult {
    const indicator = this.indicators.check('serving');
    return this.drain.draining ? indicator.down('draining') : indicator.up();
  }

  private async stateStore(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('state_store');
    return this.state.ping(PING_TIMEOUT_MS).then(
      () => indicator.up({ kind: this.state.kind }),
      () => indicator.down({ kind: this.state.kind }),
    );
  }

  private async tenantDatabases(tenants: readonly Tenant[]): Promise<HealthIndicatorResult> {
    const reports = await Promise.all(tenants.map(tenant => this.databases.check(tenant, PING_TIMEOUT_MS)));
    const states = Object.fromEntries(tenants.map((tenant, index) => [tenant.name, reports[index]?.status]));
    const indicator = this.indicators.check('databases');
    return reports.some(report => report.status === 'connected')
      ? indicator.up({ tenants: states })
      : indicator.down({ tenants: states });
  }
}
