import { BrowserPerson } from '../support/browser-person.js';
import { authorizeAs, authorizeUrl, pkce, register, registeredClient, tokenRequest } from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';

describe('a registration', () => {
  let server: OAuthServer;
  let base: string;
  beforeAll(async () => {
    server = await startOAuthServer();
    base = `${server.url}/demo`;
  });
  afterAll(() => server.close());

  async function registered(metadata: object): Promise<Record<string, unknown>> {
    const answer = await register(base, metadata);
    const body = (await answer.json()) as Record<string, unknown>;
    expect({ status: answer.status, ...body }).toMatchObject({ status: 201 });
    return body;
  }

  it.each([
    { client_uri: '', tos_uri: '', policy_uri: '', logo_uri: '' },
    { client_uri: null, tos_uri: null, contacts: null, jwks: null, jwks_uri: null, scope: null },
    { jwks: {}, contacts: [], jwks_uri: '' },
    { jwks: { keys: [] } },
    { client_uri: 'http://app.example/', policy_uri: 'ftp://x', tos_uri: 7 },
    { contacts: ['no address', { a: 1 }], id_token_signed_response_alg: 'RS256' },
    { contacts: 'someone@example.com' },
    { grant_types: null, response_types: '' },
    { grant_types: [], response_types: [] },
    { token_endpoint_auth_signing_alg: 'RS256' },
    { client_name: '', software_id: null },
  ])('leaves out what is empty or unfit: %j', async metadata => {
    const body = await registered(metadata);
    expect(body).toMatchObject({ token_endpoint_auth_method: 'none', response_types: ['code'] });
    for (const name of Object.keys(metadata).filter(key => !/_types$|_response_alg$/.test(key)))
      expect(body).not.toHaveProperty(name);
  });

  it('keeps the contacts that are addresses', async () => {
    expect(await registered({ contacts: ['x', 'ana@example.com'] })).toMatchObject({ contacts: ['ana@example.com'] });
  });

  it('gets code and refresh when it asks for no grants, and only what it asks for otherwise', async () => {
    const both = ['authorization_code', 'refresh_token'];
    for (const grant_types of [undefined, null, '', []])
      expect(await registered({ grant_types })).toMatchObject({ grant_types: both });
    expect(await registered({ grant_types: ['authorization_code'] })).toMatchObject({ grant_types: both.slice(0, 1) });
    const bearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    expect(await registered({ grant_types: [...both, bearer] })).toMatchObject({ grant_types: both });
  });

  it.each<[string, string]>([
    ['Ｓａｌｅｓ\u3164 tool\u200b', 'Sales tool'],
    ['Claude Code (sales)', 'Claude Code (sales)'],
    ['Cafe\u0301', 'Café'],
  ])('stores the name %j as %j', async (client_name, stored) => {
    expect(await registered({ client_name })).toMatchObject({ client_name: stored });
  });

  it.each([
    ['http://127.0.0.1:33418', 'http://localhost:45002/'],
    ['http://127.0.0.1:45001/callback', 'http://localhost:45001/callback'],
    ['http://localhost/callback', 'http://[::1]:45001/callback'],
    ['http://[::1]:1/callback?a=b', 'http://127.0.0.1:2/callback?a=b'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'cursor://anysphere.cursor-mcp/oauth/callback'],
    ['claude://claude.ai/mcp-auth-callback/sdk', 'claude://claude.ai/mcp-auth-callback/sdk'],
    ['https://global.consent.azure-apim.net/redirect/cr-x', 'https://global.consent.azure-apim.net/redirect/cr-x'],
    ['https://insiders.vscode.dev/redirect', 'https://insiders.vscode.dev/redirect'],
  ])('for %s can be answered at %s, and the consent page shows where', async (registeredUri, redirect_uri) => {
    const client_id = await registeredClient(base, { redirect_uris: [registeredUri] });
    const { verifier, challenge } = pkce();
    const person = new BrowserPerson(server.url);
    const url = authorizeUrl(base, { client_id, code_challenge: challenge, redirect_uri });
    const consent = await person.submit(await person.open(url), DEMO_USER);
    expect(consent.response.status).toBe(200);
    // A host that all organisations share says nothing: the path does.
    const target = new URL(redirect_uri);
    const shared = /azure-apim|vscode\.dev/.test(redirect_uri);
    const isWeb = /^https?:$/.test(target.protocol);
    const shown = shared ? target.host + target.pathname : isWeb ? target.host : target.protocol;
    expect(consent.text).toContain(`<strong>${shown}</strong>`);
    const end = await person.submit(consent, { decision: 'approve' });
    const code = /[?&]code=([^&]+)/.exec(end.url)?.[1] ?? '';
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, client_id };
    expect((await tokenRequest(base, { ...form, redirect_uri: `${redirect_uri}x` })).status).toBe(400);
    expect((await tokenRequest(base, form)).status).toBe(200);
  });

  it.each(['/register', '/token'])('is read as JSON only when the media type says so, at %s', async path => {
    const body = JSON.stringify({ redirect_uris: ['http://127.0.0.1/x'], token_endpoint_auth_method: 'none' });
    const send = async (type: string): Promise<string> => {
      const answer = await fetch(base + path, { method: 'POST', headers: { 'content-type': type }, body });
      return `${answer.status} ${((await answer.json()) as { error?: string }).error ?? ''}`;
    };
    expect(await send('application/jsonx')).toMatch(/^400 invalid_request/);
    if (path === '/register') expect(await send('application/json;charset=utf-8')).toBe('201 ');
  });

  it('of a user who takes several resources needs all of them to be of this server', async () => {
    const client_id = await registeredClient(base);
    const { verifier, challenge } = pkce();
    const start = (resources: readonly string[]): string =>
      authorizeUrl(base, { client_id, code_challenge: challenge }) +
      resources.map(resource => `&resource=${encodeURIComponent(resource)}`).join('');
    const foreign = 'https://evil.example/mcp';
    for (const resources of [
      [`${base}/mcp`, foreign],
      [foreign, `${base}/mcp`],
    ]) {
      const answer = await fetch(start(resources), { redirect: 'manual' });
      expect(answer.headers.get('location')).toContain('error=invalid_target');
    }
    const end = await authorizeAs(new BrowserPerson(server.url), start([`${base}/mcp`, `${base}/sse`]), DEMO_USER);
    const code = new URL(end.url).searchParams.get('code') ?? '';
    const form = new URLSearchParams({ grant_type: 'authorization_code', code, code_verifier: verifier, client_id });
    form.append('resource', `${base}/mcp`);
    form.append('resource', foreign);
    const refused = await fetch(`${base}/token`, { method: 'POST', body: form });
    expect(await refused.json()).toMatchObject({ error: 'invalid_target' });
  });
});
