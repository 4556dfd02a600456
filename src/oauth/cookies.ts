import type { Tenant } from '../tenancy/tenant.js';

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
