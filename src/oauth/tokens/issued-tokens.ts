import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { AppError } from '../../common/app-error.js';
import type { DataScope } from '../../common/principal.js';
import { oauthConfig } from '../../config/namespaces/oauth.config.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { AccountsService } from '../identity/accounts.service.js';
import { GrantActivity } from './grant-activity.js';
import { newIssuedToken } from './issued-token-format.js';
import type { StoredPayload } from './model-storage.js';
import { ModelStorageFactory } from './model-storage.factory.js';

const DAY_S = 24 * 3600;
const MAX_LISTED = 1_000;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@/-]{0,79}$/u;

/** What an administrator decides about a token. */
export interface TokenOrder {
  /** The user whose rights the token has: a local name, or `issuer|subject`. */
  readonly subject: string;
  readonly scope: DataScope;
  readonly days: number;
  /** What the token is for. */
  readonly name: string;
  /** Who issues it. */
  readonly by: string;
}

export interface IssuedTokenFacts {
  /** Names the token in lists, in the audit trail and for its revocation; it is not the token. */
  readonly id: string;
  readonly subject: string;
  readonly client: string;
  readonly name: string;
  readonly by: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly lastUse: number | undefined;
  /** False when the user was disabled, lost access or changed the password since then. */
  readonly isValid: boolean;
}

/**
 * Tokens that an administrator issues to programs without a browser. A token acts for one user in one tenant, within the
 * rights that the user has at each call. It is stored like the tokens of the authorization server: under an HMAC, with a
 * grant of its own, so that the same checks and revocations hold for it.
 */
@Injectable()
export class IssuedTokens {
  constructor(
    @Inject(oauthConfig.KEY) private readonly config: ConfigType<typeof oauthConfig>,
    private readonly storages: ModelStorageFactory,
    private readonly accounts: AccountsService,
    private readonly activity: GrantActivity,
  ) {}

  /**
   * `record` is called before the token exists. Returns the token, which is stored nowhere in clear. Throws
   * INVALID_ARGUMENT.
   */
  async issue(
    tenant: Tenant,
    order: TokenOrder,
    record: (facts: IssuedTokenFacts) => Promise<void>,
  ): Promise<{ readonly token: string; readonly facts: IssuedTokenFacts }> {
    await this.check(tenant, order);
    const { subject, name, by } = order;
    const id = randomBytes(9).toString('hex');
    const client = issuedClientId(id);
    const scopes = order.scope === 'sql:write' ? ['sql:read', 'sql:write'] : ['sql:read'];
    const iat = Math.floor(Date.now() / 1000);
    const ttl = order.days * DAY_S;
    const exp = iat + ttl;
    const token = newIssuedToken();
    const grant = {
      kind: 'Grant',
      jti: id,
      iat,
      exp,
      accountId: subject,
      clientId: client,
      resources: { [tenant.resource]: scopes.join(' ') },
      issued: { name, by },
    };
    const facts = { ...factsOf(grant), lastUse: undefined, isValid: true };
    await record(facts);
    await this.storages.of(tenant, 'Grant').put(id, grant, ttl);
    await this.storages.of(tenant, 'AccessToken').put(
      token,
      {
        kind: 'AccessToken',
        jti: token,
        iat,
        exp,
        accountId: subject,
        clientId: client,
        grantId: id,
        aud: tenant.resource,
        scope: scopes.join(' '),
        expiresWithSession: false,
      },
      ttl,
    );
    return { token, facts };
  }

  /** The tokens of a tenant that have not expired, at most 1,000. */
  async list(tenant: Tenant): Promise<readonly IssuedTokenFacts[]> {
    const grants = await this.storages.of(tenant, 'Grant').findIssued(MAX_LISTED);
    return Promise.all(
      grants.map(async grant => {
        const facts = factsOf(grant);
        const account = await this.accounts.findIssued(tenant, facts.subject, facts.issuedAt / 1000);
        return {
          ...facts,
          lastUse: await this.activity.lastUse(tenant, facts.id),
          isValid: account !== undefined,
        };
      }),
    );
  }

  /** Takes effect within a second in every process. Undefined: there is no such token. */
  async revoke(tenant: Tenant, id: string): Promise<Pick<IssuedTokenFacts, 'subject' | 'client'> | undefined> {
    const grants = this.storages.of(tenant, 'Grant');
    const grant = await grants.find(id);
    if (grant?.['issued'] === undefined) return undefined;
    await grants.endGrant(id);
    return factsOf(grant);
  }

  private async check(tenant: Tenant, { subject, scope, days, name }: TokenOrder): Promise<void> {
    const { issuedTokenMaxDays: most } = this.config;
    if (!Number.isInteger(days) || days < 1 || days > most) {
      throw invalid(`--days must be a whole number from 1 to ${most}. ISSUED_TOKEN_MAX_DAYS sets the limit.`);
    }
    if (!NAME.test(name)) {
      throw invalid('--name must be 1 to 80 letters, digits, spaces and . _ @ / -, beginning with a letter or digit.');
    }
    const account = await this.accounts.find(tenant, subject);
    if (account === undefined) {
      throw invalid(
        `The user "${subject}" is unknown, is disabled, or has no access to the tenant "${tenant.name}". A person of an identity provider must have signed in once.`,
      );
    }
    if (scope === 'sql:write' && account.access.highestScope !== 'sql:write') {
      throw invalid(`The user "${subject}" must not write in the tenant "${tenant.name}". Issue a token for sql:read.`);
    }
  }
}

/** The client id of an issued token. No client can register under it, because the ids of registrations are random. */
function issuedClientId(id: string): string {
  return `issued-token:${id}`;
}

function factsOf(grant: StoredPayload): Omit<IssuedTokenFacts, 'lastUse' | 'isValid'> {
  const { name = '', by = '' } = (grant['issued'] ?? {}) as { name?: string; by?: string };
  const scopes = Object.values((grant['resources'] ?? {}) as Record<string, string>).flatMap(text => text.split(' '));
  return {
    id: String(grant['jti']),
    subject: String(grant.accountId),
    client: String(grant['clientId']),
    name,
    by,
    scopes,
    issuedAt: Number(grant['iat']) * 1000,
    expiresAt: Number(grant['exp']) * 1000,
  };
}

function invalid(message: string): AppError {
  return new AppError('INVALID_ARGUMENT', message);
}
