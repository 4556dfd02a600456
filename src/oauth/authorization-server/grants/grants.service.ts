import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../../tenancy/tenant.js';
import { GrantActivity } from '../../tokens/grant-activity.js';
import { ModelStorageFactory } from '../../tokens/model-storage.factory.js';
import { OAuthEvents } from '../oauth-events.js';
import type { ConnectedClient } from '../pages/account.page.js';
import { ProviderFactory } from '../provider/provider.factory.js';

const MAX_LISTED = 200;

/** Lists and revokes the grants of a person. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly providers: ProviderFactory,
    private readonly storages: ModelStorageFactory,
    private readonly activity: GrantActivity,
    private readonly events: OAuthEvents,
  ) {}

  /** Returns the grants of a person, the newest first. */
  async of(tenant: Tenant, subject: string): Promise<readonly ConnectedClient[]> {
    const provider = this.providers.of(tenant);
    const grants = await this.storages.of(tenant, 'Grant').findByAccount(subject, MAX_LISTED);
    const listed = await Promise.all(
      grants.map(async grant => {
        const grantId = String(grant['jti']);
        const client = await provider.Client.find(String(grant['clientId'])).catch(() => undefined);
        const scopes = Object.values((grant['resources'] ?? {}) as Record<string, string>).join(' ');
        return {
          grantId,
          name: client?.clientName ?? String(grant['clientId']),
          write: scopes.split(' ').includes('sql:write'),
          since: Number(grant['iat']) * 1000,
          until: Number(grant['exp']) * 1000,
          lastUse: await this.activity.lastUse(tenant, grantId),
        };
      }),
    );
    return listed.sort((a, b) => b.since - a.since);
  }

  /** Revokes a grant of this person with all its tokens; false when there is no such grant of this person. */
  async revoke(tenant: Tenant, subject: string, grantId: string): Promise<boolean> {
    const provider = this.providers.of(tenant);
    const grant = await provider.Grant.find(grantId);
    if (grant === undefined || grant.accountId !== subject) return false;
    await grant.destroy();
    await this.storages.of(tenant, 'AccessToken').deleteByGrant(grantId);
    this.events.record(tenant, 'grant_revoked', {
      principal: subject,
      ...(grant.clientId === undefined ? {} : { client: grant.clientId }),
      reason: 'on the account page',
    });
    return true;
  }
}
