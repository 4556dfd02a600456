import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { isIssuedToken } from './issued-token-format.js';
import type { StoredPayload } from './model-storage.js';
import { ModelStorageFactory } from './model-storage.factory.js';

/** 256 bits in base64url, as the authorization server makes them (`bitsOfOpaqueRandomness`). */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** An access token that is in the store, of this tenant, and not expired. */
export interface IssuedToken {
  /** Undefined: the client acts for itself (client_credentials). */
  readonly subject: string | undefined;
  readonly client: string;
  /** Undefined as `subject` is. */
  readonly grantId: string | undefined;
  readonly audience: string;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * Finds access tokens and their grants without the authorization server. The rows are written by oidc-provider's
 * models; this class checks what their `find` checks (`models/base_model.js`, `helpers/jwt.js`), without the 15 s that
 * they allow for other machines' clocks. Throws UNAVAILABLE while the state store is away.
 */
@Injectable()
export class TokenLookup {
  constructor(private readonly storages: ModelStorageFactory) {}

  /** Undefined for anything but a token that was issued and is neither expired nor revoked. */
  async accessToken(tenant: Tenant, value: string): Promise<IssuedToken | undefined> {
    if (!TOKEN.test(value) && !isIssuedToken(value)) return undefined;
    const personal = await this.read(tenant, 'AccessToken', value);
    const row = personal ?? (await this.read(tenant, 'ClientCredentials', value));
    if (row === undefined) return undefined;
    const { accountId, clientId, grantId, aud, scope, iat, exp } = row;
    if (typeof clientId !== 'string') return undefined;
    if (personal !== undefined && (typeof accountId !== 'string' || typeof grantId !== 'string')) return undefined;
    if (personal === undefined && (accountId !== undefined || grantId !== undefined)) return undefined;
    if (typeof aud !== 'string' || typeof scope !== 'string') return undefined;
    // A token that ends with the browser's session is never issued here (`expiresWithSession`).
    if (row['expiresWithSession'] !== undefined && row['expiresWithSession'] !== false) return undefined;
    return {
      subject: accountId,
      client: clientId,
      grantId,
      audience: aud,
      scopes: scope.split(' '),
      issuedAt: iat,
      expiresAt: exp,
    };
  }

  /**
   * Whether the grant behind a token still stands, for the same person and the same client. The token of a machine client
   * has none.
   */
  async isGranted(tenant: Tenant, token: IssuedToken): Promise<boolean> {
    if (token.grantId === undefined) return token.subject === undefined;
    const grant = await this.read(tenant, 'Grant', token.grantId);
    return grant !== undefined && grant.accountId === token.subject && grant['clientId'] === token.client;
  }

  /** The scopes for data that a grant gives now; empty when the grant has ended, or is another person's or client's. */
  async grantedScopes(
    tenant: Tenant,
    { grantId, subject, client }: { readonly grantId: string; readonly subject: string; readonly client: string },
  ): Promise<ReadonlySet<string>> {
    const grant = await this.read(tenant, 'Grant', grantId);
    if (grant === undefined || grant.accountId !== subject || grant['clientId'] !== client) return new Set();
    const resources = (grant['resources'] ?? {}) as Readonly<Record<string, string>>;
    return new Set(tenant.resources.flatMap(resource => resources[resource]?.split(' ') ?? []));
  }

  private async read(tenant: Tenant, model: string, id: string): Promise<ValidPayload | undefined> {
    try {
      const row = await this.storages.of(tenant, model).find(id);
      return row !== undefined && isValid(row, model, id) ? row : undefined;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
      throw new AppError('UNAVAILABLE', 'Sign-in state is not available at this moment. Try again shortly.', {
        cause: error,
      });
    }
  }
}

type ValidPayload = StoredPayload & { readonly iat: number; readonly exp: number };

function isValid(row: StoredPayload, model: string, id: string): row is ValidPayload {
  // Another format than opaque would be checked by its signature, which this class does not do.
  if ('jwt' in row || 'jwt-ietf' in row || 'paseto' in row) return false;
  if (row['format'] !== undefined && row['format'] !== 'opaque') return false;
  const { kind, jti, iat, exp, nbf } = row;
  if (kind !== model || jti !== id) return false;
  const now = Math.floor(Date.now() / 1000);
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp <= now) return false;
  return nbf === undefined || (typeof nbf === 'number' && nbf <= now);
}
