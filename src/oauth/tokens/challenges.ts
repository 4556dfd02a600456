import { type Challenge, descriptionOf, neededScopes } from '../../common/challenge.error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { TenantRequest } from '../../tenancy/tenant-request.js';

/** The MCP endpoint as this client calls it: `/demo/sse` or `/demo/mcp`, and `/sse` or `/mcp` where that is its URL. */
export function endpointOf(req: TenantRequest, tenant: Tenant): string {
  const name = /\/mcp\/?(?:\?|$)/.test(req.url) ? 'mcp' : 'sse';
  return `${req.unprefixed === true ? '' : tenant.path}/${name}`;
}

/** The value of `WWW-Authenticate` (RFC 6750 §3). */
export function challengeHeader(challenge: Challenge, tenant: Tenant, endpoint: string): string {
  // RFC 9728 §5.1: tells the client where it learns which authorization server to ask.
  const resource_metadata = `${tenant.origin}/.well-known/oauth-protected-resource${endpoint}`;
  const error_description = descriptionOf(challenge);
  // All scopes of the tenant, so that one consent is enough; the user decides there which of them to grant.
  const all = tenant.scopes.join(' ');
  switch (challenge.kind) {
    // RFC 6750 §3.1: a request without a token is given no error code.
    case 'no_token':
      return bearer({ scope: all, resource_metadata });
    case 'invalid_token':
      return bearer({ error: 'invalid_token', error_description, scope: all, resource_metadata });
    case 'malformed_authorization':
      return bearer({ error: 'invalid_request', error_description, resource_metadata });
    case 'insufficient_scope': {
      const scope = neededScopes(challenge.scopes);
      return bearer({ error: 'insufficient_scope', error_description, scope, resource_metadata });
    }
    default:
      return challenge satisfies never;
  }
}

/** RFC 6750 §3: error_description must not contain a quote or a backslash; a quote would also end the value early. */
function bearer(parameters: Readonly<Record<string, string>>): string {
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value.replace(/["\\]/g, "'")}"`);
  return `Bearer ${list.join(', ')}`;
}
