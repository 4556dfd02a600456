import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Fault, startSandbox } from 'tsql-sandbox';
import { readConfig } from '../../../src/config/read-config.js';
import { BrowserPerson } from '../browser-person.js';
import { trustedCertificate } from '../certificate.js';
import { eventsOf, post, rpc, postRaw } from '../conformance/wire.js';
import { authorizeUrl, pkce, register, registeredClient, signIn, tokenRequest } from '../oauth-login.js';
import { openTestDatabase, sandboxConfig, type TestDatabase } from '../database.js';
import { databaseEnvironment, NO_SIGN_IN, serverEnvironment } from '../server-environment.js';
import { startServer } from '../start-server.js';

type User = Readonly<{ username: string; password: string }>;

/** The cases of test/fixtures/cases.json whose steps are HTTP requests or settings, by their id. `url`: of the demo. */
export const HTTP_CASES: Readonly<Record<string, (url: string, user: User) => Promise<void>>> = {
  'oauth-parallel-refresh': async (url, user) => {
    const { refreshToken, clientId } = await signIn({ url, tenant: 'demo', ...user });
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId };
    const answers = await Promise.all([1, 2].map(() => tokenRequest(`${url}/demo`, form)));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      const { access_token: token } = (await answer.json()) as Record<string, string>;
      const list = await post(`${url}/demo/mcp`, rpc('tools/list'), { authorization: `Bearer ${token}` });
      expect(list.json.result?.['tools']).toContainEqual(expect.objectContaining({ name: 'execute_sql' }));
    }
  },
  'oauth-loopback-name': async url => {
    const client_id = await registeredClient(`${url}/demo`, { redirect_uris: ['http://127.0.0.1:45001/callback'] });
    const at = (redirect_uri: string) =>
      new BrowserPerson(url).open(
        authorizeUrl(`${url}/demo`, { client_id, code_challenge: pkce().challenge, redirect_uri }),
      );
    expect((await at('http://localhost:45001/callback')).response.status).toBe(200);
    expect((await at('http://localhost:45001/other')).response.status).toBe(400);
  },
  'oauth-loopback-no-slash': url => registers(url, 'http://127.0.0.1:33418'),
  'oauth-claude-desktop-code': async url => {
    const redirect_uri = 'claude://claude.ai/mcp-auth-callback/sdk';
    await registers(url, redirect_uri);
    const client_id = 'https://claude.ai/oauth/claude-code-client-metadata';
    const request = authorizeUrl(`${url}/demo`, { client_id, code_challenge: pkce().challenge, redirect_uri });
    expect((await new BrowserPerson(url).open(request)).response.status).toBe(200);
  },
  'oauth-cursor': url => registers(url, 'cursor://anysphere.cursor-mcp/oauth/callback'),
  'oauth-copilot-studio': async url => {
    await registers(url, 'https://global.consent.azure-apim.net/redirect/cr-x');
    const elsewhere = await register(`${url}/demo`, { redirect_uris: ['https://consent.example.com/redirect/cr-x'] });
    expect(elsewhere.status).toBe(400);
    expect(await elsewhere.text()).toMatch(/consent\.example\.com.*ALLOWED_REDIRECT_HOSTS/);
  },
  'oauth-empty-metadata': async url => {
    for (const metadata of [
      { client_uri: '', tos_uri: '', contacts: null, jwks: null },
      { client_uri: null, grant_types: [], response_types: [], contacts: [], jwks: {} },
    ])
      expect((await register(`${url}/demo`, metadata)).status).toBe(201);
  },
  'oauth-stale-client': async url => {
    const request = authorizeUrl(`${url}/demo`, { client_id: 'forgotten', code_challenge: pkce().challenge });
    const page = await new BrowserPerson(url).open(request);
    expect(page.response.status).toBe(400);
    for (const part of [/registration is gone/, /\/mcp.*Clear authentication/, /remove this server/])
      expect(page.text).toMatch(part);
  },
  'rpc-params-null': async (url, user) => {
    const { accessToken } = await signIn({ url, tenant: 'demo', ...user });
    const headers = { authorization: `Bearer ${accessToken}` };
    for (const body of [
      '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":null}',
      '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_tables","arguments":null}}',
    ])
      expect((await postRaw(`${url}/demo/mcp`, body, headers)).json).toHaveProperty('result');
  },
  // The case waits 75 s; the first notification must come by 20 s, so a statement of 21 s shows the same.
  'progress-heartbeat': async () => {
    const database = await faultyDatabase([{ kind: 'delay-rows', milliseconds: 21_000, text: 'slow_value', times: 1 }]);
    const server = await startServer({ database, env: NO_SIGN_IN });
    const call = { name: 'execute_sql', arguments: { query: 'SELECT 1 AS slow_value' }, _meta: { progressToken: 'p' } };
    try {
      const reply = await post(`${server.url}/demo/mcp`, rpc('tools/call', call));
      const messages = eventsOf(reply.text).map(({ data }) => JSON.parse(data ?? '{}') as { method?: string });
      expect(messages.filter(({ method }) => method === 'notifications/progress').length).toBeGreaterThanOrEqual(1);
      expect(reply.json.result?.['structuredContent']).toMatchObject({ rows: [[1]] });
    } finally {
      await server.close();
      await database.close();
    }
  },
  'config-instance-port': async () => {
    const database = await openTestDatabase();
    try {
      const environment = databaseEnvironment(database);
      const found = await doctor({ ...environment, MSSQL_HOST: `${environment['MSSQL_HOST']}\\ENV1` });
      expect(found).toMatch(/\[ ok \] demo: database: Microsoft SQL Server/);
    } finally {
      await database.close();
    }
  },
  'config-strict': async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-strict-'));
    await trustedCertificate(directory, 'localhost');
    const [cert = '', key = ''] = ['fullchain.pem', 'privkey.pem'].map(name => readFileSync(path.join(directory, name), 'utf8')); // prettier-ignore
    const users = [{ name: 'mcp_reader', password: 'Planted!Password9', roles: ['db_datareader'] }];
    const secure = await startSandbox({ users, tls: { certificate: { cert, key } } });
    try {
      const found = await doctor({
        MSSQL_HOST: 'localhost',
        MSSQL_PORT: String(secure.port),
        MSSQL_USER: 'mcp_reader',
        MSSQL_PASSWORD: 'Planted!Password9',
        MSSQL_DATABASE: secure.databaseName,
        MSSQL_ENCRYPT: 'strict',
        NODE_EXTRA_CA_CERTS: path.join(directory, 'fullchain.pem'),
      });
      expect(found).toMatch(/\[ ok \] demo: encryption: .*the certificate is verified/);
    } finally {
      await secure.close();
    }
  },
  // test/integration/database-tokens.spec.ts connects with tokens of a managed identity.
  'config-managed-identity': async () => {
    for (const authentication of ['managed-identity', 'workload-identity', 'azure-cli', 'default'])
      expect(
        readConfig(settings({ MSSQL_AUTHENTICATION: authentication, MSSQL_USER: '', MSSQL_PASSWORD: '' })).tenants[0]
          ?.database,
      ).toMatchObject({
        authentication,
      });
  },
  'config-integrated': async () => {
    expect(() => readConfig(settings({ MSSQL_AUTHENTICATION: 'integrated' }))).toThrow(
      /no Windows integrated sign-in.*ntlm/,
    );
    expect(() => readConfig(settings({ Trusted_Connection: 'yes' }))).toThrow(/SQL login.*NTLM.*Entra/i);
    const docs = readFileSync('docs/deployment.md', 'utf8');
    expect(docs).toMatch(/Integrated Windows sign-in and Kerberos aren.t available/);
  },
  'config-readonly-intent': async () => {
    const database = await openTestDatabase();
    try {
      const availability = { MSSQL_APPLICATION_INTENT: 'ReadOnly', MSSQL_MULTI_SUBNET_FAILOVER: 'yes' };
      expect(await doctor({ ...databaseEnvironment(database), ...availability })).toMatch(/\[ ok \] demo: database: /);
      const [tenant] = readConfig(settings(availability)).tenants;
      expect(tenant?.database).toMatchObject({ applicationIntent: 'readonly', multiSubnetFailover: true });
    } finally {
      await database.close();
    }
  },
  'config-serverless': async () => {
    const database = await faultyDatabase([{ kind: 'refuse-login', number: 40613, times: 1_000 }]);
    const server = await startServer({ database, env: { ...NO_SIGN_IN, QUERY_TIMEOUT_MS: '3000' } });
    try {
      const call = { name: 'execute_sql', arguments: { query: 'SELECT 1 AS a' } };
      const reply = await post(`${server.url}/demo/mcp`, rpc('tools/call', call));
      expect(reply.json.result?.['content']?.[0]?.text).toMatch(/may take a minute/);
    } finally {
      await server.close();
      await database.close();
    }
  },
  // Machine clients of CLIENTS_FILE: test/e2e/oauth-machine-clients.spec.ts; issued tokens: oauth-issued-tokens.spec.ts.
  'auth-machine': async url => {
    const refusal = await register(`${url}/demo`, { grant_types: ['client_credentials'] });
    expect(refusal.status).toBe(400);
    expect(await refusal.text()).toMatch(/CLIENTS_FILE.*mssql-mcp tokens/);
  },
};

async function registers(url: string, uri: string): Promise<void> {
  const answer = await register(`${url}/demo`, { redirect_uris: [uri] });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ redirect_uris: [uri] });
}

async function faultyDatabase(faults: readonly Fault[]): Promise<TestDatabase> {
  const sandbox = await startSandbox({ faults });
  const config = sandboxConfig(sandbox);
  return { config, sandbox: true, execute: async () => {}, close: () => sandbox.close() };
}

function settings(more: Readonly<Record<string, string>>): Record<string, string> {
  const database = { MSSQL_HOST: 'h', MSSQL_USER: 'u', MSSQL_PASSWORD: 'p', MSSQL_DATABASE: 'd' };
  return { ...serverEnvironment(os.tmpdir()), ...database, ...more };
}

/** What `mssql-mcp doctor` prints for a tenant `demo`. */
function doctor(more: Readonly<Record<string, string>>): Promise<string> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-doctor-'));
  const env = { PATH: process.env['PATH'] ?? '', ...serverEnvironment(directory), ENVIRONMENT_PATH: '/demo', ...more };
  return new Promise(resolve => {
    execFile(process.execPath, ['dist/cli/bin.js', 'doctor'], { env, timeout: 60_000 }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}
