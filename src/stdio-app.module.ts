import { type DynamicModule, Module } from '@nestjs/common';
import { AuditModule } from './audit/audit.module.js';
import { CommonModule } from './common/common.module.js';
import { ConfigModule } from './config/config.module.js';
import type { ServerConfig } from './config/server.config.js';
import { StdioModule } from './mcp/stdio/stdio.module.js';

/** The server over stdio: what AppModule has, without HTTP, sign-in, health and published metrics. */
@Module({})
export class StdioAppModule {
  static forRoot(
    config: ServerConfig,
    extensions: readonly (DynamicModule | (new () => object))[] = [],
  ): DynamicModule {
    return {
      module: StdioAppModule,
      imports: [ConfigModule.forRoot(config), CommonModule, AuditModule, StdioModule, ...extensions],
    };
  }
}
