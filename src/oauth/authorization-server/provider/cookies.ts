import type { IncomingMessage } from 'node:http';
import type { Tenant } from '../../../tenancy/tenant.js';

/**
 * Each tenant's own names, so that no tenant's cookie is ever read by another. `__Host-` wants path `/`, which the
 * interaction's two cookies can't have; over http (loopback only) browsers refuse both prefixes.
 */
export function cookieNames(tenant: Tenant, secure: boolean): { session: string; interaction: string; resume: string } {
  const [host, plain] = secure ? ['__Host-', '__Secure-'] : ['', ''];
  return {
    session: `${host}${tenant.name}_s`,
    interaction: `${plain}${tenant.name}_i`,
    resume: `${plain}${tenant.name}_r`,
  };
}

/** Binds a sign-in at an upstream provider to the browser that began it. */
export function upstreamCookieName(tenant: Tenant, secure: boolean): string {
  return `${secure ? '__Host-' : ''}${tenant.name}_u`;
}

/** A cookie by name; undefined when it was sent twice, for then one of them is not ours. */
export function readCookie(req: IncomingMessage, name: string): string | undefined {
  const found = (req.headers.cookie ?? '')
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(`${name}=`));
  return found.length === 1 ? found[0]?.slice(name.length + 1) : undefined;
}
