import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Sandbox, startSandbox } from 'tsql-sandbox';
import { logTo } from '../../src/common/log.js';
import { DatabaseConfig } from '../../src/config/tenants/database.config.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { testCall, testPrincipal, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { until } from '../support/until.js';

const CLIENT_ID = '11111111-1111-1111-1111-111111111111';
const SECRET_HEADER = 'the-secret-of-the-host';
const COUNT = 'SELECT COUNT(*) FROM dbo.T';
/** MSAL asks again for a token that has less than 300 s left. */
const ENDS_SOON_S = 301;

/** The endpoint that Azure App Service gives to a managed identity. Its tokens are t-1, t-2 …. */
class FakeEndpoint {
  issued: string[] = [];
  requests: URLSearchParams[] = [];
  lifetimeS = ENDS_SOON_S;
  failing = false;
  private readonly server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    this.requests.push(url.searchParams);
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (this.failing || request.headers['x-identity-header'] !== SECRET_HEADER)
      // Without a retry of the library's own; a careless endpoint may repeat secrets.
      return answer(400, { error: 'invalid_request', error_description: `no t-planted for ${SECRET_HEADER}` });
    this.issued.push(`t-${this.issued.length + 1}`);
    return answer(200, {
      access_token: this.issued.at(-1),
      expires_on: String(Math.floor(Date.now() / 1000) + this.lifetimeS),
      resource: url.searchParams.get('resource'),
      token_type: 'Bearer',
      client_id: CLIENT_ID,
    });
  });

  reset(): void {
    this.issued = [];
    this.requests = [];
    this.lifetimeS = ENDS_SOON_S;
    this.failing = false;
  }

  async listen(): Promise<string> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/msi/token`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
  }
}

describe('a managed identity', () => {
  const variables = { IDENTITY_ENDPOINT: process.env.IDENTITY_ENDPOINT, IDENTITY_HEADER: process.env.IDENTITY_HEADER };
  const endpoint = new FakeEndpoint();
  let sandbox: Sandbox | undefined;
  let services: DatabaseServices | undefined;
  let tenant: Tenant;
  let used: Set<string>;
  let callers = 0;

  // One for all tests: MSAL reads the variables once in a process.
  beforeAll(async () => {
    process.env.IDENTITY_ENDPOINT = await endpoint.listen();
    process.env.IDENTITY_HEADER = SECRET_HEADER;
  });
  afterAll(async () => {
    await endpoint.close();
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });
  beforeEach(() => {
    endpoint.reset();
    used = new Set();
  });
  afterEach(async () => {
    await services?.close();
    await sandbox?.close();
    services = sandbox = undefined;
  });

  /** The user differs in each test, because MSAL keeps tokens for the whole process. */
  const open = async (user: string, resource?: string, settings: Partial<DatabaseConfig> = {}, accepting = true) => {
    const accepts = (token: string): boolean => {
      used.add(token);
      // A renewal must not end the connections that are being opened with the token before.
      return endpoint.issued.slice(-2).includes(token);
    };
    sandbox = await startSandbox({
      seed: { sql: 'CREATE TABLE dbo.T (id int NOT NULL PRIMARY KEY)\nGO\nINSERT INTO dbo.T VALUES (1), (2), (3)' },
      faults: [{ kind: 'keep-session-context' }],
      ...(accepting ? { fedauth: { accepts, ...(resource === undefined ? {} : { resource }) } } : {}),
    });
    const config = Object.assign(new DatabaseConfig(), {
      host: '127.0.0.1',
      port: sandbox.port,
      database: 'SandboxDb',
      trustServerCertificate: true,
      authentication: 'managed-identity',
      user,
      ...settings,
    });
    services = databaseServices();
    tenant = testTenant(config, {}, { poolMax: 4 });
    return services.queries;
  };
  /** Each call has a caller of its own, who gets a new connection, because this server's reset keeps the context. */
  const read = async () =>
    (await services?.queries.read(COUNT, testCall(tenant, { principal: testPrincipal(`caller-${++callers}`) })))
      ?.resultSets[0]?.rows;
  const idOf = (digit: number) => CLIENT_ID.replace(/^1/, String(digit));

  it('connects with a token of the database service, for the identity that the settings name', async () => {
    endpoint.lifetimeS = 3600;
    await open(idOf(1));
    expect(await read()).toEqual([[3]]);
    expect(await read()).toEqual([[3]]);
    expect(endpoint.requests).toHaveLength(1);
    expect(endpoint.requests[0]?.get('client_id')).toBe(idOf(1));
    expect(endpoint.requests[0]?.get('resource')).toMatch(/^https:\/\/database\.windows\.net\/?$/);
    expect([...used]).toEqual(['t-1']);
  });

  it('goes on over renewals of its token without a call that fails', async () => {
    await open(idOf(2));
    const deadline = Date.now() + 25_000;
    let calls = 0;
    while (used.size < 4 && Date.now() < deadline) {
      const results = await Promise.all([read(), read(), read()]);
      expect(results).toEqual([[[3]], [[3]], [[3]]]);
      calls += results.length;
    }
    expect([...used].slice(0, 4)).toEqual(['t-1', 't-2', 't-3', 't-4']);
    expect(calls).toBeGreaterThan(used.size);
  });

  it('goes on with its token while the endpoint fails to renew it', async () => {
    await open(idOf(3));
    expect(await read()).toEqual([[3]]);
    endpoint.failing = true;
    const before = endpoint.requests.length;
    const deadline = Date.now() + 25_000;
    while (endpoint.requests.length === before && Date.now() < deadline) expect(await read()).toEqual([[3]]);
    expect(endpoint.requests.length).toBeGreaterThan(before);
    for (let i = 0; i < 5; i++) expect(await read()).toEqual([[3]]);
    endpoint.failing = false;
    while (!used.has('t-2') && Date.now() < deadline) expect(await read()).toEqual([[3]]);
    expect(used.has('t-2')).toBe(true);
  });

  it('without a token is an unavailable database, and the log has no secret', async () => {
    let log = '';
    const before = logTo({ write: line => (log += line) });
    endpoint.failing = true;
    await open(idOf(4));
    const error = await read().catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(JSON.stringify(error)).not.toMatch(/t-planted|the-secret/);
    expect(used.size).toBe(0);
    // Azure's library asks the endpoint several times, for longer than a call waits for a connection.
    const line = 'no access token for the database could be obtained';
    await until('the failure is in the log', () => log.includes(line), 40_000);
    logTo(before);
    expect(log).not.toMatch(/t-planted|the-secret/);
    endpoint.failing = false;
    const deadline = Date.now() + 10_000;
    while ((await read().catch(() => undefined)) === undefined && Date.now() < deadline);
    expect(await read()).toEqual([[3]]);
  }, 60_000);

  it('that loses its endpoint and its token is an unavailable database, also once calls have succeeded', async () => {
    endpoint.lifetimeS = 2;
    await open(idOf(5));
    expect(await read()).toEqual([[3]]);
    endpoint.failing = true;
    const codes = new Set<unknown>();
    const deadline = Date.now() + 15_000;
    while (codes.size === 0 && Date.now() < deadline)
      await read().catch((error: unknown) => codes.add((error as { code?: unknown }).code));
    expect([...codes]).toEqual(['DATABASE_UNAVAILABLE']);
  });

  it('whose token the server refuses is an unavailable database', async () => {
    await open(idOf(6));
    jest.spyOn(endpoint.issued, 'slice').mockReturnValue([]);
    await expect(read()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(used.size).toBeGreaterThan(0);
  });

  it('gives no token of another service to a server that asks for one', async () => {
    await open(idOf(7), 'https://management.azure.com/');
    await expect(read()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect([endpoint.requests.length, used.size]).toEqual([0, 0]);
  });

  it('gives no token to a server that accepts none', async () => {
    await open(idOf(8), undefined, {}, false);
    await expect(read()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect([endpoint.requests.length, used.size]).toEqual([0, 0]);
  });

  it('is not what a SQL login uses, which goes on', async () => {
    await open('sa', undefined, { authentication: 'sql', password: 'any' });
    expect(await read()).toEqual([[3]]);
    expect([endpoint.requests.length, used.size]).toEqual([0, 0]);
  });
});
