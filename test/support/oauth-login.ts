import { createHash, randomBytes } from 'node:crypto';
import { BrowserPerson, type Visit } from './browser-person.js';

export interface SignInOptions {
  /** Where the server lives: `http://127.0.0.1:8008`. */
  readonly url: string;
  readonly tenant: string;
  readonly username: string;
  readonly password: string;
  readonly scopes?: readonly string[];
  readonly resource?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** What the person picks on the consent page; default: all that was asked for. The page has Read selected. */
  readonly grant?: 'sql:read' | 'sql:write';
}

export interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly clientId: string;
  readonly scope: string;
}

export const REDIRECT_URI = 'http://127.0.0.1:53682/callback';

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export function pkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** RFC 7591; gives the answer whatever its status. */
export async function register(base: string, metadata: object = {}): Promise<Response> {
  return fetch(`${base}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test client',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  });
}

export async function registeredClient(base: string, metadata: object = {}): Promise<string> {
  const response = await register(base, metadata);
  const body = (await response.json()) as { client_id: string };
  if (response.status !== 201) throw new Error(`registration failed: ${JSON.stringify(body)}`);
  return body.client_id;
}

/** Registers a client with a secret. `signIn` takes both values. */
export async function confidentialClient(base: string): Promise<{ clientId: string; clientSecret: string }> {
  const response = await register(base, { token_endpoint_auth_method: 'client_secret_post' });
  const body = (await response.json()) as { client_id: string; client_secret: string };
  return { clientId: body.client_id, clientSecret: body.client_secret };
}

export function authorizeUrl(base: string, params: Record<string, string | undefined>): string {
  const url = new URL(`${base}/authorize`);
  const all = {
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    code_challenge_method: 'S256',
    state: 'st',
    ...params,
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** Signs in (if asked to) and answers the consent page; ends at the client's callback. */
export async function authorizeAs(
  person: BrowserPerson,
  url: string,
  options: { username: string; password: string; decision?: string; grant?: string | undefined; exports?: boolean },
): Promise<Visit> {
  let page = await person.open(url);
  if (page.text.includes('name="password"')) {
    page = await person.submit(page, { username: options.username, password: options.password });
  }
  if (!page.text.includes('name="decision"') || page.text.includes('name="password"')) return page;
  return person.submit(page, {
    decision: options.decision ?? 'approve',
    ...(options.grant === undefined ? {} : { scope: options.grant }),
    ...(options.exports === true ? { exports: 'yes' } : {}),
  });
}

export async function tokenRequest(base: string, params: Record<string, string>): Promise<Response> {
  return fetch(`${base}/token`, { method: 'POST', body: new URLSearchParams(params) });
}

/** Registration, PKCE, sign-in, consent and the token, over HTTP alone. */
export async function signIn(options: SignInOptions): Promise<SignedIn> {
  const base = options.tenant === '' ? options.url : `${options.url}/${options.tenant}`;
  const clientId = options.clientId ?? (await registeredClient(base));
  const { verifier, challenge } = pkce();
  const resource = options.resource ?? `${base}/sse`;
  const url = authorizeUrl(base, {
    client_id: clientId,
    code_challenge: challenge,
    scope: (options.scopes ?? ['sql:read']).join(' '),
    resource,
  });
  const grant = options.grant ?? (options.scopes?.includes('sql:write') === true ? 'sql:write' : undefined);
  const exports = options.scopes?.includes('sql:export') === true;
  const end = await authorizeAs(new BrowserPerson(options.url), url, { ...options, grant, exports });
  const code = end.url.startsWith(REDIRECT_URI) ? new URL(end.url).searchParams.get('code') : null;
  if (code === null) throw new Error(`sign-in ended at ${end.url} (${end.response.status}): ${end.text.slice(0, 500)}`);
  const response = await tokenRequest(base, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: REDIRECT_URI,
    client_id: clientId,
    resource,
    ...(options.clientSecret === undefined ? {} : { client_secret: options.clientSecret }),
  });
  const body = (await response.json()) as Record<string, string>;
  if (response.status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
  return {
    accessToken: String(body['access_token']),
    refreshToken: String(body['refresh_token']),
    clientId,
    scope: String(body['scope']),
  };
}
