import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { stringify } from 'yaml';
import { DEMO_USER, addUser } from '../support/oauth-server.js';
import { SdkAuthorization } from '../support/sdk-authorization.js';
import { type TestDatabase, openTestDatabase } from '../support/database.js';
import { type StartedServer, startServer } from '../support/start-server.js';

interface Connection {
  listTools(): Promise<readonly { name: string }[]>;
  callTool(name: string, args: Record<string, unknown>): Promise<{ isError?: boolean; content: unknown }>;
  finishAuth(callback: URL): Promise<void>;
  close(): Promise<void>;
}

type Connect = (url: URL, authorization: SdkAuthorization, connection: (made: Connection) => void) => Promise<void>;

/** `made` is told before the connection stands: a refusal needs the transport to finish the authorization. */
const v1: Connect = async (url, authProvider, made) => {
  const transport = new TransportV1(url, { authProvider: authProvider as never });
  const client = new ClientV1({ name: 'v1', version: '1' });
  made({
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, args) => (await client.callTool({ name, arguments: args })) as never,
    finishAuth: callback => transport.finishAuth(callback.searchParams.get('code') ?? ''),
    close: () => client.close(),
  });
  await client.connect(transport);
};

const v2: Connect = async (url, authProvider, made) => {
  const transport = new TransportV2(url, { authProvider });
  const client = new ClientV2({ name: 'v2', version: '1' });
  made({
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, args) => (await client.callTool({ name, arguments: args })) as never,
    finishAuth: callback => transport.finishAuth(callback.searchParams),
    close: () => client.close(),
  });
  await client.connect(transport);
};

let server: StartedServer;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ seed: true });
  const { host, port, user, password, database: name } = database.config;
  const connection = { host, port, user, password, database: name, trust_server_certificate: true };
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-clients-'));
  const usersFile = path.join(directory, 'users.json');
  const tenantsFile = path.join(directory, 'tenants.yaml');
  await addUser(usersFile, DEMO_USER.username, DEMO_USER.password);
  const tenants = [
    { path: '/demo', database: connection },
    { path: '/workshop', database: connection, read_only: false, confirm_writes: 'false' },
  ];
  writeFileSync(tenantsFile, stringify({ tenants }));
  server = await startServer({
    database,
    env: { TENANTS_FILE: tenantsFile, USERS_FILE: usersFile, DEFAULT_TENANT: 'demo' },
  });
});
afterAll(async () => {
  await server?.close();
  await database?.close();
});

describe.each([
  ['v1 (@modelcontextprotocol/sdk)', v1],
  ['v2 (@modelcontextprotocol/client)', v2],
] as const)('the official TypeScript client %s', (_name, connect) => {
  const open: Connection[] = [];
  afterEach(() => Promise.all(open.splice(0).map(connection => connection.close())));

  /** Connects; when the SDK wants a person first, lets it finish and connects again. */
  async function connected(url: URL, authorization: SdkAuthorization): Promise<Connection> {
    for (let attempt = 0; attempt < 2; attempt++) {
      let connection: Connection | undefined;
      try {
        await connect(url, authorization, made => (connection = made));
        if (connection === undefined) throw new Error('no connection');
        open.push(connection);
        return connection;
      } catch (error) {
        if (attempt > 0 || authorization.callback === undefined) throw error;
        await connection?.finishAuth(authorization.callback);
        authorization.callback = undefined;
      }
    }
    throw new Error('not connected');
  }

  const paths = ['/demo/sse', '/demo/mcp', '/demo/mcp/', '/sse', '/mcp'];
  it.each(paths)('signs in at %s from the URL alone, and refreshes its token', async path => {
    const authorization = new SdkAuthorization(server.url, DEMO_USER);
    const connection = await connected(new URL(server.url + path), authorization);
    expect((await connection.listTools()).map(tool => tool.name)).toContain('list_tables');
    const [asked] = authorization.visited;
    expect(asked?.searchParams.get('resource')).toBe(server.url + path.replace(/\/$/, ''));
    expect(asked?.searchParams.get('code_challenge_method')).toBe('S256');
    expect(authorization.visited).toHaveLength(1);
    const before = authorization.current?.refresh_token;
    authorization.forgetAccessToken();
    expect((await connection.listTools()).length).toBeGreaterThan(0);
    expect(authorization.visited).toHaveLength(1);
    expect(authorization.current?.refresh_token).not.toBe(before);
  });

  it('asks the person again when a tool needs more, and then may write', async () => {
    const authorization = new SdkAuthorization(server.url, DEMO_USER);
    // A host that asks for reading first.
    Object.assign(authorization.clientMetadata, {
      scope: 'sql:read',
      // With a refresh token at hand v1 answers a 403 by refreshing, which widens nothing, and gives up.
      ...(connect === v1 ? { grant_types: ['authorization_code'] } : {}),
    });
    const url = new URL(`${server.url}/workshop/sse`);
    const connection = await connected(url, authorization);
    expect(authorization.current?.scope).toBe('sql:read');
    authorization.grant = 'sql:write';
    const write = { query: 'CREATE TABLE dbo.step_up (id int)' };
    let result: Awaited<ReturnType<Connection['callTool']>>;
    try {
      result = await connection.callTool('execute_sql', write);
    } catch {
      const { callback } = authorization;
      expect(callback?.searchParams.get('code')).toBeTruthy();
      if (callback !== undefined) await connection.finishAuth(callback);
      result = await connection.callTool('execute_sql', write);
    }
    expect(authorization.visited).toHaveLength(2);
    expect(authorization.visited[1]?.searchParams.get('scope')).toContain('sql:write');
    expect(authorization.current?.scope?.split(' ').sort()).toEqual(['sql:read', 'sql:write']);
    expect(JSON.stringify(result.content)).not.toContain('insufficient_scope');
  });
});
