import { Inject, Injectable } from '@nestjs/common';
import * as client from 'openid-client';
import { AppError } from '../../../common/app-error.js';
import { logger } from '../../../common/log.js';
import { LOOPBACK_HOSTS } from '../../../common/loopback.js';
import type { UpstreamConfig } from '../../../config/tenants/tenant.config.js';
import { readEntry } from '../../../state/keyed-names.js';
import { StateCipher } from '../../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../../state/state-store.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { UpstreamIdentity } from '../../identity/accounts.service.js';
import { processProxy } from '../bridge/guarded-fetch.js';
import { identityOf } from './upstream-identity.js';

/** The time a person may take at the identity provider, in seconds. */
export const UPSTREAM_S = 600;
/** Endpoints and keys of a provider are discovered again after this time. */
const CONFIGURATION_MS = 3_600_000;
const TIMEOUT_S = 10;

const log = logger('upstream');

/** The state of a sign-in while the person is at the provider; the browser holds only its name. */
interface Pending {
  readonly nonce: string;
  readonly verifier: string;
  /** The interaction to continue; absent: the person returns to the account page. */
  readonly uid?: string;
  /** The page that the person returns to without an interaction; absent: the account page. */
  readonly next?: string;
}

/**
 * Signs people in at a tenant's own OpenID provider (Entra ID, Keycloak, Google …), with code, PKCE, state and nonce.
 */
@Injectable()
export class UpstreamService {
  private readonly configurations = new Map<string, { at: number; configuration: Promise<client.Configuration> }>();

  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /** Returns the URL to send the browser to, and the state that it has to return as a cookie. */
  async begin(tenant: Tenant, uid: string | undefined, next?: string): Promise<{ url: string; state: string }> {
    const upstream = required(tenant);
    const state = client.randomState();
    const pending: Pending = {
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      ...(uid === undefined ? {} : { uid }),
      ...(next === undefined ? {} : { next }),
    };
    const url = client.buildAuthorizationUrl(await this.configuration(tenant, upstream), {
      redirect_uri: callbackOf(tenant),
      scope: upstream.scopes.join(' '),
      state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    await this.save('pending', tenant, state, pending);
    return { url: url.href, state };
  }

  /** Redeems what the provider sent back, once. `search` is the query of the callback, `cookie` the browser's state. */
  async finish(
    tenant: Tenant,
    search: string,
    cookie: string | undefined,
  ): Promise<{ identity: UpstreamIdentity; uid: string | undefined; next: string | undefined }> {
    const upstream = required(tenant);
    const state = new URLSearchParams(search).get('state');
    // RFC 9700 §4.7: only the browser that started the sign-in may finish it.
    if (state === null || cookie === undefined || state !== cookie) throw expired();
    const pending = await this.take<Pending>('pending', tenant, state);
    if (pending === undefined) throw expired();
    try {
      const tokens = await client.authorizationCodeGrant(
        await this.configuration(tenant, upstream),
        new URL(callbackOf(tenant) + search),
        {
          expectedState: state,
          expectedNonce: pending.nonce,
          pkceCodeVerifier: pending.verifier,
          idTokenExpected: true,
        },
      );
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('no ID token');
      return { identity: identityOf(claims, upstream), uid: pending.uid, next: pending.next };
    } catch (error) {
      if (error instanceof AppError) throw error;
      log.warn({ err: error, tenant: tenant.name }, 'sign-in at the identity provider failed');
      throw new AppError('FORBIDDEN', 'Sign-in at your identity provider did not succeed.', { cause: error });
    }
  }

  /** Stores a proven identity under the browser's state, for the page that continues. */
  async handOver(tenant: Tenant, state: string, uid: string | undefined, subject: string): Promise<void> {
    await this.save('proven', tenant, state, { uid, subject });
  }

  async takeOver(tenant: Tenant, state: string | undefined, uid: string | undefined): Promise<string> {
    const proven =
      state === undefined ? undefined : await this.take<{ uid?: string; subject: string }>('proven', tenant, state);
    if (proven === undefined || proven.uid !== uid) throw expired();
    return proven.subject;
  }

  private async configuration(tenant: Tenant, upstream: UpstreamConfig): Promise<client.Configuration> {
    const known = this.configurations.get(tenant.name);
    if (known !== undefined && known.at > Date.now() - CONFIGURATION_MS) return known.configuration;
    const configuration = discover(upstream);
    this.configurations.set(tenant.name, { at: Date.now(), configuration });
    // After a failure the next sign-in asks the provider again.
    configuration.catch(() => this.configurations.delete(tenant.name));
    return configuration;
  }

  private async save(kind: string, tenant: Tenant, state: string, value: object): Promise<void> {
    const [name = ''] = this.namesOf(kind, tenant, state);
    await this.store.set(name, this.cipher.seal(name, value), UPSTREAM_S);
  }

  private async take<T>(kind: string, tenant: Tenant, state: string): Promise<T | undefined> {
    const found = await readEntry(this.store, this.namesOf(kind, tenant, state));
    if (found === undefined || !(await this.store.consume(found.name))) return undefined;
    return this.cipher.open(found.name, found.text) as T | undefined;
  }

  private namesOf(kind: string, tenant: Tenant, state: string): readonly string[] {
    return this.cipher.hashes(state).map(hash => `upstream:${tenant.name}:${kind}:${hash}`);
  }
}

function callbackOf(tenant: Tenant): string {
  return `${tenant.issuer}/login/upstream/callback`;
}

async function discover(upstream: UpstreamConfig): Promise<client.Configuration> {
  const issuer = new URL(upstream.issuer);
  const local = issuer.protocol === 'http:' && LOOPBACK_HOSTS.has(issuer.hostname);
  try {
    return await client.discovery(issuer, upstream.clientId, upstream.clientSecret, undefined, {
      timeout: TIMEOUT_S,
      [client.customFetch]: processProxy().fetch as client.CustomFetch,
      // OpenID Connect Core §3.1.3.7 lets TLS stand for the signature of a token from the token endpoint. A TLS proxy
      // between this server and the provider could then sign in as anybody, so the signature is verified as well.
      execute: [client.enableNonRepudiationChecks, ...(local ? [client.allowInsecureRequests] : [])],
    });
  } catch (error) {
    log.error({ err: error, issuer: upstream.issuer }, 'the identity provider does not answer');
    throw new AppError('UNAVAILABLE', 'Your identity provider does not answer. Try again shortly.', { cause: error });
  }
}

function required(tenant: Tenant): UpstreamConfig {
  if (tenant.config.upstream === undefined) throw new AppError('NOT_FOUND', 'There is nothing at this path.');
  return tenant.config.upstream;
}

function expired(): AppError {
  return new AppError('BAD_REQUEST', 'This sign-in has expired.', { hint: 'expired' });
}
