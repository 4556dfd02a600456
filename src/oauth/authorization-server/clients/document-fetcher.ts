import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { networkOf } from '../../../http/client-address.js';
import { guardedFetch } from '../bridge/guarded-fetch.js';
import { tidyRegistration } from './client-policy.js';
import type { RedirectRules } from './redirect-policy.js';
import { oauthConfig } from '../../../config/namespaces/oauth.config.js';

const FAILURE_MS = 60_000;
const MAX_FAILURES = 1_000;
const PER_MINUTE = 60;
/** One address can't use up the quota of all addresses. */
const PER_MINUTE_AND_ADDRESS = 20;
const MAX_DOCUMENT_BYTES = 10 * 1024;
const MAX_KEYS_BYTES = 32 * 1024;
/** draft-ietf-oauth-client-id-metadata-document-02 §5: any other content type is an error. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * Fetches client metadata documents. oidc-provider limits a fetch to 2.5 s and closes connections to special-use
 * addresses. This class adds the list of hosts, the size and content type of an answer, no redirects, limits on
 * fetches, and a cache of failures.
 */
@Injectable()
export class DocumentFetcher {
  /** Replaced by tests. */
  send = guardedFetch;

  private readonly failures = new Map<string, number>();
  private readonly visitors = new RateLimiterMemory({ points: PER_MINUTE_AND_ADDRESS, duration: 60 });
  private readonly fetches = new RateLimiterMemory({ points: PER_MINUTE, duration: 60 });

  constructor(@Inject(oauthConfig.KEY) private readonly config: ConfigType<typeof oauthConfig>) {}

  allows(id: string): boolean {
    const url = URL.parse(id);
    if (url === null || url.href !== id || url.protocol !== 'https:' || url.port !== '') return false;
    if (url.pathname === '/' || url.search !== '' || id.length > 500) return false;
    return this.config.cimdAllowedHosts.includes(url.hostname) && (this.failures.get(id) ?? 0) < Date.now();
  }

  /** Whether the document of a client that is not cached may be fetched for this address. */
  async admits(id: string, address: string): Promise<boolean> {
    if (!this.allows(id)) return false;
    return takes(this.visitors, networkOf(address));
  }

  /** Also fetches a client's jwks_uri, which must be on one of the same hosts. */
  async fetch(id: string, options: RequestInit | undefined, rules: RedirectRules): Promise<Response> {
    if (!this.allows(id) || !(await takes(this.fetches, 'all'))) throw new Error('not fetched');
    try {
      const response = await this.send(id, { ...options, redirect: 'manual' });
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      return await tidyDocument(response, id, rules);
    } catch (error) {
      this.remember(id);
      throw error;
    }
  }

  private remember(id: string): void {
    if (this.failures.size >= MAX_FAILURES) this.failures.clear();
    this.failures.set(id, Date.now() + FAILURE_MS);
  }
}

/** Whether the limit allowed one more; the limiter rejects when it did not. */
async function takes(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(
    () => true,
    () => false,
  );
}

/**
 * Returns the document with the redirect URIs that the policy allows, as in a registration. Without an authentication
 * method, or with `none` among several, it is a public client: the provider's default would require a secret.
 */
async function tidyDocument(response: Response, id: string, rules: RedirectRules): Promise<Response> {
  if (!JSON_TYPE.test(response.headers.get('content-type') ?? '')) throw new Error('not served as JSON');
  const text = await readText(response);
  const client = JSON.parse(text) as Record<string, unknown> | null;
  if (typeof client !== 'object' || client === null) throw new Error('not an object');
  // This is a key set (jwks_uri), not a client.
  if (Array.isArray(client['keys'])) return new Response(text, { status: 200, headers: cachingOf(response) });
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) throw new Error('too large');
  if (client['client_id'] !== id) throw new Error('the document of another client');
  if ('client_secret' in client) throw new Error('a public document with a secret');
  // MCP asks for client_name; without one a person could not tell who asks.
  if (typeof client['client_name'] !== 'string') throw new Error('client_name is missing');
  const methods = client['token_endpoint_auth_methods_supported'];
  const method = Array.isArray(methods) && methods.includes('none') ? 'none' : client['token_endpoint_auth_method'];
  const tidied = {
    ...tidyRegistration(client, rules),
    client_id: id,
    token_endpoint_auth_method: method ?? 'none',
    ...(client['jwks_uri'] === undefined ? {} : { jwks_uri: client['jwks_uri'] }),
  };
  return new Response(JSON.stringify(tidied), { status: 200, headers: cachingOf(response) });
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > MAX_KEYS_BYTES) throw new Error('too large');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function cachingOf(response: Response): Headers {
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const name of ['cache-control', 'expires']) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
