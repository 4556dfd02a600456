import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { auth as modernAuth, type OAuthClientProvider as ModernProvider } from '@modelcontextprotocol/client';
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { stringify } from 'yaml';
import { probe } from '../support/clients/probe.js';
import { PROBING_ORDERS } from '../support/clients/probing-orders.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { register } from '../support/oauth-login.js';
import { addUser, DEMO_USER } from '../support/oauth-server.js';
import { SdkAuthorization } from '../support/sdk-authorization.js';
import { type StartedServer, startServer } from '../support/start-server.js';

const TENANTS = ['demo', 'workshop', 'archive'];

/** All tenants have the same database, because these tests stop at the tokens. */
function tenantsFile({ config }: TestDatabase): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-probing-')), 'tenants.yaml');
  const database = {
    host: config.host,
    port: config.port,
    user: config.user,
    password: '${MSSQL_PASSWORD}',
    database: config.database,
    trust_server_certificate: true,
  };
  writeFileSync(file, stringify({ tenants: TENANTS.map(name => ({ path: `/${name}`, database })) }));
  return file;
}

describe.each([
  ['with a default tenant', 'demo'],
  ['without a default tenant', ''],
])('the authorization server that clients find %s', (_name, DEFAULT_TENANT) => {
  let database: TestDatabase;
  let server: StartedServer;
  beforeAll(async () => {
    database = await openTestDatabase();
    server = await startServer({ database, env: { TENANTS_FILE: tenantsFile(database), DEFAULT_TENANT } });
    await addUser(path.join(server.directory, 'users.json'), DEMO_USER.username, DEMO_USER.password);
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await database?.close();
  });

  const ways = PROBING_ORDERS.flatMap(order =>
    ['sse', 'mcp'].flatMap(endpoint => [true, false].map(challenged => ({ order, endpoint, challenged }))),
  );

  it.each(
    ways.map(way => [`${way.order.client}, /${way.endpoint}, challenge ${way.challenged ? 'seen' : 'lost'}`, way]),
  )('is the one of the URL: %s', async (_client, { order, endpoint, challenged }) => {
    for (const tenant of TENANTS) {
      const { found, asked } = await probe(order, `${server.url}/${tenant}/${endpoint}`, { challenged });
      const issuer = `${server.url}/${tenant}`;
      expect({ found, asked }).toMatchObject({
        found: {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          registration_endpoint: `${issuer}/register`,
        },
      });
    }
  });

  it.each([
    [
      '@modelcontextprotocol/sdk 1.x',
      (provider: SdkAuthorization, options: { serverUrl: string }) => auth(provider as OAuthClientProvider, options),
    ],
    [
      '@modelcontextprotocol/client 2.x',
      (provider: SdkAuthorization, options: { serverUrl: string }) => modernAuth(provider as ModernProvider, options),
    ],
  ])('gives a token of the URL to %s, which signs in for real', async (_name, run) => {
    for (const tenant of TENANTS) {
      const serverUrl = `${server.url}/${tenant}/mcp`;
      const provider = new SdkAuthorization(server.url, DEMO_USER);
      expect(await run(provider, { serverUrl })).toBe('REDIRECT');
      expect(provider.visited.map(({ pathname }) => pathname)).toEqual([`/${tenant}/authorize`]);
      const code = provider.callback?.searchParams.get('code') ?? '';
      const authorised = { serverUrl, authorizationCode: code, iss: `${server.url}/${tenant}` };
      expect(await run(provider, authorised)).toBe('AUTHORIZED');
      const statuses = await Promise.all(
        TENANTS.map(at => ping(`${server.url}/${at}/mcp`, provider.tokens()?.access_token)),
      );
      expect(statuses).toEqual(TENANTS.map(at => (at === tenant ? 200 : 401)));
    }
  });

  it('registers clients at each tenant that was found', async () => {
    for (const tenant of TENANTS) expect((await register(`${server.url}/${tenant}`)).status).toBe(201);
  });

  // Qwen would take a 401 for a challenge, and then look only at the root of the address that the challenge names.
  it('answers HEAD without a token with 200', async () => {
    for (const tenant of TENANTS) {
      const response = await fetch(`${server.url}/${tenant}/sse`, { method: 'HEAD' });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    }
  });
});

async function ping(url: string, token = ''): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  return response.status;
}
