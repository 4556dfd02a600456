import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { VERSION } from '../common/version.js';
import { httpConfig } from '../config/namespaces/http.config.js';
import { oauthConfig, unauthenticatedAccess } from '../config/namespaces/oauth.config.js';
import { DatabaseStatus } from '../database/connection/database-status.js';
import { LEGACY_DEFAULT_REVISION, SUPPORTED_REVISIONS } from '../mcp/protocol/revisions.js';
import type { Tenant } from '../tenancy/tenant.js';
import { ToolRegistry } from '../tools/tool.registry.js';

const PING_TIMEOUT_MS = 3_000;

/** The public health document of a tenant. Monitors rely on its fields. It never has a message of the driver. */
@Injectable()
export class HealthReport {
  constructor(
    private readonly databases: DatabaseStatus,
    private readonly tools: ToolRegistry,
    @Inject(oauthConfig.KEY) private readonly oauth: ConfigType<typeof oauthConfig>,
    @Inject(httpConfig.KEY) private readonly http: ConfigType<typeof httpConfig>,
  ) {}

  async of(tenant: Tenant): Promise<{ readonly healthy: boolean; readonly document: object }> {
    const { status, name, sessionContext, unavailable, costGuard } = await this.databases.check(
      tenant,
      PING_TIMEOUT_MS,
    );
    const connected = status === 'connected';
    const { readOnly } = tenant.config;
    const unauthenticated = unauthenticatedAccess(this.oauth, this.http.host);
    return {
      healthy: connected,
      document: {
        status: connected ? 'healthy' : 'degraded',
        timestamp: new Date().toISOString(),
        uptime_seconds: Math.floor(process.uptime()),
        version: VERSION,
        protocol: `MCP ${LEGACY_DEFAULT_REVISION}`,
        mcp_version: LEGACY_DEFAULT_REVISION,
        mcp_versions: SUPPORTED_REVISIONS,
        transport: 'sse',
        oauth: 'enabled',
        database: {
          status,
          name,
          read_only: readOnly,
          // Absent on SQL Server with its default settings: monitors compare the document.
          ...(sessionContext === undefined ? {} : { session_context: sessionContext }),
          ...(costGuard === undefined ? {} : { cost_guard: costGuard }),
          ...(unavailable.length === 0 ? {} : { unavailable }),
        },
        read_only: readOnly,
        tools: this.tools.forTenant(tenant).map(tool => tool.name),
        ...(unauthenticated === undefined ? {} : { warnings: [unauthenticated] }),
      },
    };
  }
}
