import os from 'node:os';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditService } from '../audit/audit.service.js';
import { AppError } from '../common/app-error.js';
import { setLogLevel } from '../common/log.js';
import { ConfigModule } from '../config/config.module.js';
import { ConfigError } from '../config/faults.js';
import { readProcessConfig } from '../config/read-config.js';
import { IssuedTokens } from '../oauth/tokens/issued-tokens.js';
import { TokensModule } from '../oauth/tokens/tokens.module.js';
import { StateModule } from '../state/state.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { runTokens, TOKENS_USAGE } from './tokens-commands.js';

/** AuditService without AuditModule, which would record a start of the server. */
@Module({ imports: [StateModule], providers: [AuditService] })
class TokenCommands {}

async function main(args: readonly string[]): Promise<void> {
  if (args.some(arg => arg === '--help' || arg === '-h')) return void process.stdout.write(TOKENS_USAGE);
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
    const { text, notice = '' } = await runTokens(args, {
      tokens: context.get(IssuedTokens),
      tenants: context.get(TenantsService),
      audit: context.get(AuditService),
      account: `${os.userInfo().username}@${os.hostname()}`,
    });
    process.stderr.write(notice);
    process.stdout.write(text);
  } finally {
    await context.close();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof AppError) && !(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error instanceof ConfigError ? error.faults.join('\n') : error.message}\n`);
  process.exitCode = 1;
}
