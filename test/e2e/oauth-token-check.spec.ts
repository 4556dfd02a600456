import { randomBytes } from 'node:crypto';
import { afterEach, expect, it, jest } from '@jest/globals';
import { TokenService } from '../../src/oauth/resource-server/token.service.js';
import { TokenLookup } from '../../src/oauth/tokens/token-lookup.js';
import { STATE_STORE, type StateStore } from '../../src/state/state-store.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { accessTokenFor } from '../support/access-token.js';
import { startFixtureServer } from '../support/conformance/fixture-server.js';
import { post, rpc } from '../support/conformance/wire.js';
import { addUser, DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { startRedis } from '../support/redis.js';
import { describeWith } from '../support/system-programs.js';
import { verifies } from '../support/verifies.js';

/** Counts what a check of a token asks the state store, for the first check and for 100 further ones. */
async function requestsOf(server: OAuthServer): Promise<{ readonly asked: boolean; readonly further: number }> {
  const store = server.app.get<StateStore>(STATE_STORE, { strict: false });
  const tenant = server.app.get(TenantsService).byName('demo');
  if (tenant === undefined) throw new Error('no tenant');
  const token = await accessTokenFor(server.app, tenant);
  const tokens = server.app.get(TokenService);
  const get = jest.spyOn(store, 'get');
  expect(await tokens.principalOf(token, tenant)).toBeDefined();
  const first = get.mock.calls.length;
  // A token is remembered for less than a second: the clock stands still, whatever the machine does meanwhile.
  jest.spyOn(Date, 'now').mockReturnValue(Date.now());
  for (let n = 0; n < 100; n++) expect(await tokens.principalOf(token, tenant)).toBeDefined();
  return { asked: first > 0, further: get.mock.calls.length - first };
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the token check', () => {
  it('asks SQLite nothing about a token that it checked a moment ago', async () => {
    const server = await startOAuthServer({});
    try {
      expect(await requestsOf(server)).toEqual({ asked: true, further: 0 });
    } finally {
      await server.close();
    }
  });

  it('refuses a token in the second in which it expires, also when it checked it a moment ago', async () => {
    verifies('MCP-47');
    const server = await startFixtureServer({ ALLOW_UNAUTH_METHODS: 'false', ALLOW_UNAUTH_TOOLS_CALL: 'false' });
    try {
      const tenant = server.app.get(TenantsService).byName('demo');
      if (tenant === undefined) throw new Error('no tenant');
      await addUser(server.usersFile, DEMO_USER.username, DEMO_USER.password);
      const authorization = `Bearer ${await accessTokenFor(server.app, tenant)}`;
      const ping = async () => (await post(server.url, rpc('ping'), { authorization })).status;
      const { expiresAt } = (await server.app.get(TokenLookup).accessToken(tenant, authorization.slice(7))) ?? {};
      const clock = jest.spyOn(Date, 'now').mockReturnValue(Number(expiresAt) * 1_000 - 1);
      expect(await ping()).toBe(200);
      clock.mockReturnValue(Number(expiresAt) * 1_000);
      expect(await ping()).toBe(401);
    } finally {
      await server.close();
    }
  });
});

describeWith('redis-server', 'the token check with Redis', () => {
  it('asks Redis nothing about a token that it checked a moment ago', async () => {
    const redis = await startRedis();
    const env = { STATE_STORE: redis.url, STATE_KEY: randomBytes(32).toString('base64') };
    const server = await startOAuthServer({ env });
    try {
      expect(await requestsOf(server)).toEqual({ asked: true, further: 0 });
    } finally {
      await server.close();
      await redis.stop();
    }
  });
});
