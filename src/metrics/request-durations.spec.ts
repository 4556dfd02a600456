import { describe, expect, it } from '@jest/globals';
import { routeOf } from './request-durations.js';

describe('the route of a request', () => {
  it.each([
    ['/demo/sse', '/demo', 'mcp'],
    ['/demo/mcp?x=/token', '/demo', 'mcp'],
    ['/demo/messages?session=1', '/demo', 'mcp'],
    ['/demo/health', '/demo', 'health'],
    ['/health/live', '', 'health'],
    ['/demo/token', '/demo', 'token'],
    ['/token/token', '/token', 'token'],
    ['/token', '', 'token'],
    ['/demo/authorize/abc', '/demo', 'authorize'],
    ['/demo/interaction/abc/login', '/demo', 'pages'],
    ['/.well-known/oauth-protected-resource/demo/sse', '', 'discovery'],
    ['/demo/sse/.well-known/openid-configuration', '/demo', 'discovery'],
    ['/demo/mcp/server-card', '/demo', 'discovery'],
    ['/sse/server-card?x', '', 'discovery'],
    ['/demo/mcp?x=/.well-known/', '/demo', 'mcp'],
    ['/demo/constructor', '/demo', 'other'],
    ['/', '', 'other'],
    ['/demo', '/demo', 'other'],
  ])('%s of the tenant at "%s" is %s', (target, tenantPath, route) => {
    expect(routeOf(target, tenantPath)).toBe(route);
  });
});
