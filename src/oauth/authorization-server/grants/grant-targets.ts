import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../../tenancy/tenant.js';
import { GRANT_S } from '../../tokens/lifetimes.js';
import { ModelStorageFactory } from '../../tokens/model-storage.factory.js';
import { targetOf } from '../pages/page.js';

/** Records where the answer to each consent was sent, for the account page. It ends with its grant. */
@Injectable()
export class GrantTargets {
  constructor(private readonly storages: ModelStorageFactory) {}

  async record(tenant: Tenant, grantId: string, redirectUri: string): Promise<void> {
    await this.storages.of(tenant, 'GrantTarget').put(grantId, { grantId, target: targetOf(redirectUri) }, GRANT_S);
  }

  /** A host, or the scheme of an application; undefined for a grant of version 2.0. */
  async of(tenant: Tenant, grantId: string): Promise<string | undefined> {
    const found = await this.storages.of(tenant, 'GrantTarget').find(grantId);
    return typeof found?.['target'] === 'string' ? found['target'] : undefined;
  }
}
