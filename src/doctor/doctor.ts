import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppError } from '../common/app-error.js';
import { CommonModule } from '../common/common.module.js';
import { ConfigModule } from '../config/config.module.js';
import type { ServerConfig } from '../config/server.config.js';
import { configHashes } from '../config/settings-hash.js';
import { DatabaseModule } from '../database/database.module.js';
import { DatabaseStatus } from '../database/connection/database-status.js';
import { TenantPools } from '../database/connection/tenant-pools.js';
import { StateModule } from '../state/state.module.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import type { Tenant } from '../tenancy/tenant.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { CatalogService } from '../database/catalog/catalog.service.js';
import { CatalogRunner } from '../database/connection/catalog-runner.js';
import { PublishedProver } from '../knowledge/procedures/published-prover.js';
import { KnowledgeProver } from '../knowledge/proof/knowledge-prover.js';
import { DatabaseChecks } from './database.checks.js';
import { checkFiles } from './file.checks.js';
import { fault, type Finding, ok, warning } from './finding.js';
import { unauthenticatedAccess } from '../config/namespaces/oauth.config.js';
import { checkKnowledge, checkPublished } from './knowledge.checks.js';
import { serverTools } from './server-tools.js';
import { checkPublicUrl } from './public-url.checks.js';
import { checkState, checkStateKey } from './state.checks.js';

@Module({})
class DoctorModule {}

function signIn(config: ServerConfig): readonly Finding[] {
  const open = unauthenticatedAccess(config, config.host);
  return open === undefined ? [] : [warning('sign-in', 'calls are answered without sign-in', open)];
}

/** Runs every check. The findings are in the order in which a fault would prevent the next check. */
export async function examine(config: ServerConfig): Promise<readonly Finding[]> {
  const module = {
    module: DoctorModule,
    imports: [ConfigModule.forRoot(config), CommonModule, TenancyModule, StateModule, DatabaseModule],
  };
  const context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false }).catch(
    (error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    },
  );
  if (context instanceof AppError)
    return [fault('start', context.message, context.hint ?? 'The server does not start before this is corrected.')];
  try {
    const tenants = context.get(TenantsService).all();
    const databases = new DatabaseChecks(context.get(TenantPools), context.get(DatabaseStatus));
    const catalog = context.get(CatalogService);
    const runner = context.get(CatalogRunner);
    const prover = KnowledgeProver.over(catalog, runner);
    const published = PublishedProver.over(runner);
    const tools = serverTools();
    published.reserve(name => tools.has(name));
    const [state, files, outside, knowledge, ...perTenant] = await Promise.all([
      checkState(context.get<StateStore>(STATE_STORE)),
      checkFiles(config),
      checkPublicUrl(config.publicUrl, tenants),
      Promise.all(
        tenants.flatMap(tenant => [checkKnowledge(tenant, prover, catalog, tools), checkPublished(tenant, published)]),
      ),
      ...tenants.map(tenant => databases.of(tenant, config)),
    ]);
    return [
      ok('configuration', `${tenants.length} tenant(s): ${tenants.map(({ name }) => name).join(', ')}`),
      ...tenants.map(tenant => ok(`${tenant.name}: configuration`, hashesOf(tenant, config))),
      ...signIn(config),
      ...perTenant.flat(),
      ...knowledge.flat(),
      state,
      ...checkStateKey(config),
      ...files,
      ...outside,
    ];
  } finally {
    await context.close();
  }
}

/** The hashes that the audit trail has when a server with this configuration starts. */
function hashesOf(tenant: Tenant, config: ServerConfig): string {
  return configHashes(config, tenant)
    .map(({ what, sha256 }) => `${what} has the hash ${sha256}`)
    .join(', ');
}
