import type { ServerConfig } from '../config/server.config.js';
import type { TenantConfig } from '../config/tenant.config.js';

/** One tenant: its name, where it lives, and its settings. Everything below the edge takes it as an argument. */
export class Tenant {
  constructor(
    readonly config: TenantConfig,
    private readonly server: Pick<ServerConfig, 'publicUrl'>,
    /** `/demo`, or '' at the root. */
    readonly path: string = config.atRoot ? '' : `/${config.name}`,
  ) {}

  get name(): string {
    return this.config.name;
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
