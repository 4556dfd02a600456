import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { signIn } from '../support/oauth-login.js';

const documentOf = async (url: string): Promise<Record<string, unknown>> => {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${response.status} at ${url}`);
  return (await response.json()) as Record<string, unknown>;
};

describe('discovery of tenants with a path', () => {
  let server: OAuthServer;
  beforeAll(async () => (server = await startOAuthServer({ env: { DEFAULT_TENANT: 'demo' } })));
  afterAll(() => server.close());

  const forms = (name: string): string[] => [
    `/demo/.well-known/${name}`,
    `/.well-known/${name}/demo`,
    `/.well-known/${name}/demo/sse`,
    `/.well-known/${name}/demo/mcp`,
    `/demo/.well-known/${name}/sse`,
    `/demo/sse/.well-known/${name}`,
    `/demo/mcp/.well-known/${name}`,
    `/.well-known/${name}`,
  ];

  it.each(['oauth-authorization-server', 'openid-configuration'])(
    'gives %s in every form, with one issuer',
    async name => {
      for (const form of forms(name)) {
        const document = await documentOf(server.url + form);
        const issuer = `${server.url}/demo`;
        expect(document).toMatchObject({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          registration_endpoint: `${issuer}/register`,
          jwks_uri: `${issuer}/jwks`,
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
          client_id_metadata_document_supported: true,
          response_types_supported: ['code'],
          scopes_supported: ['sql:read', 'offline_access'],
        });
      }
    },
  );

  it('gives the protected resource with the URL that was asked about, and without offline_access', async () => {
    const cases: [string, string][] = [
      ['/.well-known/oauth-protected-resource/demo/sse', 'sse'],
      ['/.well-known/oauth-protected-resource/demo/mcp', 'mcp'],
      ['/.well-known/oauth-protected-resource/demo', 'sse'],
      ['/demo/.well-known/oauth-protected-resource', 'sse'],
      ['/demo/.well-known/oauth-protected-resource/mcp', 'mcp'],
      ['/demo/sse/.well-known/oauth-protected-resource', 'sse'],
    ];
    for (const [path, endpoint] of cases) {
      expect(await documentOf(server.url + path)).toMatchObject({
        resource: `${server.url}/demo/${endpoint}`,
        authorization_servers: [`${server.url}/demo`],
        scopes_supported: ['sql:read'],
        bearer_methods_supported: ['header'],
        resource_documentation: `${server.url}/demo/docs`,
      });
    }
    const writable = await documentOf(`${server.url}/.well-known/oauth-protected-resource/workshop/sse`);
    expect(writable['scopes_supported']).toEqual(['sql:read', 'sql:write']);
  });

  it('gives a client whose URL has no prefix a document with that URL', async () => {
    for (const endpoint of ['sse', 'mcp']) {
      const challenge = (await fetch(`${server.url}/${endpoint}`)).headers.get('www-authenticate');
      const document = `${server.url}/.well-known/oauth-protected-resource/${endpoint}`;
      expect(challenge).toContain(`resource_metadata="${document}"`);
      expect(await documentOf(document)).toMatchObject({
        resource: `${server.url}/${endpoint}`,
        authorization_servers: [`${server.url}/demo`],
      });
      const prefixed = (await fetch(`${server.url}/demo/${endpoint}`)).headers.get('www-authenticate');
      expect(prefixed).toContain(`oauth-protected-resource/demo/${endpoint}"`);
      // The proxy stripped it: the client's URL has it.
      const headers = { 'x-environment-path': '/demo' };
      const stripped = (await fetch(`${server.url}/${endpoint}`, { headers })).headers.get('www-authenticate');
      expect(stripped).toBe(prefixed);
    }
  });

  // Some clients request this document first; test/e2e/oauth-probing-orders.spec.ts has their orders.
  it('has no protected resource at the root, because it could be meant for any tenant', async () => {
    expect((await fetch(`${server.url}/.well-known/oauth-protected-resource`)).status).toBe(404);
    const headers = { 'x-environment-path': '/workshop' };
    const stripped = await fetch(`${server.url}/.well-known/oauth-protected-resource`, { headers });
    expect(await stripped.json()).toMatchObject({ resource: `${server.url}/workshop/sse` });
  });

  it('answers preflights for any origin, without a token', async () => {
    for (const path of ['/.well-known/oauth-protected-resource/demo/sse', '/demo/.well-known/openid-configuration']) {
      const response = await fetch(server.url + path, {
        method: 'OPTIONS',
        headers: { origin: 'https://anyone.example' },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it.each([
    '/.well-known/unknown/demo',
    '/.well-known/oauth-authorization-server/nobody',
    '/.well-known/oauth-authorization-server/DEMO',
    '/.well-known/oauth-authorization-server/demo/other',
    '/demo/.well-known/oauth-protected-resource/sse/more',
    '/nobody/.well-known/oauth-authorization-server',
  ])('has nothing at %s', async path => {
    // An unknown first segment means the default tenant's path, where there is nothing either.
    const response = await fetch(server.url + path);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('tells a person how to connect, in two languages', async () => {
    const english = await (await fetch(`${server.url}/demo/docs`)).text();
    expect(english).toContain(`${server.url}/demo/sse`);
    expect(english).toContain('claude mcp add');
    const spanish = await fetch(`${server.url}/demo/docs`, {
      headers: { 'accept-language': 'es-MX,es;q=0.9,en;q=0.5' },
    });
    expect(await spanish.text()).toContain('Conectarse a esta base de datos');
  });
});

describe('discovery without a default tenant', () => {
  let server: OAuthServer;
  beforeAll(async () => (server = await startOAuthServer()));
  afterAll(() => server.close());

  it.each(['oauth-authorization-server', 'openid-configuration', 'oauth-protected-resource'])(
    'has no %s at the root',
    async name => expect((await fetch(`${server.url}/.well-known/${name}`)).status).toBe(404),
  );
});

describe('a tenant at the root', () => {
  let server: OAuthServer;
  const database = { MSSQL_HOST: '127.0.0.1', MSSQL_USER: 'u', MSSQL_PASSWORD: 'p', MSSQL_DATABASE: 'Sales' };
  beforeAll(async () => (server = await startOAuthServer({ env: { ...database, TENANTS_FILE: '' } })));
  afterAll(() => server.close());

  it('has its documents at the root and after it, with the bare origin as issuer', async () => {
    for (const path of [
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
      '/sse/.well-known/openid-configuration',
    ]) {
      expect(await documentOf(server.url + path)).toMatchObject({
        issuer: server.url,
        token_endpoint: `${server.url}/token`,
      });
    }
    for (const endpoint of ['sse', 'mcp']) {
      const document = await documentOf(`${server.url}/.well-known/oauth-protected-resource/${endpoint}`);
      expect(document).toMatchObject({ resource: `${server.url}/${endpoint}`, authorization_servers: [server.url] });
    }
    const atRoot = await documentOf(`${server.url}/.well-known/oauth-protected-resource`);
    expect(atRoot).toMatchObject({ resource: `${server.url}/sse`, authorization_servers: [server.url] });
  });

  it('signs people in at its unprefixed addresses', async () => {
    const { accessToken } = await signIn({ url: server.url, tenant: '', ...DEMO_USER });
    const response = await fetch(`${server.url}/sse`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(await response.json()).toMatchObject({ subject: 'demo' });
    const refused = await fetch(`${server.url}/mcp`);
    expect(refused.headers.get('www-authenticate')).toContain(
      `"${server.url}/.well-known/oauth-protected-resource/mcp"`,
    );
  });
});

describe('tenants whose names begin like an endpoint', () => {
  it.each(['tokens', 'authorize-eu', 'sse-2', 'registers'])('works for a tenant /%s', async name => {
    const server = await startOAuthServer({ tenants: [{ path: `/${name}` }, { path: '/demo' }] });
    try {
      const { accessToken } = await signIn({ url: server.url, tenant: name, ...DEMO_USER });
      const response = await fetch(`${server.url}/${name}/sse`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      expect(response.status).toBe(200);
    } finally {
      await server.close();
    }
  });
});

describe('PUBLIC_URL with https, behind a proxy', () => {
  let server: OAuthServer;
  beforeAll(async () => (server = await startOAuthServer({ env: { PUBLIC_URL: 'https://mcp.example.com' } })));
  afterAll(() => server.close());

  it('gives https addresses and cookies that only https carries', async () => {
    const document = await documentOf(`${server.url}/.well-known/oauth-authorization-server/demo`);
    expect(document['issuer']).toBe('https://mcp.example.com/demo');
    const registered = await fetch(`${server.url}/demo/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
        token_endpoint_auth_method: 'none',
      }),
    });
    const { client_id } = (await registered.json()) as { client_id: string };
    const url = new URL(`${server.url}/demo/authorize`);
    url.search = new URLSearchParams({
      client_id,
      response_type: 'code',
      redirect_uri: 'https://claude.ai/api/mcp/auth_callback',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    const response = await fetch(url, { redirect: 'manual' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toMatch(/^(https:\/\/mcp\.example\.com)?\/demo\/interaction\//);
    const cookies = response.headers.getSetCookie().filter(cookie => !cookie.includes('.sig='));
    expect(cookies.map(cookie => cookie.split('=')[0]).sort()).toEqual(['__Secure-demo_i', '__Secure-demo_r']);
    for (const cookie of cookies) expect(cookie).toMatch(/; secure(;|$).*httponly|httponly.*; secure/i);
    for (const cookie of cookies) expect(cookie).toMatch(/samesite=lax/i);
  });

  it('knows Claude without registration, fetching nothing', async () => {
    const url = new URL(`${server.url}/demo/authorize`);
    url.search = new URLSearchParams({
      client_id: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
      response_type: 'code',
      redirect_uri: 'https://claude.ai/api/mcp/auth_callback',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
      scope: ' claudeai sql:read',
      resource: 'HTTPS://MCP.example.com/demo/sse/',
      nonce: 'n',
    }).toString();
    const response = await fetch(url, { redirect: 'manual' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toContain('/demo/interaction/');
  });

  it('knows ChatGPT’s connectors by their documents’ names', async () => {
    const ask = async (callback: string): Promise<number> => {
      const url = new URL(`${server.url}/demo/authorize`);
      url.search = new URLSearchParams({
        client_id: 'https://chatgpt.com/oauth/abc123/client.json',
        response_type: 'code',
        redirect_uri: callback,
        code_challenge: 'a'.repeat(43),
        code_challenge_method: 'S256',
      }).toString();
      return (await fetch(url, { redirect: 'manual' })).status;
    };
    expect(await ask('https://chatgpt.com/connector/oauth/abc123')).toBe(303);
    expect(await ask('https://chatgpt.com/connector/oauth/other')).toBe(400);
  });
});
