import { Injectable } from '@nestjs/common';
import { errors } from 'oidc-provider';
import { AppError } from '../../common/app-error.js';
import type { Principal } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { AccountsService } from '../identity/accounts.service.js';
import { GrantActivity } from '../tokens/grant-activity.js';
import { ProviderFactory } from '../authorization-server/provider/provider.factory.js';
import { Revocations } from '../tokens/revocations.js';
import { UsersService } from '../identity/users.service.js';

/** How long a yes may be repeated without asking the store: what another process revokes takes effect within this. */
const REMEMBER_MS = 900;
const MAX_REMEMBERED = 20_000;
/** 256 bits in base64url: what the provider makes. Anything else is no token of ours. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

interface Remembered {
  readonly principal: Principal;
  readonly grantId: string;
  readonly until: number;
  readonly epoch: number;
  readonly users: number;
}

/** Turns a bearer token into the person behind it. */
@Injectable()
export class TokenService {
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly providers: ProviderFactory,
    private readonly accounts: AccountsService,
    private readonly users: UsersService,
    private readonly revocations: Revocations,
    private readonly use: GrantActivity,
  ) {}

  /**
   * Undefined for a token that is not valid here and now: unknown, expired, revoked, of another tenant or resource, of a
   * person who was disabled or lost access. Throws UNAVAILABLE when the state store is away.
   */
  async principalOf(token: string, tenant: Tenant): Promise<Principal | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const key = `${tenant.issuer} ${token}`;
    const users = this.users.version();
    const epoch = this.revocations.epoch;
    const known = this.remembered.get(key);
    if (known !== undefined && known.until > Date.now() && known.epoch === epoch && known.users === users) {
      this.use.touch(tenant, known.grantId);
      return known.principal;
    }
    const found = await this.check(token, tenant).catch(translate);
    if (found === undefined) {
      this.remembered.delete(key);
      return undefined;
    }
    this.use.touch(tenant, found.grantId);
    this.remember(key, { ...found, until: Date.now() + REMEMBER_MS, epoch, users });
    return found.principal;
  }

  private async check(token: string, tenant: Tenant): Promise<{ principal: Principal; grantId: string } | undefined> {
    const { provider } = this.providers.of(tenant);
    const accessToken = await provider.AccessToken.find(token);
    if (accessToken?.accountId === undefined || accessToken.clientId === undefined) return undefined;
    if (!tenant.resources.includes(String(accessToken.aud)) || accessToken.grantId === undefined) return undefined;
    const [grant, account] = await Promise.all([
      provider.Grant.find(accessToken.grantId),
      this.accounts.findIssued(tenant, accessToken.accountId, accessToken.iat),
    ]);
    if (grant === undefined || account === undefined) return undefined;
    if (grant.accountId !== accessToken.accountId || grant.clientId !== accessToken.clientId) return undefined;
    // The provider allows 15 s for other machines' clocks, which have no part in this.
    if (accessToken.isExpired || grant.isExpired) return undefined;
    // What the person may do may have shrunk since consent.
    const scopes = [...accessToken.scopes].filter(
      scope => scope === 'sql:read' || (scope === 'sql:write' && account.access.highestScope === 'sql:write'),
    );
    if (scopes.length === 0) return undefined;
    return {
      grantId: accessToken.grantId,
      principal: {
        subject: account.subject,
        client: accessToken.clientId,
        tenant: tenant.name,
        scopes: new Set(scopes),
        highestScope: account.access.highestScope,
        access: account.access.limits,
        attributes: account.access.attributes,
      },
    };
  }

  private remember(key: string, entry: Remembered): void {
    this.remembered.delete(key);
    if (this.remembered.size >= MAX_REMEMBERED) {
      const [oldest] = this.remembered.keys();
      if (oldest !== undefined) this.remembered.delete(oldest);
    }
    this.remembered.set(key, entry);
  }
}

/** Foreign errors of the provider become ours here. */
function translate(error: unknown): never {
  if (error instanceof errors.TemporarilyUnavailable) {
    throw new AppError('UNAVAILABLE', 'Sign-in state is not available at this moment. Try again shortly.', {
      cause: error,
    });
  }
  throw error;
}
