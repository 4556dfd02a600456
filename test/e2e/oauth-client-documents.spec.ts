import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { DocumentFetcher } from '../../src/oauth/authorization-server/clients/document-fetcher.js';
import { BrowserPerson } from '../support/browser-person.js';
import { authorizeUrl, pkce, tokenRequest } from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';

const REDIRECT = 'http://127.0.0.1:45001/callback';
const JSON_HEADERS = { 'content-type': 'application/json' };

const documentOf = (id: string, changes: object = {}): object => ({
  client_id: id,
  client_name: 'Sales tool',
  redirect_uris: ['http://localhost/callback'],
  token_endpoint_auth_method: 'none',
  ...changes,
});

/** What the "internet" answers by URL; records what was asked for. */
function serve(server: OAuthServer, pages: Record<string, () => Response>): string[] {
  const asked: string[] = [];
  server.app.get(DocumentFetcher).send = async url => {
    asked.push(String(url));
    const page = pages[String(url)];
    if (page === undefined) throw new Error('connect ECONNREFUSED 10.1.2.3:443');
    return page();
  };
  return asked;
}

async function open(
  base: string,
  client_id: string,
  redirect_uri: string,
  address = '203.0.113.1',
): Promise<{ status: number; text: string; location: string | null }> {
  const url = authorizeUrl(base, { client_id, code_challenge: pkce().challenge, redirect_uri, scope: 'sql:read' });
  const response = await fetch(url, { redirect: 'manual', headers: { 'x-forwarded-for': address } });
  return { status: response.status, text: await response.text(), location: response.headers.get('location') };
}

/** A code for the client, and the pages on the way. */
async function codeFor(
  server: OAuthServer,
  client_id: string,
  redirect_uri: string,
): Promise<{ code: string; verifier: string; consent: string; end: string }> {
  const base = `${server.url}/demo`;
  const { verifier, challenge } = pkce();
  const person = new BrowserPerson(server.url);
  const url = authorizeUrl(base, { client_id, code_challenge: challenge, redirect_uri, scope: 'sql:read' });
  const consent = await person.submit(await person.open(url), DEMO_USER);
  const end = await person.submit(consent, { decision: 'approve' });
  const code = /[?&]code=([^&]+)/.exec(end.url)?.[1] ?? '';
  return { code: decodeURIComponent(code), verifier, consent: consent.text, end: end.url };
}

