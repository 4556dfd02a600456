import { Injectable } from '@nestjs/common';
import type Provider from 'oidc-provider';
import type { Client } from 'oidc-provider';
import type { Tenant } from '../../../tenancy/tenant.js';
import { GrantActivity } from '../../tokens/grant-activity.js';
import { ModelStorageFactory } from '../../tokens/model-storage.factory.js';
import { OAuthEvents } from '../oauth-events.js';
import type { ConnectedClient } from '../pages/account.page.js';
import { targetOf } from '../pages/page.js';
import { ProviderFactory } from '../provider/provider.factory.js';
import { GrantTargets } from './grant-targets.js';

const MAX_LISTED = 200;
/** So many lists of 200 grants "revoke all" ends at most. */
const MAX_ROUNDS = 50;

/** Lists and revokes the grants of a person. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly providers: ProviderFactory,
    private readonly storages: ModelStorageFactory,
    private readonly activity: GrantActivity,
    private readonly targets: GrantTargets,
    private readonly events: OAuthEvents,
  ) {}

  /** Returns the grants of a person, the newest first. */
  async of(tenant: Tenant, subject: string): Promise<readonly ConnectedClient[]> {
    const provider = this.providers.of(tenant);
    const grants = await this.storages.of(tenant, 'Grant').findByAccount(subject, MAX_LISTED);
    const listed = await Promise.all(
      grants.map(async grant => {
        const grantId = String(grant['jti']);
        const issued = grant['issued'] as { name: string; by: string } | undefined;
        const client = await clientOf(provider, grant['clientId']);
        const scopes = Object.values((grant['resources'] ?? {}) as Record<string, string>).join(' ');
        return {
          grantId,
          name: issued?.name ?? client?.clientName ?? String(grant['clientId']),
          target: (await this.targets.of(tenant, grantId)) ?? registeredTargets(client),
          issuedBy: issued?.by,
          write: scopes.split(' ').includes('sql:write'),
          exports: scopes.split(' ').includes('sql:export'),
          since: Number(grant['iat']) * 1000,
          until: Number(grant['exp']) * 1000,
          lastUse: await this.activity.lastUse(tenant, grantId),
        };
      }),
    );
    return listed.sort((a, b) => b.since - a.since);
  }

  /**
   * Revokes a grant of this person with all its tokens, and returns the name of the application; undefined when there is
   * no such grant of this person.
   */
  async revoke(tenant: Tenant, subject: string, grantId: string): Promise<string | undefined> {
    const provider = this.providers.of(tenant);
    const grant = await provider.Grant.find(grantId);
    if (grant === undefined || grant.accountId !== subject) return undefined;
    const client = await clientOf(provider, grant.clientId);
    await grant.destroy();
    await this.storages.of(tenant, 'AccessToken').deleteByGrant(grantId);
    this.events.record(tenant, 'grant_revoked', {
      principal: subject,
      ...(grant.clientId === undefined ? {} : { client: grant.clientId }),
      reason: 'on the account page',
    });
    return issuedName(grant) ?? client?.clientName ?? String(grant.clientId);
  }

  /** Revokes every grant of this person. */
  async revokeAll(tenant: Tenant, subject: string): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const grants = await this.storages.of(tenant, 'Grant').findByAccount(subject, MAX_LISTED);
      const revoked = [];
      for (const grant of grants) revoked.push(await this.revoke(tenant, subject, String(grant['jti'])));
      if (revoked.every(name => name === undefined)) return;
    }
  }
}

/** The name of a token that an administrator issued: its grant belongs to no client. */
function issuedName(grant: object): string | undefined {
  return (grant as { issued?: { name: string } }).issued?.name;
}

async function clientOf(provider: Provider, clientId: unknown): Promise<Client | undefined> {
  return provider.Client.find(String(clientId)).catch(() => undefined);
}

/** The hosts of the client's redirect URIs, when it is not known which of them was used. */
function registeredTargets(client: Client | undefined): string | undefined {
  const targets = new Set((client?.redirectUris ?? []).map(targetOf));
  return targets.size === 0 ? undefined : [...targets].join(', ');
}
