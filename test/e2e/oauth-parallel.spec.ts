import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BrowserPerson } from '../support/browser-person.js';
import {
  REDIRECT_URI,
  authorizeAs,
  authorizeUrl,
  pkce,
  registeredClient,
  signIn,
  tokenRequest,
} from '../support/oauth-login.js';
import { type OAuthProcess, startOAuthProcess } from '../support/oauth-processes.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { freePort } from '../support/ports.js';
import { type TestRedis, startRedis } from '../support/redis.js';
import { describeWith } from '../support/system-programs.js';
import { until } from '../support/until.js';

interface Issued {
  readonly code: string;
  readonly verifier: string;
}

const whoAmI = async (url: string, token: string): Promise<number> =>
  (await fetch(`${url}/demo/sse`, { headers: { authorization: `Bearer ${token}` } })).status;

/** 10 codes, each redeemed 20 times at once, spread over the servers. */
async function redeemInParallel(urls: readonly string[]): Promise<void> {
  const [first = ''] = urls;
  const base = `${first}/demo`;
  const client_id = await registeredClient(base);
  const person = new BrowserPerson(first);
  const codes: Issued[] = [];
  for (let index = 0; index < 10; index++) {
    const { verifier, challenge } = pkce();
    const url = authorizeUrl(base, { client_id, code_challenge: challenge, scope: 'sql:read' });
    const end = await authorizeAs(person, url, DEMO_USER);
    codes.push({ code: new URL(end.url).searchParams.get('code') ?? '', verifier });
  }
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_x, index) => {
      const { code = '', verifier = '' } = codes[index % 10] ?? {};
      const response = await tokenRequest(`${urls[index % urls.length]}/demo`, {
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: REDIRECT_URI,
        client_id,
      });
      return { status: response.status, body: (await response.json()) as Record<string, string> };
    }),
  );
  const won = answers.filter(answer => answer.status === 200);
  expect(won).toHaveLength(10);
  expect(
    answers.filter(answer => answer.status !== 200).every(answer => answer.body['error'] === 'invalid_grant'),
  ).toBe(true);
  // Every grant was redeemed more than once: none is alive, in any process.
  for (const url of urls) {
    for (const { body } of won)
      await until('the token is void', async () => (await whoAmI(url, String(body['access_token']))) === 401, 2_000);
  }
  for (const { body } of won) {
    const refreshed = await tokenRequest(base, {
      grant_type: 'refresh_token',
      refresh_token: String(body['refresh_token']),
      client_id,
    });
    expect(refreshed.status).toBe(400);
  }
}

describe('single use with the SQLite store', () => {
  let server: OAuthServer;
  beforeAll(async () => (server = await startOAuthServer()));
  afterAll(() => server.close());

  it('redeems each of 10 codes once of 20 times, and ends its grant', () => redeemInParallel([server.url]));
});

describe('a server killed in the middle of token exchanges', () => {
  it('comes back with every code used at most once', async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-killed-'));
    const port = await freePort();
    const env = { STATE_KEY: randomBytes(32).toString('base64') };
    const before = await startOAuthProcess({ directory, port, env });
    const base = `${before.url}/demo`;
    const client_id = await registeredClient(base);
    const person = new BrowserPerson(before.url);
    const { verifier, challenge } = pkce();
    const end = await authorizeAs(person, authorizeUrl(base, { client_id, code_challenge: challenge }), DEMO_USER);
    const form = {
      grant_type: 'authorization_code',
      code: new URL(end.url).searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: REDIRECT_URI,
      client_id,
    };
    const exchanges = Array.from({ length: 20 }, () =>
      tokenRequest(base, form).then(
        response => response.status,
        () => 0,
      ),
    );
    await Promise.race(exchanges);
    await before.stop('SIGKILL');
    const statuses = await Promise.all(exchanges);
    const after = await startOAuthProcess({ directory, port, env });
    const again = (await tokenRequest(base, form)).status;
    expect([...statuses, again].filter(status => status === 200).length).toBeLessThanOrEqual(1);
    // The rest of the state survived: the client is known and the next sign-in works.
    await signIn({ url: after.url, tenant: 'demo', ...DEMO_USER, clientId: client_id });
    await after.stop();
  });
});

describeWith('redis-server', 'single use with Redis and two processes', () => {
  let redis: TestRedis;
  let one: OAuthServer;
  let two: OAuthProcess;
  beforeAll(async () => {
    redis = await startRedis();
    const env = { STATE_STORE: redis.url, STATE_KEY: randomBytes(32).toString('base64') };
    const port = await freePort();
    // One public URL for both, as behind a proxy.
    const shared = { ...env, PUBLIC_URL: `http://127.0.0.1:${port}` };
    one = await startOAuthServer({ port, env: shared });
    two = await startOAuthProcess({ env: { ...shared, USERS_FILE: one.usersFile } });
  });
  afterAll(async () => {
    await two.stop();
    await one.close();
    await redis.stop();
  });

  it('redeems each of 10 codes once of 20 times, and ends its grant', () => redeemInParallel([one.url, two.url]));

  it('revokes in one process what the other admits, within a second', async () => {
    const { accessToken, clientId } = await signIn({ url: one.url, tenant: 'demo', ...DEMO_USER });
    expect(await whoAmI(two.url, accessToken)).toBe(200);
    const form = new URLSearchParams({ token: accessToken, client_id: clientId });
    expect((await fetch(`${one.url}/demo/revoke`, { method: 'POST', body: form })).status).toBe(200);
    expect(await whoAmI(one.url, accessToken)).toBe(401);
    await until('the other process knows', async () => (await whoAmI(two.url, accessToken)) === 401, 1_000);
  });

  it('answers 503 while Redis is away, and signs people in when it is back', async () => {
    const { accessToken } = await signIn({ url: one.url, tenant: 'demo', ...DEMO_USER });
    await redis.stop();
    await until('Redis is missed', async () => (await whoAmI(one.url, accessToken)) === 503);
    const away = await tokenRequest(`${one.url}/demo`, {
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_id: 'y',
    });
    expect(away.status).toBe(503);
    expect(await away.json()).toMatchObject({ error: 'temporarily_unavailable' });
    const page = await fetch(authorizeUrl(`${one.url}/demo`, { client_id: 'y', code_challenge: pkce().challenge }));
    expect(page.status).toBe(503);
    await redis.start();
    await until('sign-in works again', () =>
      signIn({ url: one.url, tenant: 'demo', ...DEMO_USER }).then(
        () => true,
        () => false,
      ),
    );
  });
});
