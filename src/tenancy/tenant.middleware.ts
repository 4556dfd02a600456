import type { NextFunction, RequestHandler, Response } from 'express';
import { LOGO_EXTENSIONS } from '../config/logo-file.js';
import { addressList } from '../http/address-list.js';
import { isSoundTarget } from '../http/request-target.js';
import type { Tenant } from './tenant.js';
import type { TenantRequest } from './tenant-request.js';
import type { TenantsService } from './tenants.service.js';

const HEADER = 'x-environment-path';
const WELL_KNOWN = '/.well-known/';
const PROCESS_PATHS = new Set([
  ...['/health/live', '/health/ready'],
  // The welcome page and its files; no tenant can have a name with a dot.
  ...['/', '/favicon.svg', '/pages.js', ...LOGO_EXTENSIONS.map(extension => `/logo.${extension}`)],
]);

/**
 * Finds the tenant of a request and gives `req.url` its full path (`/demo/sse`), whether the path has the prefix, a proxy
 * stripped it, or the default tenant is meant. It is a plain function, because inside Nest's `consumer.apply` the path
 * could not be rewritten.
 */
export function tenantMiddleware(tenants: TenantsService, trustedProxies: readonly string[]): RequestHandler {
  const isTrusted = addressList(trustedProxies);
  return (req: TenantRequest, res: Response, next: NextFunction) => {
    const target = req.url;
    if (!isSoundTarget(target)) return reject(res, 400, 'The request target must be a plain absolute path.');
    const path = pathOf(target);
    const named = tenantOfPath(path, tenants);
    const header = req.headersDistinct[HEADER];
    delete req.headers[HEADER];
    if (named !== undefined) {
      if (header !== undefined && (header.length !== 1 || header[0] !== named.path)) {
        return reject(res, 400, 'X-Environment-Path contradicts the path.');
      }
      req.tenant = named;
      return next();
    }
    if (header !== undefined && isTrusted(req.socket.remoteAddress)) {
      const stated =
        header.length === 1
          ? (tenantOfHeader(header[0] ?? '', tenants) ?? tenants.adoptPath(header[0] ?? ''))
          : undefined;
      if (stated === undefined)
        return reject(res, 400, 'X-Environment-Path must name one configured tenant, like /demo.');
      // The first request of ENVIRONMENT_PATH=from-proxy, by a proxy that names the tenant but doesn't strip its prefix.
      if (tenantOfPath(path, tenants) !== undefined) {
        req.tenant = stated;
        return next();
      }
      return serve(stated);
    }
    if (PROCESS_PATHS.has(path) || path.startsWith(WELL_KNOWN)) return next();
    if (tenants.default !== undefined) {
      req.unprefixed = tenants.default.alsoAtRoot;
      return serve(tenants.default);
    }
    reject(res, 404, 'There is nothing at this path.');

    function serve(tenant: Tenant): void {
      req.tenant = tenant;
      req.url = `/${tenant.name}${target}`;
      req.originalUrl = req.url;
      next();
    }
  };
}

/** The tenant of `/demo/…`, or of a path-inserted document (`/.well-known/oauth-authorization-server/demo`, RFC 8414 §3.1). */
function tenantOfPath(path: string, tenants: TenantsService): Tenant | undefined {
  const segments = path.split('/', 4);
  const name = path.startsWith(WELL_KNOWN) ? segments[3] : segments[1];
  const tenant = name === undefined ? undefined : tenants.byName(name);
  // A tenant at the root has no prefix, although its routes have its name.
  return tenant?.path === '' ? undefined : tenant;
}

function tenantOfHeader(value: string, tenants: TenantsService): Tenant | undefined {
  const tenant = value.startsWith('/') ? tenants.byName(value.slice(1)) : undefined;
  return tenant?.path === '' ? undefined : tenant;
}

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

function reject(res: Response, status: 400 | 404, message: string): void {
  res.status(status).json({ error: status === 400 ? 'BAD_REQUEST' : 'NOT_FOUND', message });
}
