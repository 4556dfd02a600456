import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { stringify } from 'yaml';
import { hashPassword } from '../../src/oauth/identity/password.js';
import { putUser } from '../../src/oauth/identity/users-file.js';
import { trustedCertificate } from '../support/certificate.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { listening, type Nginx, startNginx } from '../support/nginx.js';
import { signIn } from '../support/oauth-login.js';
import { freePort } from '../support/ports.js';
import { type ServerProcess, startProcess } from '../support/server-process.js';
import { describeWith, findProgram } from '../support/system-programs.js';
import { wholeLines } from '../support/whole-lines.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const PERSON = { username: 'demo', password: randomBytes(9).toString('base64url') };

describeWith(['nginx', 'redis-server', 'openssl', 'curl'], 'two servers behind nginx', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-behind-nginx-'));
  const ports = { http: 0, https: 0, redis: 0, servers: [0, 0] };
  const servers: ServerProcess[] = [];
  let database: TestDatabase;
  let redis: ChildProcess;
  let nginx: Nginx;
  let url: string;
  let environment: Record<string, string>;

  const startServer = (index: number) =>
    startProcess(
      'dist/main.js',
      {
        ...environment,
        SERVER_PORT: String(ports.servers[index]),
        AUDIT_FILE: path.join(directory, `audit-${index}.jsonl`),
      },
      `http://127.0.0.1:${ports.servers[index]}/health/ready`,
    );

  beforeAll(async () => {
    const [http, https, redisPort, first, second] = await Promise.all(Array.from({ length: 5 }, freePort));
    Object.assign(ports, { http, https, redis: redisPort, servers: [first, second] });
    url = `https://localhost:${https}`;
    await trustedCertificate(directory, 'localhost');
    database = await openTestDatabase({ seed: true });
    redis = spawn(
      findProgram('redis-server') ?? '',
      ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1'],
      { stdio: 'ignore' },
    );
    await listening(redis, ports.redis);
    const usersFile = path.join(directory, 'users.json');
    await putUser(usersFile, { name: PERSON.username, password: await hashPassword(PERSON.password) });
    const { host, port, user, password, database: name } = database.config;
    const settings = {
      host,
      port,
      user,
      password: '${TEST_DATABASE_PASSWORD}',
      database: name,
      trust_server_certificate: true,
    };
    const tenantsFile = path.join(directory, 'tenants.yaml');
    writeFileSync(
      tenantsFile,
      stringify({
        tenants: [
          { path: '/demo', database: settings },
          { path: '/production', database: settings },
        ],
      }),
    );
    environment = {
      NODE_ENV: 'production',
      PUBLIC_URL: url,
      SERVER_HOST: '127.0.0.1',
      METRICS_PORT: '0',
      TENANTS_FILE: tenantsFile,
      TEST_DATABASE_PASSWORD: password,
      STATE_STORE: `redis://127.0.0.1:${ports.redis}`,
      STATE_KEY: randomBytes(32).toString('base64'),
      OPENAI_APPS_CHALLENGE: 'the-text-of-the-portal',
      USERS_FILE: usersFile,
    };
    servers.push(...(await Promise.all([startServer(0), startServer(1)])));
    nginx = await startNginx({
      serverName: 'localhost',
      tenants: ['demo', 'production'],
      upstreams: ports.servers,
      httpPort: ports.http,
      httpsPort: ports.https,
      certificateDir: directory,
      acmeRoot: directory,
    });
  }, 120_000);

  afterAll(async () => {
    await nginx?.stop();
    await Promise.all(servers.map(server => server.stop('SIGKILL')));
    redis?.kill();
    if (redis !== undefined && redis.exitCode === null) await once(redis, 'exit');
    await database?.close();
  }, 60_000);

  const tokenFor = async (tenant: string) => (await signIn({ url, tenant, ...PERSON })).accessToken;
  const client = async (tenant: string, token: string) => {
    const made = new Client({ name: 'behind-nginx', version: '1' });
    await made.connect(
      new StreamableHTTPClientTransport(new URL(`${url}/${tenant}/sse`), {
        requestInit: { headers: { authorization: `Bearer ${token}` } },
      }),
    );
    return made;
  };
  const call = (tenant: string, token: string, query = 'SELECT 1 AS one', headers: Record<string, string> = {}) =>
    fetch(`${url}/${tenant}/sse`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-06-18',
        ...headers,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'execute_sql', arguments: { query } },
      }),
    });

  it.each(['demo', 'production'])('serves the whole OAuth flow and tool calls at /%s', async tenant => {
    const mcp = await client(tenant, await tokenFor(tenant));
    const { tools } = await mcp.listTools();
    expect(tools.map(tool => tool.name)).toContain('execute_sql');
    const result = await mcp.callTool({
      name: 'execute_sql',
      arguments: { query: 'SELECT TOP 3 OrderID FROM sales.Orders ORDER BY OrderID' },
    });
    expect(result.structuredContent).toMatchObject({ row_count: 3 });
    await mcp.close();
  });

  it('serves discovery in each form, byte for byte with its own address', async () => {
    for (const form of ['oauth-authorization-server', 'openid-configuration'].flatMap(document => [
      `/.well-known/${document}/demo`,
      `/.well-known/${document}/demo/sse`,
      `/demo/.well-known/${document}`,
      `/demo/.well-known/${document}/sse`,
      `/demo/sse/.well-known/${document}`,
    ])) {
      expect([form, await (await fetch(url + form)).json()]).toEqual([
        form,
        expect.objectContaining({ issuer: `${url}/demo`, token_endpoint: `${url}/demo/token` }),
      ]);
    }
    for (const [form, endpoint] of [
      ['/.well-known/oauth-protected-resource/demo/sse', 'sse'],
      ['/.well-known/oauth-protected-resource/demo/mcp', 'mcp'],
      ['/demo/.well-known/oauth-protected-resource', 'sse'],
      ['/demo/.well-known/oauth-protected-resource/mcp', 'mcp'],
      ['/demo/sse/.well-known/oauth-protected-resource', 'sse'],
      ['/demo/mcp/.well-known/oauth-protected-resource', 'mcp'],
    ]) {
      const resource = await (await fetch(`${url}${form}`)).json();
      expect([form, resource]).toEqual([
        form,
        expect.objectContaining({ resource: `${url}/demo/${endpoint}`, authorization_servers: [`${url}/demo`] }),
      ]);
    }
    // With two tenants and no DEFAULT_TENANT, the root names no tenant.
    for (const document of ['oauth-authorization-server', 'oauth-protected-resource'])
      expect((await fetch(`${url}/.well-known/${document}`)).status).toBe(404);
  });

  it('passes what directories read', async () => {
    const card = await fetch(`${url}/demo/mcp/server-card`);
    expect(await card.json()).toMatchObject({ name: 'localhost/demo', remotes: [{ url: `${url}/demo/mcp` }] });
    const challenge = await fetch(`${url}/.well-known/openai-apps-challenge`);
    expect(await challenge.text()).toBe('the-text-of-the-portal');
  });

  it('answers HEAD at the endpoint with every header of a stream', async () => {
    const { status, headers } = await fetch(`${url}/demo/sse`, { method: 'HEAD' });
    expect([
      status,
      headers.get('content-type'),
      headers.get('cache-control'),
      headers.get('x-accel-buffering'),
    ]).toEqual([200, 'text/event-stream', 'no-cache', 'no']);
  });

  it('passes the welcome page and the files of the pages', async () => {
    const welcome = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
    expect([welcome.status, await welcome.text()]).toEqual([200, expect.stringContaining('This is an MCP server')]);
    for (const file of ['/favicon.svg', '/pages.js', '/demo/favicon.svg', '/demo/pages.js']) {
      expect([file, (await fetch(url + file)).status]).toEqual([file, 200]);
    }
    expect((await fetch(`${url}/pages.js.map`)).status).toBe(404);
  });

  it('refuses requests in JSON before they reach the application', async () => {
    const post = (target: string, bytes: number) =>
      fetch(`${url}${target}`, { method: 'POST', body: 'a'.repeat(bytes) });
    const refusals = [
      [await fetch(`${url}/nowhere/sse`), 404, 'NOT_FOUND'],
      [await post('/demo/sse', 3_000_000), 413, 'PAYLOAD_TOO_LARGE'],
      [await post('/demo/token', 70_000), 413, 'PAYLOAD_TOO_LARGE'],
      // The application also accepts a trailing slash, so limits must not depend on it.
      [await post('/demo/token/', 70_000), 413, 'PAYLOAD_TOO_LARGE'],
      [await post('/demo/register/', 70_000), 413, 'PAYLOAD_TOO_LARGE'],
    ] as const;
    for (const [reply, status, error] of refusals) {
      expect([reply.status, reply.headers.get('content-type')]).toEqual([status, 'application/json']);
      expect(reply.headers.get('strict-transport-security')).toMatch(/^max-age=\d+/);
      expect(await reply.json()).toMatchObject({ error, message: expect.stringMatching(/\.$/) });
    }
  });

  it('refuses a Host that differs from the name of the handshake, and another name in the request line', async () => {
    const raw = async (...args: string[]) =>
      (await run('curl', ['-sk', '-o', '/dev/null', '-w', '%{http_code}', '--http1.1', ...args])).stdout;
    expect(await raw('-H', 'Host: evil.example', `${url}/demo/health`)).toBe('421');
    expect(await raw('--request-target', 'https://evil.example/demo/health', `${url}/demo/health`)).toBe('421');
  });

  it('overwrites the proxy headers that a client sends', async () => {
    const token = await tokenFor('demo');
    const injected = {
      'x-environment-path': '/production',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'host=evil.example',
    };
    expect((await call('demo', token, 'SELECT 1', injected)).status).toBe(200);
    const metadata = await (
      await fetch(`${url}/.well-known/oauth-authorization-server/demo`, { headers: injected })
    ).text();
    expect(metadata).not.toContain('evil.example');
    expect(metadata).toContain(`"issuer":"${url}/demo"`);
    expect((await call('production', token, 'SELECT 1', { 'x-environment-path': '/demo' })).status).toBe(401);
  });

  it('keeps a GET stream open and delivers on it', async () => {
    const token = await tokenFor('demo');
    const abort = new AbortController();
    const stream = await fetch(`${url}/demo/sse`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
      signal: abort.signal,
    });
    expect(stream.status).toBe(200);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    // Without an MCP header this is the 2024-11-05 stream: its first event names the back channel; the answer to a
    // message posted there comes on the stream, whichever replica took the POST.
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const read = async (pattern: RegExp) => {
      while (!pattern.test(text)) {
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) throw new Error(`the stream ended: ${text}`);
        text += chunk.value;
      }
      return pattern.exec(text)?.[1] ?? '';
    };
    const endpoint = await read(/event: endpoint[\s\S]*?data: (\S+)/);
    for (let id = 1; id <= 4; id++) {
      const posted = await fetch(new URL(endpoint, url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }),
      });
      expect(posted.status).toBe(202);
      await read(new RegExp(`("id":${id}[,}])`));
    }
    abort.abort();
  });

  it('sends each CORS header and the HSTS header once', async () => {
    const { stdout } = await run('curl', [
      '-sk',
      '-i',
      '-X',
      'OPTIONS',
      '-H',
      'Origin: https://claude.ai',
      '-H',
      'Access-Control-Request-Method: POST',
      `${url}/demo/sse`,
    ]);
    expect(stdout).toMatch(/^HTTP\/2 204/);
    expect(stdout.match(/^access-control-allow-origin:/gim)).toHaveLength(1);
    expect(stdout.match(/^strict-transport-security:/gim)).toHaveLength(1);
    expect(stdout).not.toMatch(/^server: nginx\/\d/im);
  });

  it('accepts only TLS 1.2 and 1.3, and only its own name', async () => {
    const handshake = (...args: string[]) =>
      new Promise<string>(resolve => {
        const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${ports.https}`, ...args], {
          stdio: ['pipe', 'pipe', 'pipe'],
        });
        let output = '';
        child.stdout.on('data', chunk => (output += chunk));
        child.stderr.on('data', chunk => (output += chunk));
        child.on('exit', () => resolve(output));
        child.stdin.end();
      });
    expect(await handshake('-servername', 'localhost', '-tls1_3')).toMatch(/TLSv1\.3/);
    expect(await handshake('-servername', 'localhost', '-tls1_2')).toMatch(/TLSv1\.2, Cipher is ECDHE/);
    expect(await handshake('-servername', 'localhost', '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0')).toMatch(
      /Cipher is \(NONE\)|no protocols available|alert protocol version/,
    );
    expect(await handshake('-servername', 'other.example', '-tls1_3')).toMatch(/unrecognized name/);
  });

  it('redirects http to https, and does not log query strings', async () => {
    const plain = await fetch(`http://127.0.0.1:${ports.http}/demo/docs?secret=planted`, { redirect: 'manual' });
    expect(plain.status).toBe(301);
    await fetch(`${url}/demo/health?secret=planted`);
    await until('the request is in the log', () => nginx.accessLog().includes('"path":"/demo/health"'));
    expect(nginx.accessLog()).not.toContain('planted');
    for (const line of wholeLines(nginx.accessLog())) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('passes the pages of items and downloads, and logs no id of one', async () => {
    const id = Buffer.from('["row","Notes","planted-key"]').toString('base64url');
    for (const prefix of ['/demo', ''])
      for (const pages of ['items', 'downloads']) await fetch(`${url}${prefix}/${pages}/${id}`);
    type Line = { readonly path: string; readonly upstream: string };
    const lines = () => wholeLines(nginx.accessLog()).map(line => JSON.parse(line) as Line);
    for (const path of ['/demo/items/…', '/items/…', '/demo/downloads/…', '/downloads/…'])
      await until(`${path} reached a server`, () => lines().some(line => line.path === path && line.upstream !== ''));
    expect(nginx.accessLog()).not.toContain(id);
  });

  it('loses only the calls in flight when a replica is killed under load, and continues with the other replica', async () => {
    const token = await tokenFor('demo');
    const statuses: number[] = [];
    let stopped = false;
    const worker = async () => {
      while (!stopped)
        statuses.push(
          await call('demo', token).then(
            reply => reply.text().then(() => reply.status),
            () => 0,
          ),
        );
    };
    const workers = Array.from({ length: 8 }, worker);
    try {
      await until('load is on', () => statuses.length > 50, 30_000);
      const before = statuses.length;
      await servers[1]?.stop('SIGKILL');
      await until('calls go on', () => statuses.length > before + 200, 30_000);
    } finally {
      stopped = true;
      await Promise.all(workers);
    }
    const failed = statuses.filter(status => status !== 200);
    expect(failed.length).toBeLessThanOrEqual(8);
    servers[1] = await startServer(1);
  }, 60_000);

  it('loses no call when both replicas are replaced one after the other', async () => {
    const token = await tokenFor('demo');
    const failures: string[] = [];
    let stopped = false;
    const worker = async () => {
      while (!stopped) {
        const outcome = await call('demo', token).then(
          async reply => `${reply.status} ${await reply.text()}`,
          (error: Error) => String(error.cause ?? error),
        );
        if (!outcome.startsWith('200')) failures.push(outcome.slice(0, 200));
      }
    };
    const workers = Array.from({ length: 8 }, worker);
    try {
      for (const index of [0, 1]) {
        // After failures nginx sends a server nothing for fail_timeout, so an operator waits too.
        const answered = () => nginx.accessLog().split(`"upstream":"127.0.0.1:${ports.servers[1 - index]}"`).length;
        const before = answered();
        await until('the other replica is in rotation', () => answered() > before + 20, 30_000);
        expect(await servers[index]?.stop('SIGTERM')).toBe(0);
        servers[index] = await startServer(index);
      }
    } finally {
      stopped = true;
      await Promise.all(workers);
    }
    expect(failures).toEqual([]);
  }, 120_000);

  it('answers 429 when an address sends requests too fast', async () => {
    const limited = await startNginx({
      serverName: 'localhost',
      tenants: ['demo'],
      upstreams: ports.servers,
      httpPort: await freePort(),
      httpsPort: await freePort(),
      certificateDir: directory,
      acmeRoot: directory,
      rates: { RATE_REGISTER: '1r/m' },
    });
    const https = /listen (\d+) ssl/.exec(
      (await run('cat', [path.join(limited.directory, 'conf.d', 'default.conf')])).stdout,
    )?.[1];
    const replies = await Promise.all(
      Array.from({ length: 30 }, () =>
        fetch(`https://localhost:${https}/demo/register`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        }),
      ),
    );
    const refused = replies.filter(reply => reply.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).toBe('5');
    expect(await refused[0]?.json()).toMatchObject({ error: 'TOO_MANY_REQUESTS' });
    await limited.stop();
  });
});
