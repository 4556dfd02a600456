import { Inject, Injectable } from '@nestjs/common';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { ModelStorage } from './model-storage.js';
import { Revocations } from './revocations.js';

@Injectable()
export class ModelStorageFactory {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
    private readonly revocations: Revocations,
  ) {}

  /** `model` is a model's name as the authorization server spells it: AccessToken, Grant, Session … */
  of(tenant: Pick<Tenant, 'name'>, model: string): ModelStorage {
    return new ModelStorage(tenant.name, model, {
      store: this.store,
      cipher: this.cipher,
      revocations: this.revocations,
    });
  }
}
