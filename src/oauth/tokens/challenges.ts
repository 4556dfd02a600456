import type { SqlScope } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { TenantRequest } from '../../tenancy/tenant-request.js';

/** An answer that an edge sends as it is. */
export interface ChallengeReply {
  readonly status: 400 | 401 | 403;
  readonly headers: Readonly<Record<'WWW-Authenticate', string>>;
  readonly body: { readonly error: string; readonly error_description: string; readonly scope?: string };
}

/** The MCP endpoint as this client calls it: `/demo/sse` or `/demo/mcp`, and `/sse` or `/mcp` where that is its URL. */
export function endpointOf(req: TenantRequest, tenant: Tenant): string {
  const name = /\/mcp\/?(?:\?|$)/.test(req.url) ? 'mcp' : 'sse';
  return `${req.unprefixed === true ? '' : tenant.path}/${name}`;
}

/** RFC 9728 §5.1: where a client learns which authorization server to ask. */
function resourceMetadataUrl(tenant: Tenant, endpoint: string): string {
  return `${tenant.origin}/.well-known/oauth-protected-resource${endpoint}`;
}

/** 401: no token, or one that is not valid (any more). Without a token there is no error to name (RFC 6750 §3.1). */
export function unauthenticated(tenant: Tenant, endpoint: string, tokenSent: boolean): ChallengeReply {
  const description = tokenSent
    ? 'The access token is unknown, expired, revoked, or meant for another resource.'
    : 'This needs an access token.';
  return {
    status: 401,
    headers: {
      'WWW-Authenticate': bearer({
        ...(tokenSent ? { error: 'invalid_token', error_description: description } : {}),
        scope: 'sql:read',
        resource_metadata: resourceMetadataUrl(tenant, endpoint),
      }),
    },
    body: { error: 'invalid_token', error_description: description },
  };
}

/** 400: an Authorization header that can't be read, or a token sent in two ways (RFC 6750 §3.1). */
export function malformedAuthorization(tenant: Tenant, endpoint: string, description: string): ChallengeReply {
  return {
    status: 400,
    headers: {
      'WWW-Authenticate': bearer({
        error: 'invalid_request',
        error_description: description,
        resource_metadata: resourceMetadataUrl(tenant, endpoint),
      }),
    },
    body: { error: 'invalid_request', error_description: description },
  };
}

/** 403: everything the operation needs, at once, so that one more consent is enough (write implies read). */
export function insufficientScope(tenant: Tenant, endpoint: string, scopes: readonly SqlScope[]): ChallengeReply {
  const needed = [...new Set<string>(scopes.includes('sql:write') ? ['sql:read', ...scopes] : scopes)].join(' ');
  const description = `This needs the scope ${needed}.`;
  return {
    status: 403,
    headers: {
      'WWW-Authenticate': bearer({
        error: 'insufficient_scope',
        error_description: description,
        scope: needed,
        resource_metadata: resourceMetadataUrl(tenant, endpoint),
      }),
    },
    body: { error: 'insufficient_scope', error_description: description, scope: needed },
  };
}

/** RFC 6750 §3: no quote or backslash may stand in error_description; one in the text would end the value early. */
function bearer(parameters: Readonly<Record<string, string>>): string {
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value.replace(/["\\]/g, "'")}"`);
  return `Bearer ${list.join(', ')}`;
}
