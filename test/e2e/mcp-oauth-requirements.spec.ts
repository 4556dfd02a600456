import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { post, rpc, send } from '../support/conformance/wire.js';
import { BrowserPerson } from '../support/browser-person.js';
import {
  authorizeUrl,
  pkce,
  REDIRECT_URI,
  register,
  registeredClient,
  type SignedIn,
  signIn,
  tokenRequest,
} from '../support/oauth-login.js';
import { addUser } from '../support/oauth-server.js';
import { verifies } from '../support/verifies.js';

type Document = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const PASSWORD = 'correct horse battery';
const BASE64URL = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** One short test for each requirement on authorization; the oauth-*.spec.ts files test the details. */
describe('authorization, as MCP requires it', () => {
  let server: FixtureServer;
  let base: string;
  let signedIn: SignedIn;

  beforeAll(async () => {
    server = await startFixtureServer({ ALLOW_UNAUTH_METHODS: 'false', ALLOW_UNAUTH_TOOLS_CALL: 'false' });
    base = `${server.origin}/demo`;
    await addUser(server.usersFile, 'ada', PASSWORD);
    signedIn = await signIn({ url: server.origin, tenant: 'demo', username: 'ada', password: PASSWORD });
  });
  afterAll(() => server.close());

  const document = async (at: string): Promise<Document> => (await fetch(at)).json() as Promise<Document>;
  const ping = (authorization: string) => post(server.url, rpc('ping'), { authorization });

  it('names its authorization server at the path-inserted address', async () => {
    verifies('MCP-46');
    const prm = await document(`${server.origin}/.well-known/oauth-protected-resource/demo/sse`);
    expect(prm).toMatchObject({ resource: server.url, authorization_servers: [base] });
    expect(prm['scopes_supported']).not.toContain('offline_access');
  });

  it('accepts only tokens that it issued', async () => {
    verifies('MCP-47');
    const claims = { iss: base, aud: server.url, sub: 'ada', exp: 4_000_000_000, scope: 'sql:read' };
    const unsigned = `${BASE64URL({ alg: 'none' })}.${BASE64URL(claims)}.`;
    const foreign = `${BASE64URL({ alg: 'HS256' })}.${BASE64URL(claims)}.${Buffer.alloc(32).toString('base64url')}`;
    for (const token of ['garbage', unsigned, foreign, signedIn.refreshToken, signedIn.accessToken.toUpperCase()]) {
      expect((await ping(`Bearer ${token}`)).status).toBe(401);
    }
    expect((await ping(`Bearer ${signedIn.accessToken}`)).status).toBe(200);
  });

  it('answers 400 to an Authorization header that it cannot read', async () => {
    verifies('MCP-50');
    for (const value of ['Bearer', 'Bearer a b', 'Bearer ü']) {
      expect((await ping(value.replace('ü', '"'))).status).toBe(400);
    }
  });

  it('stores no token in plain text', () => {
    verifies('MCP-51');
    const directory = path.dirname(server.usersFile);
    for (const file of ['state.db', 'state.db-wal', 'audit.jsonl']) {
      const bytes = readFileSync(path.join(directory, file));
      for (const token of [signedIn.accessToken, signedIn.refreshToken]) expect(bytes.includes(token)).toBe(false);
    }
  });

  it('has its metadata at all three addresses, with the issuer of the address', async () => {
    verifies('MCP-52', 'MCP-53');
    for (const at of [
      `${server.origin}/.well-known/oauth-authorization-server/demo`,
      `${server.origin}/.well-known/openid-configuration/demo`,
      `${base}/.well-known/openid-configuration`,
    ]) {
      expect(await document(at)).toMatchObject({ issuer: base, code_challenge_methods_supported: ['S256'] });
    }
  });

  async function refusal(params: Record<string, string | undefined>): Promise<string | null> {
    const client_id = await registeredClient(base);
    const { challenge } = pkce();
    const url = authorizeUrl(base, {
      client_id,
      code_challenge: challenge,
      scope: 'sql:read',
      resource: server.url,
      ...params,
    });
    const { url: end } = await new BrowserPerson(server.origin).open(url);
    return end.startsWith(REDIRECT_URI) ? new URL(end).searchParams.get('error') : null;
  }

  it('requires PKCE with S256', async () => {
    verifies('MCP-53');
    expect(await refusal({ code_challenge_method: 'plain' })).toBe('invalid_request');
    expect(await refusal({ code_challenge: undefined, code_challenge_method: undefined })).toBe('invalid_request');
  });

  it('redirects only to an address that was registered', async () => {
    verifies('MCP-54');
    const client_id = await registeredClient(base);
    const redirect_uri = 'https://claude.ai/another/callback';
    const url = authorizeUrl(base, { client_id, code_challenge: pkce().challenge, resource: server.url, redirect_uri });
    const reply = await send(url, 'GET', {});
    expect(reply.status).toBe(400);
    expect(reply.headers.location).toBeUndefined();
  });

  it('issues a new refresh token at each refresh, and refuses an old one once the new one was used', async () => {
    verifies('MCP-55');
    const own = await signIn({ url: server.origin, tenant: 'demo', username: 'ada', password: PASSWORD });
    const refresh = (token: string) =>
      tokenRequest(base, { grant_type: 'refresh_token', refresh_token: token, client_id: own.clientId });
    const first = (await (await refresh(own.refreshToken)).json()) as Document;
    expect(first['expires_in']).toBeLessThanOrEqual(3_600);
    expect(first['refresh_token']).not.toBe(own.refreshToken);
    const second = (await (await refresh(first['refresh_token'] as string)).json()) as Document;
    expect((await refresh(own.refreshToken)).status).toBe(400);
    expect((await refresh(second['refresh_token'] as string)).status).toBe(400);
  });

  it('refuses a resource that is not its own', async () => {
    verifies('MCP-56');
    expect(await refusal({ resource: 'https://elsewhere.example/sse' })).toBe('invalid_target');
  });

  it('registers a client', async () => {
    verifies('MCP-57');
    const reply = await register(base);
    expect(reply.status).toBe(201);
    expect(await reply.json()).toMatchObject({ client_id: expect.any(String), redirect_uris: [REDIRECT_URI] });
  });

  it('declares client metadata documents, and fetches none from an internal address', async () => {
    verifies('MCP-58');
    const metadata = await document(`${server.origin}/.well-known/oauth-authorization-server/demo`);
    expect(metadata['client_id_metadata_document_supported']).toBe(true);
    for (const client_id of ['https://127.0.0.1/client.json', 'https://169.254.169.254/latest/meta-data']) {
      const url = authorizeUrl(base, { client_id, code_challenge: pkce().challenge, resource: server.url });
      const reply = await send(url, 'GET', {});
      expect(reply.status).toBe(400);
      expect(reply.headers.location).toBeUndefined();
    }
  });

  it('names its issuer in its redirects', async () => {
    verifies('MCP-59');
    const client_id = await registeredClient(base);
    const url = authorizeUrl(base, { client_id, resource: server.url, code_challenge: undefined });
    const { url: end } = await new BrowserPerson(server.origin).open(url);
    expect(new URL(end).searchParams.get('iss')).toBe(base);
    const metadata = await document(`${server.origin}/.well-known/oauth-authorization-server/demo`);
    expect(metadata['authorization_response_iss_parameter_supported']).toBe(true);
  });

  it('forbids framing of its pages, and asks for consent for each client', async () => {
    verifies('MCP-60');
    const client_id = await registeredClient(base);
    const url = authorizeUrl(base, {
      client_id,
      code_challenge: pkce().challenge,
      scope: 'sql:read',
      resource: server.url,
    });
    const person = new BrowserPerson(server.origin);
    const signInPage = await person.open(url);
    expect(signInPage.response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const consent = await person.submit(signInPage, { username: 'ada', password: PASSWORD });
    expect(consent.text).toContain('name="decision"');
    const other = authorizeUrl(base, {
      client_id: await registeredClient(base),
      code_challenge: pkce().challenge,
      scope: 'sql:read',
      resource: server.url,
    });
    expect((await person.open(other)).text).toContain('name="decision"');
  });
});