describe('clients that are known by a document', () => {
  let server: OAuthServer;
  let base: string;
  const env = { STATE_KEY: randomBytes(32).toString('base64') };
  beforeAll(async () => {
    server = await startOAuthServer();
    base = `${server.url}/demo`;
  });
  afterAll(() => server.close());

  it.each([
    ['https://claude.ai/oauth/mcp-oauth-client-metadata', 'https://claude.ai/api/mcp/auth_callback'],
    ['https://claude.ai/oauth/claude-code-client-metadata', 'http://localhost:51234/callback'],
    ['https://claude.ai/oauth/claude-code-client-metadata', 'claude://claude.ai/mcp-auth-callback/sdk'],
    ['https://chatgpt.com/oauth/client.json', 'https://chatgpt.com/connector_platform_oauth_redirect'],
    ['https://chatgpt.com/oauth/7NsWlQyClcg9/client.json', 'https://chatgpt.com/connector/oauth/7NsWlQyClcg9'],
    ['https://chatgpt.com/oauth/codex/client.json', 'http://127.0.0.1:1455/callback'],
    ['https://chatgpt.com/oauth/codex/4-bzS8rt42zJ/client.json', 'http://127.0.0.1:1455/callback/4-bzS8rt42zJ'],
    ['https://chatgpt.com/oauth/codex/4-bzS8rt42zJ/client.json', 'http://localhost:1455/callback/4-bzS8rt42zJ'],
    ['https://vscode.dev/oauth/client-metadata.json', 'http://127.0.0.1:60005/'],
    ['https://vscode.dev/oauth/client-metadata.json', 'http://127.0.0.1:60005'],
    ['https://github.com/copilot/cli/client-metadata.json', 'http://127.0.0.1:60005/'],
    ['https://opencode.ai/oauth/opencode/client.json', 'http://127.0.0.1:51675/callback'],
    ['https://zed.dev/oauth/client-metadata.json', 'http://127.0.0.1:51675/callback'],
    ['https://goose-docs.ai/oauth/client-metadata.json', 'http://localhost:51675/oauth_callback'],
  ])('%s may use %s, and nothing is fetched', async (id, redirect) => {
    const asked = serve(server, {});
    expect(await open(base, id, redirect)).toMatchObject({
      status: 303,
      location: expect.stringMatching(/interaction/),
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['https://chatgpt.com/oauth/codex/4-bzS8rt42zJ/client.json', 'http://127.0.0.1:1455/callback/another'],
    ['https://chatgpt.com/oauth/codex/4-bzS8rt42zJ/client.json', 'https://chatgpt.com/connector/oauth/4-bzS8rt42zJ'],
    ['https://chatgpt.com/oauth/codex/client.json', 'https://chatgpt.com/connector/oauth/codex'],
    ['https://github.com/copilot/cli/client-metadata.json', 'https://claude.ai/x'],
  ])('%s may not use %s', async (id, redirect) => {
    serve(server, {});
    const page = await open(base, id, redirect);
    expect(page).toMatchObject({ status: 400, location: null });
    expect(page.text).toContain('invalid_redirect_uri');
  });

  it.each([
    'https://github.com/copilot/cli/client-metadata.json/',
    'https://github.com/evil/repo/client-metadata.json',
    'https://chatgpt.com/oauth/codex/a/b/client.json',
    'https://chatgpt.com/oauth/codex/4-bz/client.json/x',
  ])('%s is not built in', async id => {
    const asked = serve(server, {});
    expect((await open(base, id, REDIRECT)).status).toBe(400);
    expect(asked).toEqual([id]);
  });

  it('come from any public host, are shown with it, and need neither it nor a fetch once a person consented', async () => {
    const id = 'https://tools.corp.example/mcp/client.json';
    const other = 'https://tools.corp.example/unconsented.json';
    const first = await startOAuthServer({ env });
    const asked = serve(first, {
      [id]: () =>
        Response.json(documentOf(id, { logo_uri: 'https://tools.corp.example/x.png', client_uri: 'http://x' })),
      [other]: () => Response.json(documentOf(other)),
    });
    const { code, verifier, consent } = await codeFor(first, id, REDIRECT);
    expect(consent).toContain('tools.corp.example');
    expect(consent).toContain('Sales tool');
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, client_id: id };
    const answer = await tokenRequest(`${first.url}/demo`, { ...form, redirect_uri: REDIRECT });
    const { refresh_token = '' } = (await answer.json()) as Record<string, string>;
    expect((await open(`${first.url}/demo`, other, REDIRECT)).status).toBe(303);
    expect(asked).toEqual([id, other]);
    await first.close();
    // After a restart, without the caches, at a time when the host is gone.
    const port = Number(new URL(first.url).port);
    const second = await startOAuthServer({ directory: first.directory, port, env });
    try {
      const again = serve(second, {});
      const refresh = { grant_type: 'refresh_token', refresh_token, client_id: id };
      const refreshed = await tokenRequest(`${second.url}/demo`, refresh);
      expect(await refreshed.json()).toMatchObject({ token_type: 'Bearer' });
      expect(again).toEqual([]);
      // Nothing was stored about the client that nobody consented to.
      expect((await open(`${second.url}/demo`, other, REDIRECT)).status).toBe(400);
      expect(again).toEqual([other]);
    } finally {
      await second.close();
    }
  });

  it('may list `private_key_jwt` beside `none`, and authenticate either way', async () => {
    const id = 'https://tools.corp.example/keyed.json';
    const keysUrl = 'https://tools.corp.example/keys.json';
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    serve(server, {
      [id]: () =>
        Response.json(
          documentOf(id, {
            token_endpoint_auth_method: 'private_key_jwt',
            token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
            token_endpoint_auth_signing_alg: 'RS256',
            jwks_uri: keysUrl,
          }),
        ),
      [keysUrl]: () => Response.json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256' }] }),
    });
    const assertion = (key: typeof privateKey): string => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: id, sub: id, aud: base, jti: randomUUID(), iat: now, exp: now + 60 };
      const text = `${part({ alg: 'RS256', kid: '1' })}.${part(claims)}`;
      return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
    };
    const attempt = async (client: Record<string, string>): Promise<number> => {
      const { code, verifier } = await codeFor(server, id, REDIRECT);
      const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: REDIRECT };
      return (await tokenRequest(base, { ...form, client_id: id, ...client })).status;
    };
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    expect(await attempt({})).toBe(200);
    expect(await attempt({ client_assertion_type, client_assertion: assertion(privateKey) })).toBe(200);
    const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(await attempt({ client_assertion_type, client_assertion: assertion(other) })).toBe(401);
  });

  it('that are built in may sign their token request, though nothing is fetched', async () => {
    const asked = serve(server, {});
    const id = 'https://chatgpt.com/oauth/client.json';
    const redirect_uri = 'https://chatgpt.com/connector_platform_oauth_redirect';
    const { code, verifier } = await codeFor(server, id, redirect_uri);
    const payload = Buffer.from(JSON.stringify({ iss: id, sub: id })).toString('base64url');
    const answer = await tokenRequest(base, {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `e30.${payload}.x`,
    });
    expect(answer.status).toBe(200);
    expect(asked).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['redirects elsewhere', { redirect_uris: ['https://evil.example/cb'] }, 'ALLOWED_REDIRECT_HOSTS'],
    ['redirects to an unknown scheme', { redirect_uris: ['evil://cb'] }, 'ALLOWED_REDIRECT_SCHEMES'],
    [
      'has its keys elsewhere',
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://evil.example/keys' },
      'its jwks_uri is on another host',
    ],
    ['calls itself Claude', { client_name: 'Claude' }, 'is the name of another application'],
    ['has no name', { client_name: undefined }, 'it has no client_name'],
    ['is about another client', { client_id: 'https://other.example/x' }, 'its client_id is not its address'],
  ])('are refused, and the page says why, when the document %s', async (what, changes, reason) => {
    const id = `https://tools.corp.example/${what.replace(/ /g, '-')}.json`;
    serve(server, { [id]: () => new Response(JSON.stringify(documentOf(id, changes)), { headers: JSON_HEADERS }) });
    const page = await open(base, id, REDIRECT, '203.0.113.50');
    expect(page).toMatchObject({ status: 400, location: null });
    expect(page.text).toContain(reason);
  });

  it('that can not be fetched say nothing of the network', async () => {
    serve(server, {});
    const page = await open(base, 'https://tools.corp.example/gone.json', REDIRECT, '203.0.113.51');
    expect(page.text).toContain('it could not be fetched');
    expect(page.text).not.toMatch(/ECONNREFUSED|10\.1\.2\.3/);
  });

  it('are fetched at most 20 times a minute for one network, whatever its addresses; others are served', async () => {
    const asked = serve(server, {});
    const statuses: number[] = [];
    for (let n = 0; n < 25; n++) {
      const id = `https://flood-${n}.example/client.json`;
      statuses.push((await open(base, id, REDIRECT, `2001:db8:77:${n.toString(16)}::1`)).status);
    }
    expect(asked).toHaveLength(20);
    expect(statuses.filter(status => status === 429)).toHaveLength(5);
    const id = 'https://served.example/client.json';
    serve(server, { [id]: () => Response.json(documentOf(id)) });
    expect((await open(base, id, REDIRECT, '2001:db8:78::1')).status).toBe(303);
  });
});

