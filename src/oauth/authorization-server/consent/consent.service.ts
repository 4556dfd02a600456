import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { DataScope } from '../../../common/principal.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { type Account, AccountsService } from '../../identity/accounts.service.js';
import { callerFacts } from '../../../http/caller-facts.js';
import type { Interaction } from '../bridge/browser-session.js';
import { OAuthEvents } from '../oauth-events.js';
import type { ConsentForm } from './consent.form.js';
import { ProviderFactory } from '../provider/provider.factory.js';

/** Makes the grant that a person consented to. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly providers: ProviderFactory,
    private readonly accounts: AccountsService,
    private readonly events: OAuthEvents,
  ) {}

  /** The person of the browser's session; undefined when they have no access (any more). */
  async accountOf(tenant: Tenant, interaction: Interaction): Promise<Account | undefined> {
    const subject = interaction.session?.accountId;
    return subject === undefined ? undefined : this.accounts.find(tenant, subject);
  }

  /** The highest scope that this person can grant for this request. */
  offered(interaction: Interaction, account: Account): DataScope {
    const asked = scopesOf(interaction);
    return asked.has('sql:write') && account.access.highestScope === 'sql:write' ? 'sql:write' : 'sql:read';
  }

  /** Whether this person can grant sql:export for this request. */
  offersExport(interaction: Interaction, account: Account): boolean {
    return scopesOf(interaction).has('sql:export') && account.access.mayExport === true;
  }

  /**
   * Always makes a new grant, which has no scopes of an earlier one. Scopes that were requested but not granted are
   * rejected by name; otherwise the provider would ask for consent again without end. Undefined when the person has no
   * access (any more).
   */
  async grant(
    tenant: Tenant,
    interaction: Interaction,
    chosen: Partial<Pick<ConsentForm, 'scope' | 'exports'>>,
    req: Request,
  ): Promise<string | undefined> {
    const account = await this.accountOf(tenant, interaction);
    if (account === undefined) return undefined;
    const offered = this.offered(interaction, account);
    const writes = offered === 'sql:write' && chosen.scope === 'sql:write';
    const exports = chosen.exports === 'yes' && this.offersExport(interaction, account);
    const given: readonly string[] = ['sql:read', ...(writes ? ['sql:write'] : []), ...(exports ? ['sql:export'] : [])];
    const asked = scopesOf(interaction);
    const clientId = String(interaction.params['client_id']);
    const provider = this.providers.of(tenant);
    const grant = new provider.Grant({ accountId: account.subject, clientId });
    const withheld = tenant.scopes.filter(scope => asked.has(scope) && !given.includes(scope));
    for (const resource of resourcesOf(interaction, tenant)) {
      grant.addResourceScope(resource, given.join(' '));
      if (withheld.length > 0) grant.rejectResourceScope(resource, withheld.join(' '));
    }
    const openid = ['openid', 'offline_access'].filter(scope => asked.has(scope));
    if (openid.length > 0) grant.addOIDCScope(openid.join(' '));
    const grantId = await grant.save();
    this.events.record(tenant, 'consent_granted', {
      principal: account.subject,
      client: clientId,
      scopes: given,
      ...callerFacts(req),
    });
    return grantId;
  }

  denied(tenant: Tenant, interaction: Interaction, req: Request): void {
    const principal = interaction.session?.accountId;
    this.events.record(tenant, 'consent_denied', {
      ...(principal === undefined ? {} : { principal }),
      client: String(interaction.params['client_id']),
      ...callerFacts(req),
    });
  }
}

function scopesOf(interaction: Interaction): ReadonlySet<string> {
  return new Set(String(interaction.params['scope'] ?? '').split(' '));
}

function resourcesOf(interaction: Interaction, tenant: Tenant): readonly string[] {
  const resource = interaction.params['resource'] as string | string[] | undefined;
  return resource === undefined ? [tenant.resource] : [resource].flat();
}
