import { AppError, type AppErrorOptions, type ErrorCode } from '../../common/app-error.js';
import type { SqlScope } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { TenantRequest } from '../../tenancy/tenant-request.js';

/** Why a bearer token is asked for (RFC 6750 §3.1). */
export type Challenge =
  | { readonly kind: 'no_token' }
  /** The token is not valid, or not valid any more. */
  | { readonly kind: 'invalid_token' }
  /** The Authorization header can't be read, or the token was sent in two ways. */
  | { readonly kind: 'malformed_authorization'; readonly description: string }
  | { readonly kind: 'insufficient_scope'; readonly scopes: readonly SqlScope[] };

/**
 * Thrown wherever a request lacks a valid token or a scope; the HTTP edge makes `WWW-Authenticate` from `challenge`.
 */
export class ChallengeError extends AppError {
  /** `message` says it in the words of the operation; the header keeps those of the challenge. */
  constructor(
    readonly challenge: Challenge,
    message: string = descriptionOf(challenge),
    options: AppErrorOptions = {},
  ) {
    super(codeOf(challenge), message, options);
  }
}

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

function codeOf(challenge: Challenge): ErrorCode {
  switch (challenge.kind) {
    case 'no_token':
    case 'invalid_token':
      return 'UNAUTHENTICATED';
    case 'malformed_authorization':
      return 'BAD_REQUEST';
    case 'insufficient_scope':
      return 'INSUFFICIENT_SCOPE';
    default:
      return challenge satisfies never;
  }
}

function descriptionOf(challenge: Challenge): string {
  switch (challenge.kind) {
    case 'no_token':
      return 'This needs an access token.';
    case 'invalid_token':
      return 'The access token is unknown, expired, revoked, or meant for another resource.';
    case 'malformed_authorization':
      return challenge.description;
    case 'insufficient_scope':
      return `This needs the scope ${neededScopes(challenge.scopes)}.`;
    default:
      return challenge satisfies never;
  }
}

/** Names every scope the operation needs, so that one more consent is enough; write implies read. */
function neededScopes(scopes: readonly SqlScope[]): string {
  return [...new Set<string>(['sql:read', ...scopes])].join(' ');
}

/** RFC 6750 §3: error_description must not contain a quote or a backslash; a quote would also end the value early. */
function bearer(parameters: Readonly<Record<string, string>>): string {
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value.replace(/["\\]/g, "'")}"`);
  return `Bearer ${list.join(', ')}`;
}
