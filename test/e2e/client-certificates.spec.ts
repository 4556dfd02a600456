import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { checkPublicUrl } from '../../src/doctor/public-url.checks.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { trustedCertificate } from '../support/certificate.js';
import { certifiedFetch, ClientAuthority, type ClientCertificate } from '../support/client-certificates.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { type Nginx, type NginxOptions, startNginx } from '../support/nginx.js';
import { registeredClient, signIn } from '../support/oauth-login.js';
import { addUser, DEMO_USER } from '../support/oauth-server.js';
import { freePort } from '../support/ports.js';
import { SdkAuthorization } from '../support/sdk-authorization.js';
import { tenantDatabase, tenantsEnvironment } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { describeWith } from '../support/system-programs.js';
import { until } from '../support/until.js';

const HEADER = 'x-client-certificate-fingerprint';
const FORGED = { [HEADER]: 'ab'.repeat(20) };

/** Of a tenant that requires a certificate: what needs one, and what does not. */
const CLOSED = [
  ...['sse', 'mcp', 'sse/', 'messages', 'register', 'token', 'token/', 'revoke', 'introspect'],
  ...['downloads/x', 'downloads/x/status', 'items/x', 'anything', 'sse/x'],
];
const OPEN = [
  ...['.well-known/oauth-authorization-server', 'sse/.well-known/oauth-protected-resource'],
  ...['.well-known/oauth-protected-resource/mcp', 'authorize', 'account', 'interaction/x', 'login/upstream/callback'],
  ...['sse/server-card', 'mcp/server-card', 'jwks', 'docs', 'health', 'health/live', 'favicon.svg', 'pages.js', ''],
];

