import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { hashPassword } from '../../src/oauth/identity/password.js';
import { putUser } from '../../src/oauth/identity/users-file.js';
import { post, rpc } from '../support/conformance/wire.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { signIn } from '../support/oauth-login.js';
import { freePort } from '../support/ports.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { type ServerProcess, startProcess } from '../support/server-process.js';
import { describeWith } from '../support/system-programs.js';

const run = promisify(execFile);
const BASE = 'docker/kubernetes/base';
const PERSON = { username: 'ana', password: 'correct horse battery' };

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: [{ readonly env: { name: string; value?: string }[] }] };
    };
  };
}

/** A Secret as the kubelet mounts it: its files are links into a directory that is replaced as a whole, and read-only. */
function mountSecret(directory: string, name: string, content: string): void {
  const data = path.join(directory, '..2026_11_21');
  mkdirSync(data, { recursive: true });
  writeFileSync(path.join(data, name), content, { mode: 0o440 });
  symlinkSync('..2026_11_21', path.join(directory, '..data'));
  symlinkSync(path.join('..data', name), path.join(directory, name));
  for (const closed of [data, directory]) chmodSync(closed, 0o555);
}

describeWith('redis-server', 'the settings of the Kubernetes manifest', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-kubernetes-'));
  const users = path.join(directory, 'users');
  let database: TestDatabase;
  let redis: TestRedis;
  let server: ServerProcess;
  let url: string;

  beforeAll(async () => {
    [database, redis] = await Promise.all([openTestDatabase({ seed: true }), startRedis()]);
    const made = path.join(directory, 'made.json');
    await putUser(made, { name: PERSON.username, password: await hashPassword(PERSON.password) });
    mountSecret(users, 'users.json', readFileSync(made, 'utf8'));
    const { host, port, user, password, database: name } = database.config;
    const tenants = path.join(directory, 'tenants.yaml');
    writeFileSync(
      tenants,
      readFileSync(path.join(BASE, 'tenants.yaml'), 'utf8')
        .replace(
          'host: sql.example.internal',
          `host: ${host}\n      port: ${port}\n      trust_server_certificate: true`,
        )
        .replace('user: mcp_reader', `user: ${user}`)
        .replace('database: Sales', `database: ${name}`),
    );
    const serverPort = await freePort();
    url = `http://127.0.0.1:${serverPort}`;
    const deployment = parse(readFileSync(path.join(BASE, 'deployment.yaml'), 'utf8')) as Deployment;
    const env = Object.fromEntries(
      deployment.spec.template.spec.containers[0].env.map(({ name: key, value }) => [key, value ?? '']),
    );
    const here = {
      PUBLIC_URL: url,
      SERVER_HOST: '127.0.0.1',
      SERVER_PORT: String(serverPort),
      METRICS_PORT: '0',
      TENANTS_FILE: tenants,
      STATE_STORE: redis.url,
      USERS_FILE: path.join(users, 'users.json'),
      STATE_KEY: randomBytes(32).toString('base64'),
      MSSQL_PASSWORD: password,
    };
    for (const key of Object.keys(here).filter(key => !/^(SERVER|METRICS)_/.test(key))) expect(env).toHaveProperty(key);
    server = await startProcess('dist/main.js', { ...env, ...here }, `${url}/health/ready`);
  }, 90_000);
  afterAll(async () => {
    await server?.stop('SIGKILL');
    await redis?.stop();
    await database?.close();
  });

  it('sign users in from a read-only Secret, and write a complete audit trail to stdout', async () => {
    const { accessToken } = await signIn({ url, tenant: 'demo', ...PERSON });
    const headers = { authorization: `Bearer ${accessToken}`, 'mcp-protocol-version': '2025-06-18' };
    const call = async (query: string) => {
      const run = rpc('tools/call', { name: 'execute_sql', arguments: { query } });
      const { status, text } = await post(`${url}/demo/sse`, run, headers);
      expect([status, text]).toEqual([200, expect.stringContaining('rows')]);
    };
    // Many long statements run at once: lines of the log and of the trail must not mix.
    const filler = `/* ${'x'.repeat(1_500)} */`;
    for (let round = 0; round < 5; round++)
      await Promise.all(Array.from({ length: 40 }, (_, i) => call(`SELECT ${i} AS one ${filler}`)));
    expect(await server.stop()).toBe(0);

    const lines = server.output().trim().split('\n');
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
    const trail = lines.filter(line => line.startsWith('{"hash"'));
    expect(trail.filter(line => line.includes('"outcome":"ok"'))).toHaveLength(200);
    expect(trail.some(line => line.includes('"event":"sign_in"'))).toBe(true);
    expect(lines.length).toBeGreaterThan(trail.length);
    // kubectl logs … | grep '^{"hash"' > audit.jsonl
    const file = path.join(directory, 'audit.jsonl');
    writeFileSync(file, trail.map(line => `${line}\n`).join(''));
    const { stdout } = await run(process.execPath, ['dist/cli/bin.js', 'audit', 'verify', file]);
    expect(stdout).toMatch(/The trail is whole\./);
    expect(readdirSync(users).sort()).toEqual(['..2026_11_21', '..data', 'users.json']);
  });
});
