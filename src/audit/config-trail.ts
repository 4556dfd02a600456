import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ServerConfig } from '../config/server.config.js';
import { configHashes } from '../config/settings-hash.js';
import { AccessRulesService, type Reload } from '../tenancy/access-rules.service.js';
import type { Tenant } from '../tenancy/tenant.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { AuditService } from './audit.service.js';

/** Records the hash of each loaded configuration in the chain of every tenant that it is for. */
@Injectable()
export class ConfigTrail implements OnApplicationBootstrap {
  constructor(
    private readonly audit: AuditService,
    private readonly config: ServerConfig,
    private readonly tenants: TenantsService,
    private readonly rules: AccessRulesService,
  ) {}

  onApplicationBootstrap(): void {
    for (const tenant of this.tenants.all()) this.recordStart(tenant);
    this.tenants.onPathAdopted(tenant => this.recordStart(tenant));
    this.rules.onReload(reload => this.recordReload(reload));
  }

  private recordStart(tenant: Tenant): void {
    for (const hash of configHashes(this.config, tenant))
      void this.audit.configEvent({ tenant: tenant.name, ...hash, reloaded: false });
  }

  private recordReload({ faults }: Reload): void {
    for (const tenant of this.tenants.all()) {
      const found = configHashes(this.config, tenant).find(({ what }) => what === 'tenants_file');
      if (found === undefined) continue;
      const refused = faults.length === 0 ? {} : { faults: faults.length };
      void this.audit.configEvent({ tenant: tenant.name, ...found, reloaded: true, ...refused });
    }
  }
}
