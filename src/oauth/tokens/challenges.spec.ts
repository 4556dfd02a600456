import { describe, expect, it } from '@jest/globals';
import type { Tenant } from '../../tenancy/tenant.js';
import { malformedAuthorization } from './challenges.js';

const tenant = { origin: 'https://mcp.example.com' } as Tenant;

describe('challenges', () => {
  it('hold no quote inside of a quoted value (RFC 6750 §3)', () => {
    const reply = malformedAuthorization(tenant, '/demo/sse', 'Not "Bearer" and one \\ token.');
    const parameters = reply.headers['WWW-Authenticate'].slice('Bearer '.length);
    expect(parameters).toMatch(/^[a-z_]+="[^"\\]*"(?:, [a-z_]+="[^"\\]*")*$/);
    expect(parameters).toContain("Not 'Bearer' and one ' token.");
    expect(reply.body.error_description).toBe('Not "Bearer" and one \\ token.');
  });
});
