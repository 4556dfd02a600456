import type { RequestHandler, Response } from 'express';
import { certificateOf } from '../http/client-certificate.js';
import type { Tenant } from './tenant.js';
import type { TenantRequest } from './tenant-request.js';

/**
 * What a tenant with `client_certificate: required` serves without a certificate: discovery, without which a client can't
 * start; the pages that a browser opens to sign in, because the certificate is usually the program's and not the
 * browser's; and the probes. Everything else needs one: the MCP endpoint, all that an OAuth client calls itself, and
 * files and items, which have data. nginx/templates/default.conf.template has the same list, and a test compares them.
 */
const OPEN =
  /^\/(?:(?:(?:sse|mcp)\/)?\.well-known\/|(?:sse|mcp)\/server-card\/?$|(?:authorize|interaction|login|account|jwks|docs|health)(?:\/|$)|(?:favicon\.svg|pages\.js|logo\.(?:png|jpg|webp))?$)/;
/** The endpoints that answer with an error of RFC 6749. After codes other than `invalid_request` clients register again. */
const OAUTH = /^\/(?:register|token|revoke|introspect)\/?$/;

const MESSAGE = 'This server needs a client certificate here, and none came with the request.';
const HINT = 'Present a certificate that the administrator of this server accepts (mutual TLS).';

/**
 * Refuses requests without a verified client certificate where the tenant requires one (403). The proxy should refuse them
 * too; this protects the tenant when the proxy is misconfigured or bypassed.
 */
export const certificateMiddleware: RequestHandler = (req: TenantRequest, res, next) => {
  const { tenant } = req;
  if (tenant?.config.clientCertificate !== 'required' || certificateOf(req) !== undefined) return next();
  // A browser sends a preflight without a certificate (Fetch §4.8), and its answer has no data.
  if (req.method === 'OPTIONS' || req.path.startsWith('/.well-known/')) return next();
  const path = pathWithin(req.path, tenant);
  if (OPEN.test(path)) return next();
  refuse(res, path);
};

function pathWithin(path: string, tenant: Tenant): string {
  return path.slice(1 + tenant.name.length);
}

function refuse(res: Response, path: string): void {
  res.setHeader('Cache-Control', 'no-store');
  res
    .status(403)
    .json(
      OAUTH.test(path)
        ? { error: 'invalid_request', error_description: `${MESSAGE} ${HINT}` }
        : { error: 'FORBIDDEN', message: MESSAGE, hint: HINT },
    );
}
