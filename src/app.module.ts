import { type DynamicModule, Module } from '@nestjs/common';
import { AuditModule } from './audit/audit.module.js';
import { CommonModule } from './common/common.module.js';
import { ConfigModule } from './config/config.module.js';
import type { ServerConfig } from './config/server.config.js';
import { DownloadsModule } from './downloads/downloads.module.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { ItemsModule } from './items/items.module.js';
import { McpHttpModule } from './mcp/http/mcp-http.module.js';
import { MetricsServerModule } from './metrics/metrics-server.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { PromptsModule } from './prompts/prompts.module.js';
import { ResourcesModule } from './resources/resources.module.js';
import { StateModule } from './state/state.module.js';
import { TenancyModule } from './tenancy/tenancy.module.js';
import { ToolsModule } from './tools/tools.module.js';

/** The server. `extensions` are modules of a team's own: their tools, resources and prompts are found by discovery. */
@Module({})
export class AppModule {
  static forRoot(
    config: ServerConfig,
    extensions: readonly (DynamicModule | (new () => object))[] = [],
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        // First: Express tries routes in order, and nearly every request is for these.
        McpHttpModule,
        ConfigModule.forRoot(config),
        CommonModule,
        TenancyModule,
        StateModule,
        DatabaseModule,
        MetricsServerModule,
        AuditModule,
        OAuthModule,
        DownloadsModule,
        ItemsModule,
        ToolsModule,
        ResourcesModule,
        PromptsModule,
        HealthModule,
        ...extensions,
      ],
    };
  }
}
