import { describe, expect, it } from '@jest/globals';
import { type Challenge, ChallengeError } from '../../common/challenge.error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { challengeHeader } from './challenges.js';

const tenantOf = (...scopes: Tenant['scopes']): Tenant => ({ origin: 'https://mcp.example.com', scopes }) as Tenant;
const tenant = tenantOf('sql:read');
const headerOf = (challenge: Challenge, of = tenant): string => challengeHeader(challenge, of, '/demo/sse');
const METADATA = 'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/demo/sse"';

describe('a challenge', () => {
  it('without a token names no error (RFC 6750 §3.1)', () => {
    expect(headerOf({ kind: 'no_token' })).toBe(`Bearer scope="sql:read", ${METADATA}`);
  });

  it('for an invalid token says so', () => {
    expect(headerOf({ kind: 'invalid_token' })).toMatch(
      /^Bearer error="invalid_token", error_description="[^"]+", scope="sql:read", resource_metadata=/,
    );
  });

  it('names all scopes of a tenant that writes, so that one consent is enough', () => {
    const writes = tenantOf('sql:read', 'sql:write');
    for (const kind of ['no_token', 'invalid_token'] as const)
      expect(headerOf({ kind }, writes)).toContain('scope="sql:read sql:write",');
  });

  it('for a missing scope names all scopes at once, and read with write', () => {
    expect(headerOf({ kind: 'insufficient_scope', scopes: ['sql:write'] })).toBe(
      `Bearer error="insufficient_scope", error_description="This needs the scope sql:read sql:write.", scope="sql:read sql:write", ${METADATA}`,
    );
    expect(headerOf({ kind: 'insufficient_scope', scopes: ['sql:read'] })).toContain('scope="sql:read",');
  });

  it('has no quote inside a quoted value (RFC 6750 §3)', () => {
    const description = 'Not "Bearer" and one \\ token.';
    const header = headerOf({ kind: 'malformed_authorization', description });
    expect(header.slice('Bearer '.length)).toMatch(/^[a-z_]+="[^"\\]*"(?:, [a-z_]+="[^"\\]*")*$/);
    expect(header).toContain("Not 'Bearer' and one ' token.");
    expect(new ChallengeError({ kind: 'malformed_authorization', description }).message).toBe(description);
  });

  it.each([
    [{ kind: 'no_token' }, 'UNAUTHENTICATED'],
    [{ kind: 'invalid_token' }, 'UNAUTHENTICATED'],
    [{ kind: 'malformed_authorization', description: 'x' }, 'BAD_REQUEST'],
    [{ kind: 'insufficient_scope', scopes: ['sql:read'] }, 'INSUFFICIENT_SCOPE'],
  ] satisfies [Challenge, string][])('%j has the code %s', (challenge, code) => {
    expect(new ChallengeError(challenge).code).toBe(code);
  });
});
