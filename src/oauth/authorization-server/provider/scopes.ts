import type { Tenant } from '../../../tenancy/tenant.js';

/**
 * Corrects the scopes that real clients send: leading spaces, foreign scopes (`claudeai`), write without read. Unknown
 * scopes are left out, and every client asks to read: write and export include it.
 */
export function tidyScope(scope: string | undefined, tenant: Tenant): string {
  const asked = new Set((scope ?? '').split(/\s+/));
  const known = [...tenant.scopes, 'openid', 'offline_access'].filter(name => asked.has(name));
  // In a read-only tenant nobody can grant sql:write, so a client that asks for it gets sql:read.
  if (asked.has('sql:write') || !known.includes('sql:read')) known.push('sql:read');
  return [...new Set(known)].join(' ');
}

/**
 * Turns `resource` as clients spell it (upper-case host, trailing slash, the issuer or the origin alone, the default
 * tenant's endpoint without prefix) into one of this tenant's two URLs. Any other value stays, and the provider rejects
 * it (RFC 8707 §2).
 */
export function canonicalResource(resource: string, tenant: Tenant): string {
  const url = URL.parse(resource);
  if (url === null || url.hash !== '' || url.search !== '' || url.username !== '') return resource;
  const plain = url.href.replace(/\/$/, '');
  if (tenant.resources.includes(plain)) return plain;
  if (plain === tenant.issuer || plain === tenant.origin) return tenant.resource;
  const prefixed = tenant.alsoAtRoot ? plain.replace(tenant.origin, tenant.issuer) : plain;
  return tenant.resources.includes(prefixed) ? prefixed : resource;
}
