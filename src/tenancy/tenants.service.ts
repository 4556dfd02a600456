import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { httpConfig } from '../config/namespaces/http.config.js';
import { tenantsConfig } from '../config/namespaces/tenants.config.js';
import { TenantConfig } from '../config/tenants/tenant.config.js';
import { isTenantName } from '../config/tenants/tenant-path.js';
import { AccessRulesService } from './access-rules.service.js';
import { Brand } from './brand.js';
import { Tenant } from './tenant.js';

/** The tenants of this process. They are fixed at start, except with ENVIRONMENT_PATH=from-proxy. */
@Injectable()
export class TenantsService {
  /** The brand of pages that belong to no tenant. */
  readonly brand: Brand;
  private readonly byNameMap: Map<string, Tenant>;
  private adoptable: boolean;
  private readonly listeners: ((tenant: Tenant) => void)[] = [];

  constructor(
    @Inject(tenantsConfig.KEY) private readonly config: ConfigType<typeof tenantsConfig>,
    @Inject(httpConfig.KEY) private readonly http: ConfigType<typeof httpConfig>,
    private readonly accessRules: AccessRulesService,
  ) {
    this.byNameMap = new Map(config.tenants.map(tenant => [tenant.name, this.make(tenant)]));
    this.brand = new Brand(config.brand);
    this.adoptable = config.adoptsPath;
  }

  all(): readonly Tenant[] {
    return [...this.byNameMap.values()];
  }

  byName(name: string): Tenant | undefined {
    return this.byNameMap.get(name);
  }

  /** The tenant of paths without a prefix. */
  get default(): Tenant | undefined {
    if (this.config.defaultTenant !== undefined) return this.byNameMap.get(this.config.defaultTenant);
    return this.byNameMap.size === 1 ? this.byNameMap.values().next().value : undefined;
  }

  /**
   * With ENVIRONMENT_PATH=from-proxy: gives the lone tenant the first path that a trusted proxy names. It keeps that
   * path, because its issuer must not change afterwards. Without that setting a header never changes an issuer.
   */
  adoptPath(path: string): Tenant | undefined {
    const name = path.slice(1);
    if (!this.adoptable || !path.startsWith('/') || !isTenantName(name)) return undefined;
    const [config] = this.config.tenants;
    if (config === undefined) return undefined;
    this.adoptable = false;
    const tenant = this.make(Object.assign(new TenantConfig(), config, { name, atRoot: false }));
    this.byNameMap.clear();
    this.byNameMap.set(name, tenant);
    for (const listener of this.listeners) listener(tenant);
    return tenant;
  }

  /** Calls the listener when the lone tenant takes its proxy's path. */
  onPathAdopted(listener: (tenant: Tenant) => void): void {
    this.listeners.push(listener);
  }

  private make(config: TenantConfig): Tenant {
    const { publicUrl } = this.http;
    const { defaultTenant } = this.config;
    return new Tenant(config, { publicUrl, defaultTenant, accessRules: tenant => this.accessRules.of(tenant) });
  }
}
