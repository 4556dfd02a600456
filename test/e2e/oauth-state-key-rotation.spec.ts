import { randomBytes } from 'node:crypto';
import { BrowserPerson, type Visit } from '../support/browser-person.js';
import { type SignedIn, signIn, tokenRequest } from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { freePort } from '../support/ports.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { describeWith } from '../support/system-programs.js';
import { until } from '../support/until.js';

const newKey = () => randomBytes(32).toString('base64');

const whoAmI = async (url: string, token: string): Promise<number> =>
  (await fetch(`${url}/demo/sse`, { headers: { authorization: `Bearer ${token}` } })).status;

async function refresh(url: string, { refreshToken, clientId }: SignedIn): Promise<SignedIn> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId };
  const response = await tokenRequest(`${url}/demo`, form);
  const body = (await response.json()) as Record<string, string>;
  expect([response.status, body['error']]).toEqual([200, undefined]);
  return {
    accessToken: body['access_token'] ?? '',
    refreshToken: body['refresh_token'] ?? '',
    clientId,
    scope: body['scope'] ?? '',
  };
}

const keysOf = async (url: string): Promise<readonly string[]> => {
  const { keys } = (await (await fetch(`${url}/demo/jwks`)).json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
};

describe('the rotation of STATE_KEY, with one server and SQLite', () => {
  const [old, next] = [newKey(), newKey()];
  let server: OAuthServer;
  let restart: (env: Record<string, string>) => Promise<void>;
  beforeAll(async () => {
    const port = await freePort();
    server = await startOAuthServer({ port, env: { STATE_KEY: old } });
    const { directory } = server;
    restart = async env => {
      await server.close();
      server = await startOAuthServer({ port, directory, env });
    };
  });
  afterAll(() => server.close());

  it('keeps everybody signed in, and needs the old key no longer than what it protects', async () => {
    const login = () => signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    const before = await login();
    const revoked = await login();
    const person = new BrowserPerson(server.url);
    const account = (): Promise<Visit> => person.open(`${server.url}/demo/account`);
    const page = await person.submit(await account(), DEMO_USER);
    const [firstKey] = await keysOf(server.url);

    await restart({ STATE_KEY: next, STATE_KEY_PREVIOUS: old });
    expect(await whoAmI(server.url, before.accessToken)).toBe(200);
    expect((await account()).text).not.toContain('name="password"');
    // The form of a page from before: its anti-forgery token is still good. It revokes the newest grant.
    expect((await person.submit(page, {})).text).toContain('was revoked.');
    await until('it is void', async () => (await whoAmI(server.url, revoked.accessToken)) === 401, 2_000);
    const during = await refresh(server.url, before);
    const again = await refresh(server.url, before);
    expect(again.refreshToken).toBe(during.refreshToken);
    const [secondKey, ...more] = await keysOf(server.url);
    expect(secondKey).not.toBe(firstKey);
    expect(more).toEqual([firstKey]);
    const after = await login();

    await restart({ STATE_KEY: next });
    expect(await keysOf(server.url)).toEqual([secondKey]);
    expect(await whoAmI(server.url, after.accessToken)).toBe(200);
    expect(await whoAmI(server.url, before.accessToken)).toBe(401);
    await refresh(server.url, after);
    await expect(restart({ STATE_KEY: old })).rejects.toThrow('STATE_KEY is not the key');
    server = await startOAuthServer({ directory: server.directory, env: { STATE_KEY: next } });
  });

  it('is refused while the old key is missing', async () => {
    await expect(
      startOAuthServer({ directory: server.directory, env: { STATE_KEY: newKey(), STATE_KEY_PREVIOUS: newKey() } }),
    ).rejects.toThrow('STATE_KEY is not the key');
  });
});

describeWith('redis-server', 'the rotation of STATE_KEY, with two replicas and Redis', () => {
  const [old, next] = [newKey(), newKey()];
  /** As docs/operations.md says: first every replica can read what the new key will protect. */
  const STEPS = [
    { STATE_KEY: old },
    { STATE_KEY: old, STATE_KEY_PREVIOUS: next },
    { STATE_KEY: next, STATE_KEY_PREVIOUS: old },
  ] as const;
  let redis: TestRedis;
  beforeAll(async () => (redis = await startRedis()));
  afterAll(() => redis.stop());

  it('signs nobody out while the replicas are replaced one after the other', async () => {
    const ports = [await freePort(), await freePort()];
    const start = (index: number, keys: Record<string, string>, directory?: string) =>
      startOAuthServer({
        port: ports[index] ?? 0,
        ...(directory === undefined ? {} : { directory }),
        env: { ...keys, STATE_STORE: redis.url, PUBLIC_URL: `http://127.0.0.1:${ports[0]}` },
      });
    const first = await start(0, STEPS[0]);
    const servers = [first, await start(1, STEPS[0], first.directory)];
    const url = (index: number): string => servers[index]?.url ?? '';
    const login = () => signIn({ url: url(0), tenant: 'demo', ...DEMO_USER });
    try {
      let lasting = await login();
      for (const [index, keys] of [
        [0, STEPS[1]],
        [1, STEPS[1]],
        [0, STEPS[2]],
        [1, STEPS[2]],
      ] as const) {
        await servers[index]?.close();
        servers[index] = await start(index, keys, first.directory);
        for (const each of [0, 1]) expect(await whoAmI(url(each), lasting.accessToken)).toBe(200);
        lasting = await refresh(url(0), await refresh(url(1), lasting));
        // Both replicas, at the same time: everybody gets the same successor, or one that works as well.
        const both = await Promise.all([refresh(url(0), lasting), refresh(url(1), lasting)]);
        for (const each of [0, 1])
          for (const { accessToken } of both) expect(await whoAmI(url(each), accessToken)).toBe(200);
        lasting = both[0];
        // What one replica revokes is void at the other.
        for (const at of [0, 1]) {
          const signedIn = await login();
          expect(await whoAmI(url(1 - at), signedIn.accessToken)).toBe(200);
          const body = new URLSearchParams({ token: signedIn.refreshToken, client_id: signedIn.clientId });
          expect((await fetch(`${url(at)}/demo/revoke`, { method: 'POST', body })).status).toBe(200);
          for (const each of [0, 1])
            await until('it is void', async () => (await whoAmI(url(each), signedIn.accessToken)) === 401, 2_000);
        }
      }
    } finally {
      for (const server of servers) await server.close();
    }
  }, 60_000);
});
