import type { IncomingMessage } from 'node:http';
import type { Tenant } from '../../../tenancy/tenant.js';

/**
 * Each tenant has its own cookie names, so that no tenant reads another's cookie. `__Host-` requires the path `/`,
 * which the interaction's two cookies can't have; over http (loopback only) browsers reject both prefixes.
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

/** Binds the sign-in form of the account page to the browser that it was sent to. */
export function accountCookieName(tenant: Tenant, secure: boolean): string {
  return `${secure ? '__Host-' : ''}${tenant.name}_a`;
}

/** Returns a cookie by name; undefined when it was sent twice, because then one of the two is not ours. */
export function readCookie(req: IncomingMessage, name: string): string | undefined {
  const found = (req.headers.cookie ?? '')
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(`${name}=`));
  return found.length === 1 ? found[0]?.slice(name.length + 1) : undefined;
}
