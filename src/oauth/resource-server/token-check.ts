import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { ANONYMOUS, type Principal } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { type Account, AccountsService } from '../identity/accounts.service.js';
import { MachineClients } from '../identity/machine-clients.js';
import { type IssuedToken, TokenLookup } from '../tokens/token-lookup.js';

export interface CheckedToken {
  readonly principal: Principal;
  /** Undefined for a machine client. */
  readonly grantId: string | undefined;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** Finds out who is behind a bearer token at this moment, without a cache. Throws UNAVAILABLE while the store is away. */
@Injectable()
export class TokenCheck {
  /** The token of each principal. It is not a property of the principal, because tools see principals. */
  private readonly tokenOf = new WeakMap<Principal, { readonly value: string; readonly token: IssuedToken }>();

  constructor(
    private readonly tokens: TokenLookup,
    private readonly accounts: AccountsService,
    private readonly machines: MachineClients,
  ) {}

  /** Undefined for a token that is not valid here and now. */
  async check(value: string, tenant: Tenant): Promise<CheckedToken | undefined> {
    const token = await this.tokens.accessToken(tenant, value);
    return token === undefined ? undefined : this.checkToken(value, token, tenant);
  }

  private async checkToken(value: string, token: IssuedToken, tenant: Tenant): Promise<CheckedToken | undefined> {
    if (!tenant.resources.includes(token.audience)) return undefined;
    const [granted, account] = await Promise.all([this.tokens.isGranted(tenant, token), this.accountOf(tenant, token)]);
    if (!granted || account === undefined) return undefined;
    const { highestScope, mayExport, limits, attributes } = account.access;
    // The person may have lost sql:write or sql:export since consent.
    const scopes = token.scopes.filter(
      scope =>
        scope === 'sql:read' ||
        (scope === 'sql:write' && highestScope === 'sql:write') ||
        (scope === 'sql:export' && mayExport),
    );
    if (!scopes.some(scope => scope !== 'sql:export')) return undefined;
    const principal: Principal = {
      subject: account.subject,
      client: token.client,
      tenant: tenant.name,
      scopes: new Set(scopes),
      highestScope,
      mayExport,
      grantId: token.grantId,
      access: limits,
      attributes,
    };
    this.tokenOf.set(principal, { value, token });
    return { grantId: token.grantId, expiresAt: token.expiresAt, principal };
  }

  private async accountOf(tenant: Tenant, { subject, client, issuedAt }: IssuedToken): Promise<Account | undefined> {
    return subject === undefined
      ? this.machines.account(tenant, client)
      : this.accounts.findIssued(tenant, subject, issuedAt);
  }

  /**
   * Whether the token that this principal came from is still valid, and still gives the same rights. With `outlivesToken`
   * a token that has expired counts as valid while its grant stands.
   */
  async stillHolds(
    principal: Principal,
    tenant: Tenant,
    { outlivesToken }: { readonly outlivesToken: boolean } = { outlivesToken: false },
  ): Promise<boolean> {
    // ALLOW_UNAUTH_*: there is no token that could be revoked.
    if (principal.subject === ANONYMOUS) return true;
    const known = this.tokenOf.get(principal);
    if (known === undefined) return false;
    const hasExpired = known.token.expiresAt * 1_000 <= Date.now();
    const now =
      outlivesToken && hasExpired
        ? await this.checkToken(known.value, known.token, tenant)
        : await this.check(known.value, tenant);
    return now !== undefined && isDeepStrictEqual(now.principal, principal);
  }
}
