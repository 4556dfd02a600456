import os from 'node:os';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditService } from '../audit/audit.service.js';
import { setLogLevel } from '../common/log.js';
import { ConfigModule } from '../config/config.module.js';
import { readProcessConfig } from '../config/read-config.js';
import { IssuedTokens } from '../oauth/tokens/issued-tokens.js';
import { TokensModule } from '../oauth/tokens/tokens.module.js';
import { StateModule } from '../state/state.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import type { TokensOrder } from './tokens-arguments.js';
import { runTokens, type TokenCommandOutput } from './tokens-commands.js';

/** AuditService without AuditModule, which would record a start of the server. */
@Module({ imports: [StateModule], providers: [AuditService] })
class TokenCommands {}

/** Runs one command with the settings of this process. Throws ConfigError, and AppError with what is wrong. */
export async function runTokensHere(order: TokensOrder): Promise<TokenCommandOutput> {
  const config = readProcessConfig();
  setLogLevel('silent');
  // The token goes to standard output, and nothing else.
  const auditFile = config.auditFile === 'stdout' ? 'stderr' : config.auditFile;
  const imports = [ConfigModule.forRoot(Object.assign(config, { auditFile })), TenancyModule, TokensModule];
  const context = await NestFactory.createApplicationContext(
    { module: TokenCommands, imports },
    { logger: false, abortOnError: false },
  );
  try {
    return await runTokens(order, {
      tokens: context.get(IssuedTokens),
      tenants: context.get(TenantsService),
      audit: context.get(AuditService),
      account: `${os.userInfo().username}@${os.hostname()}`,
    });
  } finally {
    await context.close();
  }
}
