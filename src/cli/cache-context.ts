import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CacheVersions } from '../cache/cache-versions.js';
import { setLogLevel } from '../common/log.js';
import { ConfigModule } from '../config/config.module.js';
import { readProcessConfig } from '../config/read-config.js';
import { StateCipher } from '../state/state-cipher.js';
import { StateModule } from '../state/state.module.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { namedTenants } from './named-tenants.js';

/** The versions of cached answers, without the cache and the database that a server has. */
@Module({
  imports: [StateModule, TenancyModule],
  providers: [
    {
      provide: CacheVersions,
      inject: [STATE_STORE, StateCipher],
      useFactory: (state: StateStore, cipher: StateCipher) => new CacheVersions(state, cipher),
    },
  ],
})
class CacheCommands {}

/** Drops the cached answers of the named tenant, or of all. Returns their names. Throws AppError, ConfigError and UsageError. */
export async function clearCache(tenant: string | undefined): Promise<readonly string[]> {
  const config = readProcessConfig();
  setLogLevel('silent');
  const context = await NestFactory.createApplicationContext(
    { module: CacheCommands, imports: [ConfigModule.forRoot(config)] },
    { logger: false, abortOnError: false },
  );
  try {
    const tenants = namedTenants(context.get(TenantsService).all(), tenant);
    for (const each of tenants) await context.get(CacheVersions).clear(each);
    return tenants.map(({ name }) => name);
  } finally {
    await context.close();
  }
}
