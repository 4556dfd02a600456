import { Module } from '@nestjs/common';
import { BudgetsModule } from '../budgets/budgets.module.js';
import { stateConfig, type StateConfig } from '../config/namespaces/state.config.js';
import { DatabaseModule } from '../database/database.module.js';
import { QueryEvents } from '../database/query-events.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { StateCipher } from '../state/state-cipher.js';
import { StateModule } from '../state/state.module.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { TenantsService } from '../tenancy/tenants.service.js';
import { AnswerCache } from './answer-cache.js';
import type { CacheStore } from './cache-store.js';
import { CacheVersions } from './cache-versions.js';
import { CachedReads } from './cached-reads.js';
import { DatabaseFacts } from './database-facts.js';
import { MemoryCacheStore } from './memory.cache-store.js';
import { SharedCacheStore, SLOTS } from './shared.cache-store.js';

function cacheStore(state: StateStore, cipher: StateCipher, { cacheMaxBytes }: StateConfig): CacheStore {
  const ofOneEntry = Math.floor(cacheMaxBytes / SLOTS);
  return state.kind === 'redis'
    ? new SharedCacheStore(state, cipher, ofOneEntry)
    : new MemoryCacheStore(cacheMaxBytes, ofOneEntry);
}

@Module({
  imports: [BudgetsModule, DatabaseModule, MetricsModule, StateModule, TenancyModule],
  providers: [
    DatabaseFacts,
    CachedReads,
    {
      provide: CacheVersions,
      inject: [STATE_STORE, StateCipher, QueryEvents, TenantsService],
      useFactory: (state: StateStore, cipher: StateCipher, events: QueryEvents, tenants: TenantsService) => {
        const versions = new CacheVersions(state, cipher);
        events.listen({ changed: tenant => versions.changed(tenant, tenants.all()) });
        return versions;
      },
    },
    {
      provide: AnswerCache,
      inject: [STATE_STORE, StateCipher, stateConfig.KEY, CacheVersions, DatabaseFacts],
      useFactory: (
        state: StateStore,
        cipher: StateCipher,
        config: StateConfig,
        versions: CacheVersions,
        facts: DatabaseFacts,
      ) => new AnswerCache(cacheStore(state, cipher, config), versions, facts, cipher),
    },
  ],
  exports: [CachedReads, CacheVersions],
})
export class CacheModule {}
