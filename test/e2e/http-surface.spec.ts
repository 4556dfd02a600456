import { type StartedServer, startServer } from '../support/start-server.js';

describe('the addresses of a tenant', () => {
  let server: StartedServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it.each([
    ['/sse', 'POST, DELETE, HEAD, OPTIONS'],
    ['/mcp', 'POST, DELETE, HEAD, OPTIONS'],
    ['/messages', 'POST'],
    ['/health', 'GET'],
    ['/health/live', 'GET'],
    ['/.well-known/oauth-authorization-server', 'GET, HEAD, OPTIONS'],
    ['/.well-known/oauth-protected-resource/sse', 'GET, HEAD, OPTIONS'],
    ['/authorize', 'GET'],
    ['/token', 'POST'],
    ['/register', 'POST'],
  ])('answers a method that %s does not take with 405 and those that it takes', async (path, allowed) => {
    for (const method of ['PUT', 'PATCH', 'PROPFIND']) {
      const response = await fetch(`${server.url}/demo${path}`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toContain(allowed);
      expect(await response.text()).not.toMatch(/\bat .*\.js/);
    }
  });

  it.each([
    'SSE',
    'Mcp',
    'HEALTH',
    'health/LIVE',
    'ACCOUNT',
    'Docs',
    'Token',
    'AUTHORIZE',
    '.WELL-KNOWN/openid-configuration',
    'sse;x',
    'sse%20',
    '%73se',
  ])('has nothing at /demo/%s: paths have one spelling', async path => {
    for (const method of ['GET', 'POST']) {
      expect((await fetch(`${server.url}/demo/${path}`, { method, redirect: 'manual' })).status).toBe(404);
    }
  });

  it('takes a slash at the end as nothing, in discovery too', async () => {
    for (const endpoint of ['sse', 'mcp']) {
      const challenge = (await fetch(`${server.url}/demo/${endpoint}/`, { method: 'POST' })).headers;
      const document = `${server.url}/.well-known/oauth-protected-resource/demo/${endpoint}`;
      expect(challenge.get('www-authenticate')).toContain(`resource_metadata="${document}"`);
      const with_ = await fetch(`${document}/`);
      expect(with_.status).toBe(200);
      expect(await with_.json()).toMatchObject({ resource: `${server.url}/demo/${endpoint}` });
    }
    for (const path of ['/demo/.well-known/openid-configuration/', '/.well-known/oauth-authorization-server/demo/']) {
      const response = await fetch(server.url + path);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ issuer: `${server.url}/demo` });
    }
  });
});
