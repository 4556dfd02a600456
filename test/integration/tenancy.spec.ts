import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { readConfig } from '../../src/config/read-config.js';
import { ServerConfig } from '../../src/config/server.config.js';
import { TenantConfig } from '../../src/config/tenants/tenant.config.js';
import { hostMiddleware } from '../../src/http/host.middleware.js';
import { tenantMiddleware } from '../../src/tenancy/tenant.middleware.js';
import type { TenantRequest } from '../../src/tenancy/tenant-request.js';
import { AccessRulesService } from '../../src/tenancy/access-rules.service.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';

interface Reply {
  readonly status: number;
  readonly tenant?: string;
  readonly url?: string;
}

const servers: http.Server[] = [];
afterAll(() => servers.forEach(server => server.close()));

/** Starts a real HTTP server with the middleware. Requests name their target as it is, so that no URL parser changes it. */
async function serve(
  config: ServerConfig,
): Promise<(target: string, headers?: Record<string, string | string[]>) => Promise<Reply>> {
  const app = express();
  app.use(tenantMiddleware(new TenantsService(config, config, new AccessRulesService(config)), config.trustedProxies));
  app.use(hostMiddleware(config.publicUrl));
  app.use((req: TenantRequest, res) => void res.json({ tenant: req.tenant?.name, url: req.url }));
  const server = app.listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return (target, headers = {}) =>
    new Promise((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port, path: target, headers }, response => {
        let body = '';
        response.on('data', chunk => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, ...(JSON.parse(body) as object) }));
      });
      request.on('error', reject).end();
    });
}

function twoTenants(extra: Partial<ServerConfig> = {}): ServerConfig {
  const base = readConfig({
    MSSQL_HOST: 'h',
    MSSQL_USER: 'u',
    MSSQL_PASSWORD: 'p',
    MSSQL_DATABASE: 'd',
    ENVIRONMENT_PATH: '/one',
  });
  const [one] = base.tenants;
  return Object.assign(new ServerConfig(), base, {
    tenants: [one, Object.assign(new TenantConfig(), one, { name: 'two' })],
    ...extra,
  });
}

const lone = (env: Record<string, string> = {}) =>
  readConfig({ MSSQL_HOST: 'h', MSSQL_USER: 'u', MSSQL_PASSWORD: 'p', MSSQL_DATABASE: 'd', ...env });

