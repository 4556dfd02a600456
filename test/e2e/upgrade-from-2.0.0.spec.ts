import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseEnv, promisify } from 'node:util';
import { jest } from '@jest/globals';
import { trailFiles } from '../../src/audit/trail-files.js';
import { PUBLIC_URL, resolvePublicUrlTo } from '../fixtures/version-2.0.0/public-url.js';
import { restoreRedis } from '../fixtures/version-2.0.0/redis-dump.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { type SignedIn, signIn, tokenRequest } from '../support/oauth-login.js';
import { freePort } from '../support/ports.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { databaseEnvironment } from '../support/server-environment.js';
import { type ServerProcess, startProcess } from '../support/server-process.js';
import { describeWith } from '../support/system-programs.js';
import { wholeLines } from '../support/whole-lines.js';

const FIXTURE = path.resolve('test/fixtures/version-2.0.0');
const BASE = `${PUBLIC_URL}/demo`;

/** Only Date is replaced, for the browser's cookies, which end by the server's clock. */
const REAL_TIMERS = [
  ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
];

type Client = SignedIn & { readonly clientSecret?: string };

interface Made {
  readonly made_at: string;
  readonly tokens: Readonly<Record<'public' | 'confidential' | 'clients_file' | 'revoked', Client>> & {
    readonly rotated: { clientId: string; used: string; refreshToken: string; accessToken: string };
  };
}

const made = JSON.parse(readFileSync(path.join(FIXTURE, 'made.json'), 'utf8')) as {
  person: { username: string; password: string };
  sqlite: Made;
  redis: Made;
};

/** The status of tools/call, and the text of its answer. */
async function call(token: string, query: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${BASE}/sse`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'execute_sql', arguments: { query } },
    }),
  });
  return { status: response.status, text: await response.text() };
}

const linesOf = (trail: string): readonly string[] =>
  trailFiles(trail).flatMap(file => wholeLines(readFileSync(file, 'utf8')));

async function refresh(client: Client, refresh_token = client.refreshToken): Promise<Record<string, string>> {
  const { clientId, clientSecret } = client;
  const secret: Record<string, string> = clientSecret === undefined ? {} : { client_secret: clientSecret };
  const form = { grant_type: 'refresh_token', refresh_token, client_id: clientId, ...secret };
  return (await (await tokenRequest(BASE, form)).json()) as Record<string, string>;
}

/** A copy of what 2.0.0 left, with this version running on it. */
class Upgraded {
  private constructor(
    readonly directory: string,
    readonly server: ServerProcess,
    private readonly database: TestDatabase,
    private readonly restoreFetch: () => void,
  ) {}

  /** Tokens expire; the server is upgraded five minutes after 2.0.0 wrote them. */
  static async start(made_at: string, env: Readonly<Record<string, string>> = {}): Promise<Upgraded> {
    const now = new Date(Date.parse(made_at) + 300_000);
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-upgrade-'));
    cpSync(path.join(FIXTURE, 'server.env'), path.join(directory, '.env'));
    cpSync(path.join(FIXTURE, 'config'), path.join(directory, 'config'), { recursive: true });
    cpSync(path.join(FIXTURE, 'state'), path.join(directory, 'var'), { recursive: true });
    const database = await openTestDatabase({ seed: true });
    const port = await freePort();
    const environment = {
      ...databaseEnvironment(database),
      SERVER_HOST: '127.0.0.1',
      SERVER_PORT: String(port),
      METRICS_PORT: '0',
      DIRECTORY: directory,
      CLOCK: now.toISOString(),
      ...env,
    };
    const ready = `http://127.0.0.1:${port}/health/ready`;
    const server = await startProcess(`${FIXTURE}/serve.mjs`, environment, ready);
    jest.useFakeTimers({ now, doNotFake: [...REAL_TIMERS], advanceTimers: true });
    return new Upgraded(directory, server, database, resolvePublicUrlTo(port));
  }

  async stop(): Promise<void> {
    this.restoreFetch();
    jest.useRealTimers();
    await this.server.stop();
    await this.database.close();
  }
}

