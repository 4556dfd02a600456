import type { SqlScope } from '../common/principal.js';
import type { TenantConfig } from '../config/tenants/tenant.config.js';
import type { AccessRules } from './access-rules.service.js';
import { Brand } from './brand.js';

/** What the tenants of one server have in common. */
export interface TenantServer {
  /** PUBLIC_URL; empty over stdio, where nothing has a URL. */
  readonly publicUrl: string;
  readonly defaultTenant?: string | undefined;
  /** The rules that hold now; without it they are those of the tenant's settings. */
  readonly accessRules?: (tenant: TenantConfig) => AccessRules;
}

/** One tenant: its name, its path and its settings. Everything below the edge takes it as an argument. */
export class Tenant {
  /** Fixed at start. The access rules are not: see `access`. */
  readonly config: Omit<TenantConfig, 'access'>;
  readonly brand: Brand;
  private readonly rules: () => AccessRules;

  constructor(
    config: TenantConfig,
    private readonly server: TenantServer,
    /** `/demo`, or '' at the root. */
    readonly path: string = config.atRoot ? '' : `/${config.name}`,
  ) {
    this.config = config;
    this.brand = new Brand(config.brand);
    this.rules = () => (server.accessRules === undefined ? config.access : server.accessRules(config));
  }

  /**
   * Who may sign in and what they may do, as TENANTS_FILE has it now; undefined: every local user. The same list means
   * the same rules. A request reads it once, when its principal is made, so that one version decides about it.
   */
  get access(): AccessRules {
    return this.rules();
  }

  get name(): string {
    return this.config.name;
  }

  /** PUBLIC_URL; empty over stdio. */
  get origin(): string {
    return this.server.publicUrl;
  }

  /**
   * Whether clients may leave out the prefix, because DEFAULT_TENANT names this tenant. (A lone tenant accepts such
   * requests without DEFAULT_TENANT: a proxy has stripped the prefix, which the client's URL has.)
   */
  get alsoAtRoot(): boolean {
    return this.path !== '' && this.server.defaultTenant === this.name;
  }

  /** OAuth issuer: PUBLIC_URL plus the path, no trailing slash. */
  get issuer(): string {
    return this.server.publicUrl + this.path;
  }

  /** The canonical MCP URL, and the default audience of a token. */
  get resource(): string {
    return `${this.issuer}/sse`;
  }

  /** The scopes that a token of this tenant can have. */
  get scopes(): readonly SqlScope[] {
    const { readOnly, exports } = this.config;
    return ['sql:read', ...(readOnly ? [] : ['sql:write' as const]), ...(exports ? ['sql:export' as const] : [])];
  }

  /** Both names of the MCP endpoint; a token for either is valid at both. */
  get resources(): readonly string[] {
    return [`${this.issuer}/sse`, `${this.issuer}/mcp`];
  }
}