describe('tenantMiddleware', () => {
  it('finds the tenant that the path names exactly', async () => {
    const get = await serve(twoTenants());
    expect(await get('/one/sse')).toMatchObject({ status: 200, tenant: 'one', url: '/one/sse' });
    expect((await get('/ONE/sse')).status).toBe(404);
    expect((await get('/three/sse')).status).toBe(404);
    expect(await get('/.well-known/oauth-authorization-server/two')).toMatchObject({ tenant: 'two' });
  });

  it('finds the tenant that a trusted proxy names when it has stripped the prefix', async () => {
    const get = await serve(twoTenants({ defaultTenant: 'one' }));
    expect(await get('/sse?x=1', { 'X-Environment-Path': '/two' })).toMatchObject({
      tenant: 'two',
      url: '/two/sse?x=1',
    });
    expect(await get('/sse')).toMatchObject({ tenant: 'one', url: '/one/sse' });
  });

  it.each([['/three'], ['two'], ['/two/'], ['/two,/two'], ['/TWO'], ['']])(
    'refuses the value %p from a trusted proxy',
    async value => {
      const get = await serve(twoTenants({ defaultTenant: 'one' }));
      expect((await get('/sse', { 'X-Environment-Path': value })).status).toBe(400);
    },
  );

  it('refuses a repeated header', async () => {
    const get = await serve(twoTenants());
    expect((await get('/sse', { 'X-Environment-Path': ['/two', '/two'] })).status).toBe(400);
  });

  it('ignores the header of an untrusted peer, unless it contradicts the path', async () => {
    const get = await serve(twoTenants({ defaultTenant: 'one', trustedProxies: ['10.0.0.0/8'] }));
    expect(await get('/sse', { 'X-Environment-Path': '/two' })).toMatchObject({ tenant: 'one' });
    expect(await get('/two/sse', { 'X-Environment-Path': '/two' })).toMatchObject({ tenant: 'two' });
    expect((await get('/two/sse', { 'X-Environment-Path': '/one' })).status).toBe(400);
    expect((await get('/two/sse', { 'X-Environment-Path': '/nobody' })).status).toBe(400);
  });

  it('refuses a header that contradicts the path, also from a trusted proxy', async () => {
    const get = await serve(twoTenants());
    expect((await get('/two/sse', { 'X-Environment-Path': '/one' })).status).toBe(400);
  });

  it('gives paths without a prefix to the lone tenant', async () => {
    const get = await serve(lone());
    expect(await get('/sse')).toMatchObject({ tenant: 'default', url: '/default/sse' });
    const named = await serve(lone({ ENVIRONMENT_PATH: '/demo' }));
    expect(await named('/sse')).toMatchObject({ tenant: 'demo', url: '/demo/sse' });
    expect(await named('/demo/sse')).toMatchObject({ tenant: 'demo', url: '/demo/sse' });
  });

  it('never lets a header name the lone tenant, unless ENVIRONMENT_PATH says so', async () => {
    const get = await serve(lone());
    expect((await get('/sse', { 'X-Environment-Path': '/sales' })).status).toBe(400);
    expect(await get('/sse')).toMatchObject({ tenant: 'default', url: '/default/sse' });
  });

  it('ignores the header of an untrusted peer, which cannot name the lone tenant either', async () => {
    const from = lone({ ENVIRONMENT_PATH: 'from-proxy', TRUSTED_PROXIES: '10.0.0.0/8' });
    const get = await serve(from);
    expect(await get('/sse', { 'X-Environment-Path': '/sales' })).toMatchObject({ tenant: 'default' });
    expect(await get('/sales/sse')).toMatchObject({ tenant: 'default', url: '/default/sales/sse' });
  });

  it('gives the lone tenant the path that a proxy names without stripping it', async () => {
    const get = await serve(lone({ ENVIRONMENT_PATH: 'from-proxy' }));
    const document = '/.well-known/oauth-protected-resource/sales/sse';
    expect(await get(document, { 'X-Environment-Path': '/sales' })).toMatchObject({ tenant: 'sales', url: document });
    expect(await get('/sales/sse', { 'X-Environment-Path': '/sales' })).toMatchObject({ url: '/sales/sse' });
    expect((await get('/sales/sse', { 'X-Environment-Path': '/other' })).status).toBe(400);
  });

  it('gives the lone tenant the path of the first valid header of a trusted proxy, once', async () => {
    const get = await serve(lone({ ENVIRONMENT_PATH: 'from-proxy' }));
    // A tenant at /health would take the probes of the process.
    for (const path of ['/Not_Valid', '/health', '/sse'])
      expect((await get('/sse', { 'X-Environment-Path': path })).status).toBe(400);
    expect(await get('/sse', { 'X-Environment-Path': '/sales' })).toMatchObject({ tenant: 'sales', url: '/sales/sse' });
    expect((await get('/sse', { 'X-Environment-Path': '/other' })).status).toBe(400);
    expect(await get('/sales/mcp')).toMatchObject({ tenant: 'sales' });
  });

  it('refuses targets that are not plain paths', async () => {
    const get = await serve(twoTenants());
    for (const target of [
      'http://evil.com/one/sse',
      '//one/sse',
      '/one/../two/sse',
      '/one/%2e%2e/two/sse',
      '/one%2Fsse',
    ]) {
      expect((await get(target)).status).toBe(400);
    }
  });
});

describe('hostMiddleware', () => {
  const served = () => serve(lone({ PUBLIC_URL: 'https://mcp.example.com', ENVIRONMENT_PATH: '/demo' }));

  it.each(['mcp.example.com', 'mcp.example.com:443', 'MCP.example.com', '127.0.0.1:8008', 'localhost', '[::1]:8008'])(
    'accepts %s',
    async host => {
      expect((await (await served())('/demo/sse', { host })).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'mcp.example.com.evil.example',
    'mcp.example.com:444',
    'evil.example#mcp.example.com',
    'mcp.example.com@evil.example',
    'evil.example@mcp.example.com',
    'evil.example@127.0.0.1',
    '127.0.0.1/evil.example',
    '127.0.0.1?evil.example',
    '127.0.0.1#@evil.example',
    '127.1',
    '0x7f.1',
    'localhost.',
    'localhost:x',
    '[::1',
  ])('refuses %p', async host => {
    expect((await (await served())('/demo/sse', { host })).status).toBe(403);
  });

  it('does not check the host of probes', async () => {
    const get = await served();
    for (const path of ['/demo/health', '/health/live', '/health/ready', '/demo/health/ready'])
      expect((await get(path, { host: '10.1.2.3:8008' })).status).toBe(200);
    expect((await get('/demo/healthy', { host: '10.1.2.3:8008' })).status).toBe(403);
  });
});
