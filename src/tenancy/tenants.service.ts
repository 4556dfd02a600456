import { Injectable } from '@nestjs/common';
import { ServerConfig } from '../config/server.config.js';
import { isTenantName } from '../config/tenant-path.js';
import { Tenant } from './tenant.js';

/** The tenants of this process. Fixed at start, but for the path of a lone tenant that takes its proxy's. */
@Injectable()
export class TenantsService {
  private readonly byNameMap: Map<string, Tenant>;
  private adoptable: boolean;

  constructor(private readonly config: ServerConfig) {
    this.byNameMap = new Map(config.tenants.map(tenant => [tenant.name, new Tenant(tenant, config)]));
    this.adoptable = config.adoptsPath;
  }

  all(): readonly Tenant[] {
    return [...this.byNameMap.values()];
  }

  byName(name: string): Tenant | undefined {
    return this.byNameMap.get(name);
  }

  /** The tenant that unprefixed paths mean. */
  get default(): Tenant | undefined {
    if (this.config.defaultTenant !== undefined) return this.byNameMap.get(this.config.defaultTenant);
    return this.byNameMap.size === 1 ? this.byNameMap.values().next().value : undefined;
  }

  /**
   * The lone tenant without ENVIRONMENT_PATH takes the path that a trusted proxy names first, once, and keeps it:
   * issuers must not change afterwards.
   */
  adoptPath(path: string): Tenant | undefined {
    const name = path.slice(1);
    if (!this.adoptable || !path.startsWith('/') || !isTenantName(name)) return undefined;
    const [config] = this.config.tenants;
    if (config === undefined) return undefined;
    this.adoptable = false;
    const tenant = new Tenant(
      Object.assign(Object.create(Object.getPrototypeOf(config)), config, { name, atRoot: false }),
      this.config,
    );
    this.byNameMap.clear();
    this.byNameMap.set(name, tenant);
    return tenant;
  }
}
