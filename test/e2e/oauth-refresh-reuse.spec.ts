import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import {
  confidentialClient,
  registeredClient,
  type SignedIn,
  type SignInOptions,
  signIn,
  tokenRequest,
} from '../support/oauth-login.js';
import { type OAuthProcess, startOAuthProcess } from '../support/oauth-processes.js';
import { DEMO_USER, type OAuthServer, startOAuthServer } from '../support/oauth-server.js';
import { freePort } from '../support/ports.js';
import { type TestRedis, startRedis } from '../support/redis.js';
import { describeWith } from '../support/system-programs.js';
import { until } from '../support/until.js';
import { wholeLines } from '../support/whole-lines.js';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

interface Environment {
  /** The processes that share the state; requests alternate between them. */
  urls(): readonly string[];
  /** Makes every use of a refresh token so many milliseconds older, as the store sees it. */
  age(ms: number): Promise<void>;
  audit(): string;
}

const whoAmI = async (url: string, token: unknown): Promise<number> =>
  (await fetch(`${url}/demo/sse`, { headers: { authorization: `Bearer ${String(token)}` } })).status;

async function refresh(url: string, token: string | undefined, client_id: string, more = {}): Promise<Answer> {
  const form = { grant_type: 'refresh_token', refresh_token: String(token), client_id, ...more };
  const response = await tokenRequest(`${url}/demo`, form);
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

function refreshReuse(environment: Environment): void {
  const login = (client: Partial<SignInOptions> = {}): Promise<SignedIn> =>
    signIn({ url: environment.urls()[0] ?? '', tenant: 'demo', ...DEMO_USER, ...client });
  const url = (index = 0): string => environment.urls()[index % environment.urls().length] ?? '';
  const refused = { status: 400, body: { error: 'invalid_grant' } };

  it('gives 50 parallel refreshes of one token one successor and an access token each', async () => {
    const { refreshToken, clientId } = await login();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_x, index) => refresh(url(index), refreshToken, clientId)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const [successor, ...others] = new Set(answers.map(({ body }) => body['refresh_token']));
    expect(others).toEqual([]);
    expect(successor).not.toBe(refreshToken);
    const accessTokens = new Set(answers.map(({ body }) => body['access_token']));
    expect(accessTokens.size).toBe(50);
    for (const token of accessTokens) {
      for (const each of environment.urls()) expect(await whoAmI(each, token)).toBe(200);
    }
    expect((await refresh(url(1), successor, clientId)).status).toBe(200);
  });

  it('answers again when an answer was lost, and records it with its address', async () => {
    const { refreshToken, clientId } = await login();
    const first = await refresh(url(0), refreshToken, clientId);
    const again = await refresh(url(1), refreshToken, clientId);
    expect(again).toMatchObject({
      status: 200,
      body: { refresh_token: first.body['refresh_token'], scope: 'sql:read' },
    });
    for (const { body } of [first, again]) expect(await whoAmI(url(1), body['access_token'])).toBe(200);
    const repeated = () =>
      wholeLines(environment.audit())
        .map(line => JSON.parse(line) as Record<string, unknown>)
        .filter(({ event, client }) => event === 'token_refresh_repeated' && client === clientId);
    await until('the repeat is in the trail', () => repeated().length === 1);
    expect(repeated()[0]).toMatchObject({ principal: 'demo', scopes: ['sql:read'], remote_address: '127.0.0.1' });
  });

  it('takes a token that comes after the grace for stolen, and a repeat does not prolong the grace', async () => {
    const { refreshToken, clientId } = await login();
    const { body } = await refresh(url(0), refreshToken, clientId);
    await environment.age(59_000);
    const repeated = await refresh(url(1), refreshToken, clientId);
    expect(repeated.body['refresh_token']).toBe(body['refresh_token']);
    await environment.age(1_000);
    expect(await refresh(url(1), refreshToken, clientId)).toMatchObject(refused);
    for (const each of environment.urls())
      for (const token of [body['access_token'], repeated.body['access_token']])
        await until('the token is void', async () => (await whoAmI(each, token)) === 401, 2_000);
    expect(await refresh(url(0), body['refresh_token'], clientId)).toMatchObject(refused);
  });

  it('takes a token for stolen once its successor was used', async () => {
    const { refreshToken, clientId } = await login();
    const first = await refresh(url(0), refreshToken, clientId);
    const second = await refresh(url(1), first.body['refresh_token'], clientId);
    expect(second.status).toBe(200);
    expect(await refresh(url(0), refreshToken, clientId)).toMatchObject(refused);
    for (const { body } of [first, second])
      await until('the token is void', async () => (await whoAmI(url(1), body['access_token'])) === 401, 2_000);
    expect(await refresh(url(1), second.body['refresh_token'], clientId)).toMatchObject(refused);
  });

  it('refuses a retired token to another client, which does not end the family', async () => {
    const { refreshToken, clientId } = await login();
    const other = await registeredClient(`${url()}/demo`);
    const { body } = await refresh(url(0), refreshToken, clientId);
    expect(await refresh(url(1), refreshToken, other)).toMatchObject(refused);
    expect(await whoAmI(url(0), body['access_token'])).toBe(200);
    expect((await refresh(url(0), refreshToken, clientId)).status).toBe(200);
  });

  it('refuses a retired token after its family was revoked', async () => {
    const { refreshToken, clientId } = await login();
    const { body } = await refresh(url(0), refreshToken, clientId);
    const form = new URLSearchParams({ token: String(body['refresh_token']), client_id: clientId });
    expect((await fetch(`${url(1)}/demo/revoke`, { method: 'POST', body: form })).status).toBe(200);
    expect(await refresh(url(0), refreshToken, clientId)).toMatchObject(refused);
  });

  it('gives a repeat no wider scope and no other resource', async () => {
    const { refreshToken, clientId } = await login();
    await refresh(url(0), refreshToken, clientId);
    const wider = await refresh(url(1), refreshToken, clientId, { scope: 'sql:read sql:write' });
    expect(wider).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    const resource = `${environment.urls()[0]}/workshop/sse`;
    const elsewhere = await refresh(url(1), refreshToken, clientId, { resource });
    expect(elsewhere).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });

  it('says that a retired token is not active', async () => {
    const client = await confidentialClient(`${url()}/demo`);
    const { refreshToken, clientId } = await login(client);
    const client_secret = client.clientSecret;
    const { body } = await refresh(url(0), refreshToken, clientId, { client_secret });
    const isActive = async (token: string): Promise<unknown> => {
      const hint = { token_type_hint: 'refresh_token' };
      const form = new URLSearchParams({ token, client_id: clientId, client_secret, ...hint });
      const response = await fetch(`${url(1)}/demo/introspect`, { method: 'POST', body: form });
      return ((await response.json()) as { active: unknown }).active;
    };
    expect(await isActive(String(body['refresh_token']))).toBe(true);
    expect(await isActive(refreshToken)).toBe(false);
  });
}

