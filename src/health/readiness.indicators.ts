import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Drain } from '../common/drain.js';
import { DatabaseStatus } from '../database/connection/database-status.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import type { Tenant } from '../tenancy/tenant.js';

const PING_TIMEOUT_MS = 3_000;

/** The conditions of readiness, each as Terminus reports it. */
@Injectable()
export class ReadinessIndicators {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly databases: DatabaseStatus,
    private readonly drain: Drain,
    @Inject(STATE_STORE) private readonly state: StateStore,
  ) {}

  serving(): HealthIndicatorResult {
    const indicator = this.indicators.check('serving');
    return this.drain.draining ? indicator.down('draining') : indicator.up();
  }

  async stateStore(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('state_store');
    return this.state.ping(PING_TIMEOUT_MS).then(
      () => indicator.up({ kind: this.state.kind }),
      () => indicator.down({ kind: this.state.kind }),
    );
  }

  /** Up while the database of one of the tenants answers. */
  async databasesOf(tenants: readonly Tenant[]): Promise<HealthIndicatorResult> {
    const reports = await Promise.all(tenants.map(tenant => this.databases.check(tenant, PING_TIMEOUT_MS)));
    const states = Object.fromEntries(tenants.map((tenant, index) => [tenant.name, reports[index]?.status]));
    const indicator = this.indicators.check('databases');
    return reports.some(report => report.status === 'connected')
      ? indicator.up({ tenants: states })
      : indicator.down({ tenants: states });
  }
}