describeWith(['nginx', 'openssl'], 'client certificates', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-client-certificates-'));
  let database: TestDatabase;
  let server: StartedServer;
  let nginx: Nginx;
  let options: NginxOptions;
  let url: string;
  let own: ClientCertificate;
  let foreign: ClientCertificate;
  let expired: ClientCertificate;

  beforeAll(async () => {
    const [httpPort, httpsPort] = await Promise.all([freePort(), freePort()]);
    url = `https://localhost:${httpsPort}`;
    await trustedCertificate(directory, 'localhost');
    const [authority, stranger] = await Promise.all([
      ClientAuthority.create(directory, 'own'),
      ClientAuthority.create(directory, 'foreign'),
    ]);
    own = await authority.issue('analyst');
    expired = await authority.issue('former-analyst', 'expired');
    foreign = await stranger.issue('analyst');
    database = await openTestDatabase({ seed: true });
    const connection = tenantDatabase(database);
    const tenants = [
      { path: '/demo', database: connection },
      { path: '/vault', database: connection, client_certificate: 'required' },
    ];
    server = await startServer({
      database,
      env: { ...tenantsEnvironment(tenants), PUBLIC_URL: url },
    });
    await addUser(path.join(server.directory, 'users.json'), DEMO_USER.username, DEMO_USER.password);
    options = {
      serverName: 'localhost',
      tenants: ['demo', 'vault'],
      upstreams: [Number(new URL(server.url).port)],
      httpPort,
      httpsPort,
      certificateDir: directory,
      acmeRoot: directory,
      clients: { caFile: authority.caFile, tenants: ['vault'] },
    };
    nginx = await startNginx(options);
  }, 120_000);
  afterAll(async () => {
    await nginx?.stop();
    await server?.close();
    await database?.close();
  });

  const trail = () =>
    readFileSync(path.join(server.directory, 'audit.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
  const call = (at: string, token: string, headers: Record<string, string>, send: typeof fetch = fetch) =>
    send(`${at}/sse`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: { name: 'execute_sql', arguments: { query: 'SELECT 1 AS one' } },
      }),
    });
  /** The certificates of the calls of a tenant, once there are `count` of them: a call is answered before its record. */
  const certificates = async (tenant: string, count: number) => {
    const calls = () => trail().filter(line => line['type'] === 'outcome' && line['tenant'] === tenant);
    await until(`${count} calls are in the trail`, () => calls().length >= count);
    return calls().map(line => line['client_certificate']);
  };

  it('let the official client sign in and work in a tenant that requires one; the browser needs none', async () => {
    const authorization = new SdkAuthorization(url, DEMO_USER);
    const connect = async () => {
      const client = new Client({ name: 'certified', version: '1' });
      const transport = new StreamableHTTPClientTransport(new URL(`${url}/vault/mcp`), {
        authProvider: authorization,
        fetch: certifiedFetch(own),
      });
      try {
        await client.connect(transport);
        return client;
      } catch (error) {
        if (authorization.callback === undefined) throw error;
        await transport.finishAuth(authorization.callback.searchParams);
        return undefined;
      }
    };
    const client = (await connect()) ?? (await connect());
    const result = await client?.callTool({ name: 'execute_sql', arguments: { query: 'SELECT 1 AS one' } });
    expect(result?.structuredContent).toMatchObject({ rows: [[1]] });
    await client?.close();
    await certificates('vault', 1);
    const ofVault = trail().filter(line => line['tenant'] === 'vault');
    const withCertificate = (type: string, event?: string) =>
      ofVault
        .filter(line => line['type'] === type && (event === undefined || line['event'] === event))
        .map(line => line['client_certificate']);
    for (const event of ['client_registered', 'token_issued'])
      expect([event, withCertificate('oauth', event)]).toEqual([event, [own.fingerprint]]);
    // The browser presented none.
    expect(withCertificate('oauth', 'sign_in')).toEqual([undefined]);
    expect(new Set([...withCertificate('intent'), ...withCertificate('outcome')])).toEqual(new Set([own.fingerprint]));
  });

  it.each([
    ['nginx', () => url],
    // Whoever reaches the server past nginx meets the same rule.
    ['the server', () => server.url],
  ])('are required by %s for all but discovery, sign-in in a browser, and probes', async (_name, at) => {
    const statuses = async (paths: readonly string[], init?: RequestInit) =>
      Promise.all(
        paths.map(async each => {
          const reply = await fetch(`${at()}/vault/${each}`, { redirect: 'manual', ...init });
          const body = await reply.text();
          return [each, reply.status, /certificate/.test(body)] as const;
        }),
      );
    expect((await statuses(CLOSED)).map(([each, status, said]) => [each, status, said])).toEqual(
      CLOSED.map(each => [each, 403, true]),
    );
    expect(await statuses(CLOSED, { method: 'POST', body: '{}' })).toEqual(CLOSED.map(each => [each, 403, true]));
    for (const [each, status, said] of await statuses(OPEN))
      expect([each, status !== 403, said]).toEqual([each, true, false]);
    const wellKnown = await fetch(`${at()}/.well-known/oauth-protected-resource/vault/sse`);
    expect(await wellKnown.json()).toMatchObject({ resource: `${url}/vault/sse` });
    // A browser's preflight can't have a certificate.
    const preflight = await fetch(`${at()}/vault/sse`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
  });

  it('are required where a proxy names the tenant in X-Environment-Path, whatever the path says', async () => {
    const status = async (target: string, headers: Record<string, string>) =>
      (await fetch(server.url + target, { headers, redirect: 'manual' })).status;
    const named = { 'x-environment-path': '/vault' };
    for (const each of CLOSED) expect([each, await status(`/${each}`, named)]).toEqual([each, 403]);
    expect(await status('/health/live', named)).toBe(200);
    // The path and the header must agree, and no spelling of a closed path looks like an open one.
    expect(await status('/vault/sse', { 'x-environment-path': '/demo' })).toBe(400);
    for (const each of ['/vault/docs/../sse', '/vault/%73se', '/vault//sse', '/vault/.well-known%2F..%2Fsse'])
      expect([each, await status(each, {})]).not.toEqual([each, 200]);
    expect(await status('/sse', { ...named, ...FORGED })).toBe(401);
    expect(await status('/sse', { ...named, [HEADER]: 'SUCCESS' })).toBe(400);
  });

  it('have a refusal that OAuth clients understand', async () => {
    const refused = await fetch(`${server.url}/vault/token`, { method: 'POST', body: new URLSearchParams({}) });
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { error: 'invalid_request', error_description: expect.stringMatching(/client certificate/) },
    ]);
    await expect(registeredClient(`${url}/vault`)).rejects.toThrow(/client certificate/);
  });

  it('of another authority count as none: ChatGPT presents one of OpenAI to every server that asks', async () => {
    const send = certifiedFetch(foreign);
    const refused = await send(`${url}/vault/sse`);
    expect([refused.status, await refused.json()]).toEqual([403, expect.objectContaining({ error: 'FORBIDDEN' })]);
    expect((await send(`${url}/vault/health`)).status).toBe(200);
    const { accessToken } = await signIn({ url, tenant: 'demo', ...DEMO_USER });
    expect((await call(`${url}/demo`, accessToken, {}, send)).status).toBe(200);
    expect(await certificates('demo', 1)).toEqual([undefined]);
  });

  it('that have expired are refused before the server', async () => {
    const reply = await certifiedFetch(expired)(`${url}/demo/health`);
    expect([reply.status, await reply.json()]).toEqual([403, expect.objectContaining({ error: 'FORBIDDEN' })]);
  });

  it('leave a stream open when access is checked again after a revocation of another sign-in', async () => {
    const [kept, revoked] = [
      await signIn({ url, tenant: 'demo', ...DEMO_USER }),
      await signIn({ url, tenant: 'demo', ...DEMO_USER }),
    ];
    const send = certifiedFetch(own);
    const open = async (token: string) => {
      const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
      const { body } = await send(`${url}/demo/sse`, { headers });
      return (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    };
    const [stream, ending] = [await open(kept.accessToken), await open(revoked.accessToken)];
    const body = new URLSearchParams({ token: revoked.refreshToken, client_id: revoked.clientId });
    expect((await fetch(`${url}/demo/revoke`, { method: 'POST', body })).status).toBe(200);
    for (let ended = false; !ended;) ended = (await ending.read()).done;
    let text = '';
    const read = async (pattern: RegExp): Promise<string> => {
      for (let match = pattern.exec(text); ; match = pattern.exec(text)) {
        if (match !== null) return match[1] ?? '';
        const { done, value } = await stream.read();
        if (done) throw new Error(`the stream ended: ${text}`);
        text += value;
      }
    };
    const backChannel = new URL(await read(/event: endpoint[\s\S]*?data: (\S+)/), url);
    const posted = await send(backChannel, {
      method: 'POST',
      headers: { authorization: `Bearer ${kept.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'ping' }),
    });
    expect(posted.status).toBe(202);
    await read(/("id":7[,}])/);
    await stream.cancel();
  });

  it('are needed for everything with CLIENT_CERTIFICATES=on, discovery and probes too', async () => {
    const [httpPort, httpsPort] = await Promise.all([freePort(), freePort()]);
    const clients = { caFile: options.clients?.caFile ?? '', tenants: [], everywhere: true };
    const strict = await startNginx({ ...options, httpPort, httpsPort, clients });
    try {
      for (const target of ['/demo/health/live', '/.well-known/oauth-protected-resource/demo/sse']) {
        const at = `https://localhost:${httpsPort}${target}`;
        const refused = await fetch(at);
        expect([target, refused.status, await refused.json()]).toEqual([
          target,
          403,
          expect.objectContaining({ error: 'FORBIDDEN' }),
        ]);
        expect([target, (await certifiedFetch(foreign)(at)).status]).toEqual([target, 403]);
        expect([target, (await certifiedFetch(own)(at)).status]).toEqual([target, 200]);
      }
    } finally {
      await strict.stop();
    }
  });

  it('are checked by the doctor from outside', async () => {
    const tenants = server.app.get(TenantsService).all();
    const findings = await checkPublicUrl(url, tenants);
    expect(findings.filter(({ level }) => level === 'fault')).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ subject: 'vault: client certificates', level: 'ok' }));
  });

  it('cannot be stated by a client: nginx overwrites the header', async () => {
    const { accessToken } = await signIn({ url, tenant: 'demo', ...DEMO_USER });
    expect((await call(`${url}/demo`, accessToken, FORGED)).status).toBe(200);
    expect(await certificates('demo', 2)).toEqual([undefined, undefined]);
    // With a certificate of its own, a client still can't state another one.
    expect((await call(`${url}/demo`, accessToken, FORGED, certifiedFetch(own))).status).toBe(200);
    expect(await certificates('demo', 3)).toEqual([undefined, undefined, own.fingerprint]);
    expect((await call(`${url}/vault`, accessToken, FORGED)).status).toBe(403);
    expect((await fetch(`${url}/vault/sse`, { headers: FORGED })).status).toBe(403);
  });
});

it('are required of a tenant at the root of the server, too', async () => {
  const server = await startServer({ env: { ENVIRONMENT_PATH: '', CLIENT_CERTIFICATE: 'required' } });
  try {
    const status = async (target: string, headers = {}) => (await fetch(server.url + target, { headers })).status;
    for (const target of ['/sse', '/mcp', '/downloads/x'])
      expect([target, await status(target)]).toEqual([target, 403]);
    // This process is on a loopback address, from which the server trusts a proxy.
    expect(await status('/sse', FORGED)).toBe(401);
    for (const target of ['/health/live', '/docs', '/mcp/server-card', '/.well-known/oauth-protected-resource/sse'])
      expect([target, await status(target)]).toEqual([target, 200]);
  } finally {
    await server.close();
  }
});
