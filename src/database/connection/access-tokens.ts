import { once } from 'node:events';
import type { AccessToken, TokenCredential } from '@azure/identity';
import { logger } from '../../common/log.js';
import { type DatabaseConfig, isToken, type TokenAuthentication } from '../../config/tenants/database.config.js';

/**
 * The resources that Azure SQL, Fabric and SQL Server name in the clouds of Microsoft. The server chooses the resource
 * during the login, so that any other would let a false server collect a token for, say, the management of Azure.
 */
const RESOURCE =
  /^https:\/\/database\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn|cloudapi\.microsoft\.scloud|cloudapi\.eaglex\.ic\.gov)\/\.default$/;
/** A token is renewed in the background from this time before its end; @azure/identity gives a new one from then on. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** With less time left, a connection waits for the new token: the login itself takes up to 10 s. */
const WAIT_BEFORE_MS = 15_000;
/** The pauses between two renewals in the background: after a token that ends soon itself, and after a failure. */
const RENEWAL_PAUSE_MS = 1_000;
const FAILURE_PAUSE_MS = 5_000;
/** Without a token, connections fail at once for this time after a failure: the pool tries many in a row. */
const REFUSAL_MS = 1_000;
/** Longer than a connection waits, so that an answer that comes late serves the next one. */
const REQUEST_TIMEOUT_MS = 20_000;

const log = logger('database');

interface Held {
  token?: AccessToken;
  asking?: Promise<AccessToken>;
  failure?: { readonly error: unknown; readonly until: number };
  /** No renewal in the background begins before this time. */
  pausedUntil: number;
}

/** What tedious needs of a credential. A plain object: node-mssql copies its configuration without prototypes. */
export interface AccessTokens {
  readonly getToken: (scope: string | string[]) => Promise<AccessToken>;
}

/**
 * The access tokens of one tenant, shared by its connections. The token in use is renewed before it ends; while it is
 * valid, a failing or slow token endpoint delays no connection. An open connection outlives its token.
 */
export function accessTokens(
  tenant: string,
  credential: () => Promise<TokenCredential>,
  now: () => number = Date.now,
): AccessTokens {
  // By scope; RESOURCE limits their number.
  const all = new Map<string, Held>();
  let made: Promise<TokenCredential> | undefined;

  const ask = async (scope: string): Promise<AccessToken> => {
    // A credential that can't be made today (a file that is missing) may be made at the next attempt.
    made ??= credential();
    const known = await made.catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    // Not every credential heeds the signal.
    const token = await Promise.race([known.getToken(scope, { abortSignal: signal }), aborted(signal)]);
    if (token === null) throw new Error('The credential gave no token.');
    return token;
  };

  const renew = (scope: string, held: Held): Promise<AccessToken> => {
    held.asking ??= ask(scope)
      .then(token => {
        held.pausedUntil = now() + RENEWAL_PAUSE_MS;
        return (held.token = token);
      })
      .catch((error: unknown) => {
        held.pausedUntil = now() + FAILURE_PAUSE_MS;
        held.failure = { error, until: now() + REFUSAL_MS };
        log.warn({ tenant, ...reasonOf(error), err: error }, 'no access token for the database could be obtained');
        throw error;
      })
      .finally(() => {
        delete held.asking;
      });
    return held.asking;
  };

  const getToken = async (scopes: string | string[]): Promise<AccessToken> => {
    const scope = String(scopes);
    if (!RESOURCE.test(scope)) {
      log.warn({ tenant }, 'the database server asked for a token of another service; none was requested');
      throw new Error('The server asked for a token of another service.');
    }
    const held = all.get(scope) ?? { pausedUntil: 0 };
    all.set(scope, held);
    const { token } = held;
    const left = token === undefined ? 0 : token.expiresOnTimestamp - now();
    if (token === undefined || left < WAIT_BEFORE_MS) {
      const usable = left > 0 ? token : undefined;
      const { failure } = held;
      const asked = failure !== undefined && now() < failure.until ? Promise.reject(failure.error) : renew(scope, held);
      return asked.catch((error: unknown) => {
        if (usable !== undefined) return usable;
        throw error;
      });
    }
    const due = left <= RENEW_BEFORE_MS || now() >= (token.refreshAfterTimestamp ?? Infinity);
    // `renew` has logged a failure.
    if (due && now() >= held.pausedUntil) renew(scope, held).catch(() => {});
    return token;
  };
  return { getToken };
}

/** The credential of the tenant's settings; undefined when the authentication is another one. */
export function credentialOf(database: DatabaseConfig): (() => Promise<TokenCredential>) | undefined {
  const { authentication } = database;
  return isToken(authentication) ? () => makeCredential(authentication, database) : undefined;
}

async function makeCredential(
  authentication: TokenAuthentication,
  { user, password = '', entraTenantId }: DatabaseConfig,
): Promise<TokenCredential> {
  // Loaded only where it is used: it takes time and memory.
  const identity = await import('@azure/identity');
  const clientId = user === undefined ? {} : { clientId: user };
  const tenantId = entraTenantId === undefined ? {} : { tenantId: entraTenantId };
  switch (authentication) {
    case 'entra':
      return new identity.ClientSecretCredential(entraTenantId ?? '', user ?? '', password);
    case 'managed-identity':
      return new identity.ManagedIdentityCredential(clientId);
    case 'workload-identity':
      return new identity.WorkloadIdentityCredential({ ...clientId, ...tenantId });
    case 'azure-cli':
      return new identity.AzureCliCredential({ ...tenantId, processTimeoutInMs: REQUEST_TIMEOUT_MS });
    case 'default':
      // Its chain has no credential that opens a browser or asks for a device code.
      return new identity.DefaultAzureCredential({
        ...tenantId,
        ...(user === undefined ? {} : { managedIdentityClientId: user, workloadIdentityClientId: user }),
      });
    default:
      return authentication satisfies never;
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw new Error('The token endpoint did not answer in time.');
}

/** The number of Entra ID's error and the HTTP status; the message itself may repeat what the endpoint sent. */
function reasonOf(error: unknown): { readonly entra_error?: string; readonly status?: number } {
  const { message, statusCode } = error as { message?: unknown; statusCode?: unknown };
  const number = /\bAADSTS\d{4,9}\b/.exec(typeof message === 'string' ? message.slice(0, 10_000) : '')?.[0];
  return {
    ...(number === undefined ? {} : { entra_error: number }),
    ...(typeof statusCode === 'number' ? { status: statusCode } : {}),
  };
}
