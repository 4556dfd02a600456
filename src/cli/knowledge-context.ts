import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setLogLevel } from '../common/log.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import { readProcessConfig } from '../config/read-config.js';
import { DatabaseModule } from '../database/database.module.js';
import { QueryService } from '../database/query/query.service.js';
import { SuggestionQueue } from '../knowledge/suggestions/suggestion-queue.js';
import { StateModule } from '../state/state.module.js';
import type { Tenant } from '../tenancy/tenant.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { namedTenants } from './named-tenants.js';

/** The services of the commands about definitions, without those of a server that answers calls. */
@Module({ imports: [StateModule, DatabaseModule, TenancyModule, CommonModule], providers: [SuggestionQueue] })
class KnowledgeCommands {}

export interface KnowledgeServices {
  /** The tenants that the command is about: the named one, or all. */
  readonly tenants: readonly Tenant[];
  readonly suggestions: SuggestionQueue;
  readonly queries: QueryService;
}

/** Reads the configuration as the server does, and closes everything at the end. Throws ConfigError and UsageError. */
export async function withKnowledge<T>(
  tenant: string | undefined,
  use: (services: KnowledgeServices) => Promise<T>,
): Promise<T> {
  const config = readProcessConfig();
  setLogLevel('silent');
  const context = await NestFactory.createApplicationContext(
    { module: KnowledgeCommands, imports: [ConfigModule.forRoot(config)] },
    { logger: false, abortOnError: false },
  );
  try {
    const tenants = namedTenants(context.get(TenantsService).all(), tenant);
    return await use({ tenants, suggestions: context.get(SuggestionQueue), queries: context.get(QueryService) });
  } finally {
    await context.close();
  }
}
