import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { ClientMetadata } from 'oidc-provider';
import { oauthConfig } from '../../../config/namespaces/oauth.config.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { TenantsService } from '../../../tenancy/tenants.service.js';
import { MachineClients } from '../../identity/machine-clients.js';
import { hashSecret } from './client-secret.js';
import { checkStaticClients, readClientsFile, readMachineClients } from './clients-file.js';
import { PINNED_CLIENTS, pinnedClient } from './pinned-clients.js';

/** The clients that a tenant knows without registration: pinned documents, and those of CLIENTS_FILE. */
@Injectable()
export class StaticClients implements OnModuleInit {
  private readonly ids = new WeakMap<Tenant, ReadonlySet<string>>();

  constructor(
    @Inject(oauthConfig.KEY) private readonly config: ConfigType<typeof oauthConfig>,
    private readonly tenants: TenantsService,
    machines: MachineClients,
  ) {
    const { clientsFile } = config;
    if (clientsFile !== undefined) machines.provide(tenant => readMachineClients(clientsFile, tenant.name));
  }

  /** A faulty clients file ends the start, and not somebody's first sign-in. */
  onModuleInit(): void {
    for (const tenant of this.tenants.all()) checkStaticClients(this.of(tenant), tenant);
  }

  /** Whether this server or its administrator gave the client its name. */
  isKnown(tenant: Tenant, clientId: string): boolean {
    let ids = this.ids.get(tenant);
    if (ids === undefined) this.ids.set(tenant, (ids = new Set(this.of(tenant).map(client => client.client_id))));
    return ids.has(clientId) || pinnedClient(clientId, tenant.config) !== undefined;
  }

  of(tenant: Tenant): ClientMetadata[] {
    const pinned = PINNED_CLIENTS.flatMap(({ client_id }) => pinnedClient(client_id, tenant.config) ?? []);
    const file = this.config.clientsFile === undefined ? [] : readClientsFile(this.config.clientsFile, tenant.name);
    return [...pinned, ...file].map(client =>
      client.client_secret === undefined
        ? { ...client }
        : { ...client, client_secret: hashSecret(client.client_secret) },
    );
  }
}
