import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import Provider, { type ClientMetadata } from 'oidc-provider';
import { oauthConfig } from '../../../config/namespaces/oauth.config.js';
import { StateCipher } from '../../../state/state-cipher.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { TenantsService } from '../../../tenancy/tenants.service.js';
import { checkStaticClients, readClientsFile } from '../clients/clients-file.js';
import { hashSecret } from '../clients/client-secret.js';
import { ClientAdapter } from '../clients/client.adapter.js';
import { hardenClients } from '../bridge/harden-clients.js';
import { setMountPath } from '../bridge/mount-path.js';
import { trustRequestOrigin } from '../bridge/request-origin.js';
import { PINNED_CLIENTS } from '../clients/pinned-clients.js';
import { renderProviderError } from '../pages/provider-error.js';
import { ProviderAdapter } from './provider.adapter.js';
import { ProviderCollaborators } from './provider-collaborators.js';
import { providerConfiguration } from './provider.configuration.js';
import { isAllowedRedirect } from '../clients/redirect-policy.js';

/** A tenant's authorization server. */
export interface TenantProvider {
  readonly provider: Provider;
  /** A registered client that came to use lives on. */
  keepClient(clientId: string): Promise<void>;
}

/** One oidc-provider per tenant, made at its first use: a provider has exactly one issuer. */
@Injectable()
export class ProviderFactory implements OnModuleInit {
  private readonly made = new Map<string, { tenant: Tenant; provider: TenantProvider }>();

  constructor(
    @Inject(oauthConfig.KEY) private readonly config: ConfigType<typeof oauthConfig>,
    private readonly cipher: StateCipher,
    private readonly collaborators: ProviderCollaborators,
    private readonly tenants: TenantsService,
  ) {}

  /** A clients file that can't be used is said at start, not at somebody's first sign-in. */
  onModuleInit(): void {
    for (const tenant of this.tenants.all()) checkStaticClients(this.staticClients(tenant), tenant);
  }

  of(tenant: Tenant): TenantProvider {
    const made = this.made.get(tenant.name);
    // A lone tenant may take its proxy's path, and with it another issuer.
    if (made?.tenant === tenant) return made.provider;
    const provider = this.make(tenant);
    this.made.set(tenant.name, { tenant, provider });
    return provider;
  }

  private make(tenant: Tenant): TenantProvider {
    const { accounts, documents, events, storages } = this.collaborators;
    const clients = new ClientAdapter(tenant, storages.of(tenant, 'Client'));
    const provider = new Provider(
      tenant.issuer,
      providerConfiguration({
        tenant,
        cipher: this.cipher,
        accounts,
        documents,
        adapter: (model: string) =>
          model === 'Client' ? clients : new ProviderAdapter(model, storages.of(tenant, model)),
        clients: this.staticClients(tenant),
        renderError: (ctx, out, error) => renderProviderError(ctx, out, error, tenant),
      }),
    );
    trustRequestOrigin(provider);
    setMountPath(provider, tenant.path);
    hardenClients(provider, tenant);
    events.listen(provider, tenant, clientId => this.of(tenant).keepClient(clientId));
    return { provider, keepClient: clientId => clients.keep(clientId) };
  }

  private staticClients(tenant: Tenant): ClientMetadata[] {
    const pinned = PINNED_CLIENTS.filter(client =>
      client.redirect_uris?.every(uri => isAllowedRedirect(uri, tenant.config)),
    );
    const file = this.config.clientsFile === undefined ? [] : readClientsFile(this.config.clientsFile, tenant.name);
    return [...pinned, ...file].map(client =>
      client.client_secret === undefined
        ? { ...client }
        : { ...client, client_secret: hashSecret(client.client_secret) },
    );
  }
}