/** What holds for the state of 2.0.0 in either store. */
function stateOf({ tokens }: Made): void {
  it('has access tokens that are still good, and one that was revoked', async () => {
    for (const { accessToken } of [tokens.public, tokens.confidential, tokens.clients_file, tokens.rotated])
      expect(await call(accessToken, 'SELECT 41 + 1 AS answer')).toMatchObject({
        status: 200,
        text: expect.stringContaining('[[42]]'),
      });
    expect((await call(tokens.revoked.accessToken, 'SELECT 1 AS one')).status).toBe(401);
  });

  it('has refresh tokens of public, confidential and configured clients, which rotate', async () => {
    const rotated = { ...tokens.rotated, scope: 'sql:read' };
    for (const client of [tokens.public, tokens.confidential, tokens.clients_file, rotated]) {
      const next = await refresh(client);
      expect(next).toMatchObject({ scope: 'sql:read', token_type: 'Bearer' });
      expect((await call(String(next['access_token']), 'SELECT 1 AS one')).status).toBe(200);
      expect(await refresh(client, next['refresh_token'])).toMatchObject({ refresh_token: expect.any(String) });
    }
    expect(await refresh(tokens.revoked)).toMatchObject({ error: 'invalid_grant' });
    // A token that 2.0.0 has already exchanged is reuse, as it was there, and ends its family.
    expect(await refresh(rotated, tokens.rotated.used)).toMatchObject({ error: 'invalid_grant' });
    expect((await call(tokens.rotated.accessToken, 'SELECT 1 AS one')).status).toBe(401);
  });

  it('lets the user of its users file sign in with a client that registered with it', async () => {
    const { clientId } = tokens.public;
    const signedIn = await signIn({ url: PUBLIC_URL, tenant: 'demo', ...made.person, clientId });
    expect(signedIn).toMatchObject({ clientId, scope: 'sql:read' });
    expect((await call(signedIn.accessToken, 'SELECT 1 AS one')).status).toBe(200);
    await expect(
      signIn({ url: PUBLIC_URL, tenant: 'demo', ...made.person, password: 'another password', clientId }),
    ).rejects.toThrow('sign-in ended');
  });
}

describe('the state and the trail of version 2.0.0, in files', () => {
  let upgraded: Upgraded;
  beforeAll(async () => {
    upgraded = await Upgraded.start(made.sqlite.made_at);
  }, 60_000);
  afterAll(() => upgraded?.stop());

  async function verify(): Promise<string> {
    const { STATE_KEY } = parseEnv(readFileSync(path.join(FIXTURE, 'server.env'), 'utf8'));
    const files = trailFiles(path.join(upgraded.directory, 'var', 'audit.jsonl'));
    const run = promisify(execFile)('npm', ['run', '-s', 'audit:verify', '--', ...files], {
      env: { ...process.env, STATE_KEY },
    });
    return run.then(
      ({ stdout }) => stdout,
      (failed: { stdout: string; stderr: string }) => failed.stdout + failed.stderr,
    );
  }

  it('has a trail that npm run audit:verify accepts without a head file', async () => {
    // The running server has already begun a chain in its copy.
    const files = trailFiles(path.join(FIXTURE, 'state', 'audit.jsonl'));
    expect(files).toHaveLength(4);
    const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'audit:verify', '--', ...files]);
    expect(stdout).toContain('in 2 chains, 4 file(s)');
    expect(stdout).toContain('The trail is whole.');
  });

  stateOf(made.sqlite);

  it('keeps the schema that docs/operations.md promises for a rollback', () => {
    const schemaOf = (file: string) => {
      const db = new DatabaseSync(file, { readOnly: true });
      const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
      const tables = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all();
      db.close();
      return { user_version, tables };
    };
    // Reading a file in WAL mode writes beside it.
    const original = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-schema-')), 'state.db');
    cpSync(path.join(FIXTURE, 'state', 'state.db'), original);
    // When this changes, the page must name the version that changed it: the older server then refuses to start.
    expect(schemaOf(path.join(upgraded.directory, 'var', 'state.db'))).toEqual(schemaOf(original));
    expect(readFileSync('docs/operations.md', 'utf8')).toContain('CHANGELOG then says so (2.1.0 did not)');
  });

  it('has a trail that goes on, and stays whole with the head file that this version adds', async () => {
    await upgraded.server.stop();
    const before = linesOf(path.join(FIXTURE, 'state', 'audit.jsonl'));
    const after = linesOf(path.join(upgraded.directory, 'var', 'audit.jsonl'));
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).join('\n')).toContain('"event":"sign_in"');
    const text = await verify();
    expect(text).toContain('in 3 chains');
    expect(text).toContain('The trail is whole.');
    expect(text).toMatch(/lists \d chain\(s\)/);
  });
});

describeWith('redis-server', 'the state of version 2.0.0, in Redis', () => {
  let upgraded: Upgraded;
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
    const dump = readFileSync(path.join(FIXTURE, 'redis.json'), 'utf8');
    await restoreRedis(redis.url, JSON.parse(dump) as Parameters<typeof restoreRedis>[1]);
    upgraded = await Upgraded.start(made.redis.made_at, { STATE_STORE: redis.url });
  }, 60_000);
  afterAll(async () => {
    await upgraded?.stop();
    await redis?.stop();
  });

  stateOf(made.redis);
});
