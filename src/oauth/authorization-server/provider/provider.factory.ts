import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import Provider from 'oidc-provider';
import { oauthConfig } from '../../../config/namespaces/oauth.config.js';
import { StateCipher } from '../../../state/state-cipher.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { ModelStorageFactory } from '../../tokens/model-storage.factory.js';
import { refusePublicIntrospection } from '../bridge/confidential-introspection.js';
import { hardenClients } from '../bridge/harden-clients.js';
import { setMountPath } from '../bridge/mount-path.js';
import { deriveSuccessors, successorId } from '../bridge/refresh-successors.js';
import { trustRequestOrigin } from '../bridge/request-origin.js';
import { ClientAdapter } from '../clients/client.adapter.js';
import { OAuthEvents } from '../oauth-events.js';
import { ProviderAdapter } from './provider.adapter.js';
import { ProviderConfiguration } from './provider.configuration.js';
import { type RefreshReuse, RefreshTokenAdapter } from './refresh-token.adapter.js';

/** Makes one oidc-provider per tenant, at its first use: a provider has exactly one issuer. */
@Injectable()
export class ProviderFactory {
  private readonly made = new Map<string, { tenant: Tenant; provider: Provider }>();

  private readonly refreshReuse: RefreshReuse;

  constructor(
    @Inject(oauthConfig.KEY) config: ConfigType<typeof oauthConfig>,
    cipher: StateCipher,
    private readonly configuration: ProviderConfiguration,
    private readonly storages: ModelStorageFactory,
    private readonly events: OAuthEvents,
  ) {
    const keys = cipher.deriveAll('refresh token successors');
    this.refreshReuse = {
      graceMs: config.refreshReuseGrace * 1000,
      successorsOf: id => keys.map(key => successorId(key, id)),
    };
  }

  of(tenant: Tenant): Provider {
    const made = this.made.get(tenant.name);
    // A single tenant may adopt its proxy's path, and then has another issuer.
    if (made?.tenant === tenant) return made.provider;
    const provider = this.make(tenant);
    this.made.set(tenant.name, { tenant, provider });
    return provider;
  }

  private make(tenant: Tenant): Provider {
    const clients = new ClientAdapter(tenant, this.storages.of(tenant, 'Client'), this.configuration.documents);
    const adapter = (model: string): ProviderAdapter => {
      if (model === 'Client') return clients;
      const storage = this.storages.of(tenant, model);
      return model === 'RefreshToken'
        ? new RefreshTokenAdapter(storage, this.refreshReuse)
        : new ProviderAdapter(model, storage);
    };
    const provider = new Provider(tenant.issuer, this.configuration.of(tenant, adapter));
    trustRequestOrigin(provider);
    setMountPath(provider, tenant.path);
    hardenClients(provider, tenant, clients);
    refusePublicIntrospection(provider);
    if (this.refreshReuse.graceMs > 0) deriveSuccessors(provider, this.refreshReuse.successorsOf);
    this.events.listen(provider, tenant, client => clients.keep(client));
    return provider;
  }
}