async function ageSqlite(directory: string, ms: number): Promise<void> {
  const db = new DatabaseSync(path.join(directory, 'state.db'), { timeout: 2_000 });
  const aged = db
    .prepare("UPDATE entry SET consumed = consumed - ? WHERE name LIKE 'oidc:demo:RefreshToken:%'")
    .run(ms);
  db.close();
  expect(Number(aged.changes)).toBeGreaterThan(0);
}

describe('a refresh token that is used again, with the SQLite store', () => {
  let server: OAuthServer;
  beforeAll(async () => (server = await startOAuthServer()));
  afterAll(() => server.close());

  refreshReuse({
    urls: () => [server.url],
    audit: () => readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8'),
    age: ms => ageSqlite(server.directory, ms),
  });
});

describe('a refresh token that is used again, with SQLite and two processes', () => {
  let one: OAuthServer;
  let two: OAuthProcess;
  beforeAll(async () => {
    const port = await freePort();
    const env = { STATE_KEY: randomBytes(32).toString('base64'), PUBLIC_URL: `http://127.0.0.1:${port}` };
    one = await startOAuthServer({ port, env });
    const shared = {
      STATE_STORE: `sqlite:${path.join(one.directory, 'state.db')}`,
      USERS_FILE: one.usersFile,
      AUDIT_FILE: path.join(one.directory, 'audit-two.jsonl'),
    };
    two = await startOAuthProcess({ env: { ...env, ...shared } });
  });
  afterAll(async () => {
    await two.stop();
    await one.close();
  });

  refreshReuse({
    urls: () => [one.url, two.url],
    audit: () =>
      ['audit.jsonl', 'audit-two.jsonl'].map(file => readFileSync(path.join(one.directory, file), 'utf8')).join(''),
    age: ms => ageSqlite(one.directory, ms),
  });
});

describeWith('redis-server', 'a refresh token that is used again, with Redis and two processes', () => {
  let redis: TestRedis;
  let one: OAuthServer;
  let two: OAuthProcess;
  beforeAll(async () => {
    redis = await startRedis();
    const port = await freePort();
    const env = {
      STATE_STORE: redis.url,
      STATE_KEY: randomBytes(32).toString('base64'),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    };
    one = await startOAuthServer({ port, env });
    const shared = { USERS_FILE: one.usersFile, AUDIT_FILE: path.join(one.directory, 'audit-two.jsonl') };
    two = await startOAuthProcess({ env: { ...env, ...shared } });
  });
  afterAll(async () => {
    await two.stop();
    await one.close();
    await redis.stop();
  });

  refreshReuse({
    urls: () => [one.url, two.url],
    audit: () =>
      ['audit.jsonl', 'audit-two.jsonl'].map(file => readFileSync(path.join(one.directory, file), 'utf8')).join(''),
    age: async ms => {
      const client = new Redis(redis.url);
      const marks = await client.keys('mssql-mcp:c:oidc:demo:RefreshToken:*');
      for (const mark of marks) await client.set(mark, Number(await client.get(mark)) - ms, 'KEEPTTL');
      await client.quit();
      expect(marks.length).toBeGreaterThan(0);
    },
  });
});

describe('REFRESH_REUSE_GRACE=0', () => {
  let server: OAuthServer;
  beforeAll(async () => (server = await startOAuthServer({ env: { REFRESH_REUSE_GRACE: '0' } })));
  afterAll(() => server.close());

  it('rotates a refresh token once of 40 times, and ends its family', async () => {
    const { refreshToken, clientId } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    const answers = await Promise.all(Array.from({ length: 40 }, () => refresh(server.url, refreshToken, clientId)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    await until('the token is void', async () => (await whoAmI(server.url, won[0]?.body['access_token'])) === 401);
  });
});
