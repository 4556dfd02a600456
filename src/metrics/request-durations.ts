import type { RequestHandler } from 'express';
import type { TenantRequest } from '../tenancy/tenant-request.js';
import type { MetricsService } from './metrics.service.js';

/** By the first part of the path below the tenant. A closed set, because clients choose paths. */
const ROUTES: Readonly<Record<string, string>> = {
  '.well-known': 'discovery',
  account: 'pages',
  authorize: 'authorize',
  docs: 'pages',
  health: 'health',
  interaction: 'pages',
  introspect: 'introspect',
  mcp: 'mcp',
  messages: 'mcp',
  register: 'register',
  revoke: 'revoke',
  sse: 'mcp',
  token: 'token',
};

/** Documents below the MCP endpoint's address. */
const DISCOVERY = /^[^?]*\/\.well-known\/|^(?:sse|mcp)\/server-card(?:[/?]|$)/;

/**
 * Measures the requests of each route, from the tenant's middleware to the end of the answer. A GET of the MCP endpoint
 * is left out: it is a stream, which mcp_sse_stream_duration_seconds measures.
 */
export function requestDurations(metrics: MetricsService): RequestHandler {
  return (req: TenantRequest, res, next) => {
    const route = routeOf(req.url, req.tenant?.path ?? '');
    if (route === 'mcp' && req.method === 'GET') return next();
    const started = performance.now();
    res.once('close', () => metrics.request(route, res.statusCode, (performance.now() - started) / 1000));
    next();
  };
}

/** The route of a request target below the path of its tenant; `other` for what the server doesn't have. */
export function routeOf(target: string, tenantPath: string): string {
  const below = target.startsWith(`${tenantPath}/`) ? target.slice(tenantPath.length + 1) : target.slice(1);
  if (DISCOVERY.test(below)) return 'discovery';
  const end = below.search(/[/?]/);
  const first = end < 0 ? below : below.slice(0, end);
  return Object.hasOwn(ROUTES, first) ? (ROUTES[first] ?? 'other') : 'other';
}
