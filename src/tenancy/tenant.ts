import type { ServerConfig } from '../config/server.config.js';
import type { TenantConfig } from '../config/tenant.config.js';

/** One tenant: its name, where it lives, and its settings. Everything below the edge takes it as an argument. */
export class Tenant {
  constructor(
    readonly config: TenantConfig,
    private readonly server: Pick<ServerConfig, 'publicUrl'> & Partial<Pick<ServerConfig, 'defaultTenant'>>,
    /** `/demo`, or '' at the root. */
    readonly path: string = config.atRoot ? '' : `/${config.name}`,
  ) {}

  get name(): string {
    return this.config.name;
  }

  /** PUBLIC_URL. */
  get origin(): string {
    return this.server.publicUrl;
  }

  /**
   * Whether DEFAULT_TENANT makes it known without its prefix too. (A lone tenant takes such requests without that: there
   * they come from a proxy that strips the prefix, and the client's URL has it.)
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

  /** Both names of the MCP endpoint; a token for either is valid at both. */
  get resources(): readonly string[] {
    return [`${this.issuer}/sse`, `${this.issuer}/mcp`];
  }
}
