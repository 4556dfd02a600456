import path from 'node:path';
import { GrantsService } from '../../src/oauth/authorization-server/grants/grants.service.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { accessTokenFor, type TokenOptions } from './access-token.js';
import { modern, type ModernOptions, post, rpc, type WireReply } from './conformance/wire.js';
import { openTestDatabase, type TestDatabase } from './database.js';
import { LockedTable } from './locked-table.js';
import { addUser, DEMO_USER } from './oauth-server.js';
import { type StartedServer, type StartOptions, startServer } from './start-server.js';

export const HELD = 'SELECT id FROM dbo.Held ORDER BY id';

type Data = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** A person with one client. */
export interface Person {
  readonly headers: Readonly<Record<string, string>>;
  /** Calls a tool, and gives its structured content, or the error of its result. */
  call(tool: string, args: object): Promise<Data>;
  /** Calls get_result until the result comes, or an error. */
  fetch(handle: unknown): Promise<Data>;
  /** Runs a statement, and fetches its result if there is a handle. */
  result(query: string): Promise<Data>;
  modern(method: string, params: object, options?: ModernOptions): Promise<WireReply>;
  /** Ends the grant behind the token. */
  revoke(): Promise<void>;
}

/** A server whose people get handles after a second, and a table that is locked. */
export interface HandlesServer extends StartedServer {
  readonly endpoint: string;
  readonly held: LockedTable;
  person(options?: TokenOptions): Promise<Person>;
  /** Adds the demo user to another server. */
  addUserTo(server: StartedServer): Promise<void>;
}

export async function startHandlesServer(options: StartOptions & { rows?: number } = {}): Promise<HandlesServer> {
  const database: TestDatabase = await openTestDatabase({ seed: true });
  const held = await LockedTable.open(database, options.rows);
  const server = await startServer({
    ...options,
    database,
    env: { LONG_QUERIES: '10m', ANSWER_WITHIN: '1s', LOCK_TIMEOUT: '0', ...options.env },
  });
  const usersFile = path.join(server.directory, 'users.json');
  const known = new Set<string>();
  return {
    ...server,
    endpoint: `${server.url}/demo/sse`,
    held,
    person: async (token = {}) => {
      const user = token.user ?? DEMO_USER.username;
      if (!known.has(user)) await addUser(usersFile, user, DEMO_USER.password);
      known.add(user);
      return personOf(server, token);
    },
    addUserTo: ({ directory }) => addUser(path.join(directory, 'users.json'), DEMO_USER.username, DEMO_USER.password),
    close: async () => {
      await server.close();
      await held.close();
      await database.close();
    },
  };
}

/** `url`: where the person sends their requests, if not to the server that issues the token. */
export async function personOf(
  server: StartedServer,
  token: TokenOptions = {},
  url = `${server.url}/demo/sse`,
): Promise<Person> {
  const tenant = server.app.get(TenantsService).byName('demo');
  if (tenant === undefined) throw new Error('the tenant is missing');
  const value = await accessTokenFor(server.app, tenant, token);
  const headers = { authorization: `Bearer ${value}` };
  const call = async (name: string, args: object): Promise<Data> => {
    const message = rpc('tools/call', { name, arguments: args });
    return dataOf(await post(url, message, { ...headers, 'mcp-protocol-version': '2025-11-25' }));
  };
  const fetch = async (handle: unknown): Promise<Data> => {
    const answer = await call('get_result', { handle });
    return answer['running'] === true ? fetch(handle) : answer;
  };
  return {
    headers,
    call,
    fetch,
    result: async query => {
      const answer = await call('execute_sql', { query });
      return answer['running'] === true ? fetch(answer['handle']) : answer;
    },
    modern: (method, params, options = {}) =>
      modern(url, method, params, { ...options, headers: { ...headers, ...options.headers } }),
    revoke: () => server.app.get(GrantsService).revokeAll(tenant, token.user ?? DEMO_USER.username),
  };
}

function dataOf({ json, text }: WireReply): Data {
  const { result } = json;
  if (result === undefined) throw new Error(text);
  return result['isError'] === true
    ? (JSON.parse(result['content'][0].text as string) as Data)
    : result['structuredContent'];
}
