import type { Tenant } from '../../../tenancy/tenant.js';

/** What a token of this tenant can hold. */
export function resourceScopes(tenant: Tenant): readonly string[] {
  return tenant.config.readOnly ? ['sql:read'] : ['sql:read', 'sql:write'];
}

/**
 * Real clients ask with leading spaces, foreign scopes (`claudeai`), or write without read. What we don't know is left
 * out, write brings read along, and nothing known means read.
 */
export function tidyScope(scope: string | undefined, tenant: Tenant): string {
  const asked = new Set((scope ?? '').split(/\s+/));
  const known = [...resourceScopes(tenant), 'openid', 'offline_access'].filter(name => asked.has(name));
  // In a read-only tenant nobody can grant sql:write; reading is what is left of the wish.
  if (asked.has('sql:write') || !known.some(name => name.startsWith('sql:'))) known.push('sql:read');
  return [...new Set(known)].join(' ');
}

/**
 * `resource` as clients spell it (upper-case host, trailing slash, the issuer or the origin alone, the default tenant's
 * endpoint without prefix) → one of this tenant's two URLs; anything else stays as it is, for the provider to refuse (RFC 8707 §2).
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
