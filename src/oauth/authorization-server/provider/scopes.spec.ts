import { TenantConfig } from '../../../config/tenants/tenant.config.js';
import { Tenant } from '../../../tenancy/tenant.js';
import { canonicalResource, tidyScope } from './scopes.js';

const tenant = (readOnly: boolean): Tenant =>
  new Tenant(Object.assign(new TenantConfig(), { name: 'demo', readOnly }), { publicUrl: 'https://mcp.example.com' });

describe('scopes as clients send them', () => {
  it.each([
    [undefined, 'sql:read'],
    ['', 'sql:read'],
    [' sql:read claudeai', 'sql:read'],
    ['claudeai', 'sql:read'],
    ['sql:write', 'sql:write sql:read'],
    ['sql:read sql:write offline_access', 'sql:read sql:write offline_access'],
    ['openid profile', 'openid sql:read'],
  ])('%p become %p', (sent, tidied) => {
    expect(tidyScope(sent, tenant(false)).split(' ').sort()).toEqual(tidied.split(' ').sort());
  });

  it('hold no write where the tenant only reads', () => {
    expect(tidyScope('sql:write', tenant(true))).toBe('sql:read');
  });
});

describe('resources as clients send them', () => {
  it('without the prefix mean the default tenant, and no other', () => {
    const config = Object.assign(new TenantConfig(), { name: 'demo' });
    const server = { publicUrl: 'https://mcp.example.com', defaultTenant: 'demo' };
    const byDefault = new Tenant(config, server);
    const other = new Tenant(config, { ...server, defaultTenant: 'other' });
    for (const endpoint of ['sse', 'mcp']) {
      const sent = `https://mcp.example.com/${endpoint}`;
      expect(canonicalResource(sent, byDefault)).toBe(`https://mcp.example.com/demo/${endpoint}`);
      expect(canonicalResource(`${sent}/`, byDefault)).toBe(`https://mcp.example.com/demo/${endpoint}`);
      expect(canonicalResource(sent, other)).toBe(sent);
    }
    const foreign = 'https://evil.example/https://mcp.example.com/sse';
    expect(canonicalResource(foreign, byDefault)).toBe(foreign);
  });

  it.each([
    ['https://mcp.example.com/demo/sse', 'https://mcp.example.com/demo/sse'],
    ['https://mcp.example.com/demo/sse/', 'https://mcp.example.com/demo/sse'],
    ['HTTPS://MCP.Example.com:443/demo/mcp', 'https://mcp.example.com/demo/mcp'],
    ['https://mcp.example.com/demo', 'https://mcp.example.com/demo/sse'],
    ['https://mcp.example.com/demo/', 'https://mcp.example.com/demo/sse'],
    ['https://mcp.example.com', 'https://mcp.example.com/demo/sse'],
    ['https://mcp.example.com/', 'https://mcp.example.com/demo/sse'],
  ])('%s means %s', (sent, meant) => expect(canonicalResource(sent, tenant(true))).toBe(meant));

  it.each([
    'https://mcp.example.com/other/sse',
    'https://mcp.example.com/DEMO/sse',
    'http://mcp.example.com/demo/sse',
    'https://mcp.example.com:8443/demo/sse',
    'https://mcp.example.com/demo/sse?x=1',
    'https://mcp.example.com/demo/sse#x',
    'https://x@mcp.example.com/demo/sse',
    'https://evil.example/demo/sse',
    'rubbish',
  ])('%s is nothing of ours, and stays as it is', sent => expect(canonicalResource(sent, tenant(true))).toBe(sent));
});
