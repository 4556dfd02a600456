import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BrowserPerson, formOf } from '../support/browser-person.js';
import {
  REDIRECT_URI,
  authorizeAs,
  authorizeUrl,
  pkce,
  register,
  registeredClient,
  tokenRequest,
} from '../support/oauth-login.js';
import { DEMO_USER, type OAuthServer, addUser, startOAuthServer } from '../support/oauth-server.js';
import { freePort } from '../support/ports.js';
import { until } from '../support/until.js';

describe('floods', () => {
  let server: OAuthServer;
  beforeAll(async () => (server = await startOAuthServer()));
  afterAll(() => server.close());

  it('limits registrations of one address, sends Retry-After, and serves other addresses', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => register(`${server.url}/demo`)));
    const stopped = answers.filter(answer => answer.status === 429);
    expect(stopped).toHaveLength(60);
    expect(Number(stopped[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await stopped[0]?.json()).toMatchObject({ error: 'temporarily_unavailable' });
    const other = await fetch(`${server.url}/demo/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' },
      body: JSON.stringify({ redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none' }),
    });
    expect(other.status).toBe(201);
  });

  it('limits forms from one address, and their records in the audit trail', async () => {
    const from = { 'x-forwarded-for': '203.0.113.11' };
    const person = new BrowserPerson(server.url);
    const { csrf = '' } = formOf((await person.open(`${server.url}/demo/account`)).text).fields;
    const body = new URLSearchParams({ username: 'nobody', password: 'x', csrf });
    const headers = { ...from, cookie: person.jar.header('/demo/account') };
    const before = server.counted.length;
    const statuses: number[] = [];
    for (let turn = 0; turn < 660; turn++) {
      const answer = await fetch(`${server.url}/demo/account/sign-in`, { method: 'POST', headers, body });
      statuses.push(answer.status);
      if (turn === 659) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(statuses.filter(status => status === 401)).toHaveLength(10);
    // As many as the limit, and as many again should a minute end meanwhile.
    expect(server.counted.length - before).toBeLessThan(660);
  });

  it('counts what happens, by tenant and kind', async () => {
    const person = new BrowserPerson(server.url, { 'x-forwarded-for': '203.0.113.10' });
    await person.submit(await person.open(`${server.url}/demo/account`), { username: 'demo', password: 'wrong' });
    expect(server.counted).toContain('signInFailed demo');
    await tokenRequest(`${server.url}/demo`, { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'nobody' });
    expect(server.counted.some(line => line.startsWith('tokenRefused demo'))).toBe(true);
  });
});

describe('traces', () => {
  it('leaves no secret in the log, the state file, the audit trail or the users file', async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-traces-'));
    const port = await freePort();
    const env = { STATE_KEY: randomBytes(32).toString('base64'), LOG_LEVEL: 'trace' };
    const support = path.join(import.meta.dirname, '../support');
    const child = spawn(
      process.execPath,
      ['--import', path.join(support, 'ts-hooks.mjs'), path.join(support, 'oauth-child.ts')],
      { env: { ...process.env, DEBUG: 'oidc-provider:*', OAUTH_CHILD: JSON.stringify({ directory, port, env }) } },
    );
    let log = '';
    child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await until('it listens', () => log.includes(`http://127.0.0.1:${port}\n`));
    const base = `http://127.0.0.1:${port}/demo`;
    const password = 'Zq7-secret-password-Zq7';
    await addUser(path.join(directory, 'users.json'), 'traced', password);
    const confidential = (await (
      await register(base, { token_endpoint_auth_method: 'client_secret_post' })
    ).json()) as Record<string, string>;
    await register(base, { redirect_uris: ['https://app.example/cb?secret=Zq1-secret-in-redirect'] });
    const client_id = await registeredClient(base);
    const { verifier, challenge } = pkce();
    const person = new BrowserPerson(`http://127.0.0.1:${port}`);
    const end = await authorizeAs(person, authorizeUrl(base, { client_id, code_challenge: challenge }), {
      username: 'traced',
      password,
    });
    const code = new URL(end.url).searchParams.get('code') ?? '';
    const form = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: REDIRECT_URI,
      client_id,
    };
    const wrong = await tokenRequest(base, { ...form, client_secret: 'Zq8-wrong-secret' });
    expect(wrong.status).toBe(401);
    const tokens = (await (await tokenRequest(base, form)).json()) as Record<string, string>;
    const typo = new BrowserPerson(`http://127.0.0.1:${port}`);
    await typo.submit(await typo.open(`${base}/account`), { username: 'traced', password: 'Zq9-mistyped-password' });
    await tokenRequest(base, { ...form, code });
    await fetch(`${base}/sse?access_token=Zq0-token-in-query`);
    child.kill('SIGTERM');
    await new Promise(resolve => child.once('exit', resolve));

    const refusal = log.split('\n').find(line => line.includes('"a registration was refused"'));
    expect(JSON.parse(refusal ?? '{}')).toMatchObject({
      level: 30,
      tenant: 'demo',
      redirect_host: 'app.example',
      reason: expect.stringContaining('https://app.example/cb leads to a host that is not allowed'),
    });
    const secrets = [
      password,
      'Zq1-secret-in-redirect',
      'Zq8-wrong-secret',
      'Zq9-mistyped-password',
      'Zq0-token-in-query',
      code,
      verifier,
      env.STATE_KEY,
      confidential['client_secret'],
      tokens['access_token'],
      tokens['refresh_token'],
    ].map(String);
    expect(secrets.every(secret => secret.length > 10)).toBe(true);
    const files = readdirSync(directory).map(
      name => [name, readFileSync(path.join(directory, name), 'latin1')] as const,
    );
    expect(files.map(([name]) => name)).toEqual(expect.arrayContaining(['state.db', 'users.json']));
    for (const [name, text] of [['the log', log] as const, ...files]) {
      for (const secret of secrets) if (text.includes(secret)) throw new Error(`${name} holds ${secret}`);
    }
    // Nor does the state tell who is connected: names are HMACs, payloads sealed.
    const state = files.find(([name]) => name === 'state.db')?.[1] ?? '';
    expect(state).not.toContain(client_id);
    expect(state).not.toContain('"accountId"');
    expect(DEMO_USER.password).not.toBe('');
  });
});