describe('the setting CLIENT_DOCUMENTS', () => {
  it.each([
    [{ CLIENT_DOCUMENTS: 'tools.example,*.corp.example' }, 'https://tools.example/c.json', true],
    [{ CLIENT_DOCUMENTS: 'tools.example,*.corp.example' }, 'https://a.corp.example/c.json', true],
    [{ CLIENT_DOCUMENTS: 'tools.example,*.corp.example' }, 'https://corp.example/c.json', false],
    [{ CIMD_ALLOWED_HOSTS: 'tools.example' }, 'https://tools.example/c.json', true],
    [{ CIMD_ALLOWED_HOSTS: 'tools.example' }, 'https://x.tools.example/c.json', false],
    [{ CLIENT_DOCUMENTS: 'pinned' }, 'https://tools.example/c.json', false],
  ])('%j decides about %s: %s', async (env, id, fetched) => {
    const server = await startOAuthServer({ env: env as Record<string, string> });
    try {
      const asked = serve(server, { [id]: () => Response.json(documentOf(id)) });
      const page = await open(`${server.url}/demo`, id, REDIRECT);
      expect(page.status).toBe(fetched ? 303 : 400);
      expect(asked).toEqual(fetched ? [id] : []);
      if (!fetched) expect(page.text).toContain('CLIENT_DOCUMENTS');
      // The built-in clients need no fetch.
      const zed = 'https://zed.dev/oauth/client-metadata.json';
      expect((await open(`${server.url}/demo`, zed, REDIRECT)).status).toBe(303);
    } finally {
      await server.close();
    }
  });
});

it('a built-in client keeps those of its redirect URIs that a tenant still allows', async () => {
  const server = await startOAuthServer({ env: { ALLOWED_REDIRECT_HOSTS: 'claude.ai' } });
  try {
    const asked = serve(server, {});
    const id = 'https://claude.ai/oauth/mcp-oauth-client-metadata';
    const ask = (uri: string) => open(`${server.url}/demo`, id, uri);
    expect((await ask('https://claude.ai/api/mcp/auth_callback')).status).toBe(303);
    expect((await ask('https://claude.com/api/mcp/auth_callback')).status).toBe(400);
    expect(asked).toEqual([]);
  } finally {
    await server.close();
  }
});
