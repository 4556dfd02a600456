import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService } from '@nestjs/terminus';
import type { Tenant } from '../tenancy/tenant.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { ReadinessIndicators } from './readiness.indicators.js';

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
    private readonly indicators: ReadinessIndicators,
    private readonly tenants: TenantsService,
  ) {}

  async check(tenants: readonly Tenant[] = this.tenants.all()): Promise<Readiness> {
    try {
      const report = await this.health.check([
        () => this.indicators.serving(),
        () => this.indicators.stateStore(),
        () => this.indicators.databasesOf(tenants),
      ]);
      return { ready: true, report };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return { ready: false, report: error.getResponse() as object };
    }
  }
}
