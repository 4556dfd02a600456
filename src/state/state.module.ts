import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type StateConfig, stateConfig } from '../config/namespaces/state.config.js';
import { SealedTokens } from './sealed-tokens.js';
import { SqliteStateStore } from './sqlite.state-store.js';
import { StateCipher } from './state-cipher.js';
import { StateKeyCheck } from './state-key-check.js';
import { stateKey } from './state-key.js';
import { STATE_STORE, type StateStore } from './state-store.js';

async function openStore(config: StateConfig): Promise<StateStore> {
  if (config.stateStore.startsWith('sqlite:')) return new SqliteStateStore(config.stateStore.slice('sqlite:'.length));
  // Redis' client is loaded only by servers that use it: over stdio a person waits for the start.
  const { RedisStateStore } = await import('./redis.state-store.js');
  return RedisStateStore.open(config.stateStore);
}

@Module({
  providers: [
    { provide: STATE_STORE, inject: [stateConfig.KEY], useFactory: openStore },
    {
      provide: StateCipher,
      inject: [stateConfig.KEY],
      useFactory: (config: StateConfig) => new StateCipher(stateKey(config), config.stateKeyPrevious),
    },
    StateKeyCheck,
    SealedTokens,
  ],
  exports: [STATE_STORE, StateCipher, SealedTokens],
})
export class StateModule implements OnApplicationShutdown {
  constructor(@Inject(STATE_STORE) private readonly store: StateStore) {}

  // The store closes after the shutdown hooks of all modules, because these may still write.
  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
