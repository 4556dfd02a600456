import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { signIn } from '../support/oauth-login.js';
import { addUser, DEMO_USER } from '../support/oauth-server.js';
import { tenantDatabase, tenantsEnvironment } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';

const SCHEMA = JSON.parse(readFileSync(path.resolve('test', 'schemas', 'server-card.json'), 'utf8')) as {
  readonly $defs: object;
};
/** test/schemas/README.md names the source. */
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile({
  $ref: '#/$defs/ServerCard',
  $defs: SCHEMA.$defs,
});

interface Card {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly remotes: readonly { readonly url: string; readonly supportedProtocolVersions: readonly string[] }[];
}

describe('the documents for directories', () => {
  let database: TestDatabase;
  let server: StartedServer;
  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    const connection = tenantDatabase(database);
    const tenants = [
      { path: '/demo', database: connection },
      { path: '/workshop', database: connection, read_only: false, brand: { name: 'C'.repeat(40) } },
    ];
    server = await startServer({
      database,
      env: {
        ...tenantsEnvironment(tenants),
        DEFAULT_TENANT: 'demo',
        OPENAI_APPS_CHALLENGE: 'K7EPvxVaVfeHR_qrBZbNglV8mQFBSxFUy7YLr',
      },
    });
    await addUser(path.join(server.directory, 'users.json'), DEMO_USER.username, DEMO_USER.password);
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await database?.close();
  });

  const cardAt = async (address: string) => {
    const reply = await fetch(`${server.url}${address}/server-card`);
    return { reply, card: (await reply.json()) as Card };
  };

  it.each(['/demo/mcp', '/demo/sse', '/workshop/mcp', '/sse', '/mcp'])(
    'a card at %s follows the published schema and names that address',
    async address => {
      const { reply, card } = await cardAt(address);
      expect([reply.status, reply.headers.get('content-type')]).toEqual([
        200,
        expect.stringMatching(/^application\/mcp-server-card\+json/),
      ]);
      validate(card);
      expect(validate.errors ?? []).toEqual([]);
      expect(card.remotes.map(({ url }) => url)).toEqual([server.url + address]);
    },
  );

  it('the schema finds faults in a card that breaks it', async () => {
    const { card } = await cardAt('/demo/mcp');
    expect(validate({ ...card, name: 'no namespace' })).toBe(false);
    expect(validate({ ...card, title: 'x'.repeat(101) })).toBe(false);
  });

  it('says what a client then finds: title, version, and revisions that the endpoint speaks', async () => {
    const { card } = await cardAt('/demo/mcp');
    const { accessToken } = await signIn({ url: server.url, tenant: 'demo', ...DEMO_USER });
    const client = new Client({ name: 'card reader', version: '1' });
    const [remote] = card.remotes;
    await client.connect(
      new StreamableHTTPClientTransport(new URL(remote?.url ?? ''), {
        requestInit: { headers: { authorization: `Bearer ${accessToken}` } },
      }),
    );
    const info = client.getServerVersion();
    expect({ title: card.title, version: card.version }).toEqual({ title: info?.title, version: info?.version });
    expect(remote?.supportedProtocolVersions).toContain(client.getNegotiatedProtocolVersion());
    await client.close();
  });

  it('names no table, no other tenant, and nothing that is not in discovery', async () => {
    const text = JSON.stringify((await cardAt('/workshop/mcp')).card);
    for (const secret of [
      'Orders',
      'demo',
      String(database.config.port),
      database.config.user,
      database.config.database,
    ])
      expect(text).not.toContain(secret);
    expect((await fetch(`${server.url}/nowhere/mcp/server-card`)).status).toBe(404);
    expect((await fetch(`${server.url}/.well-known/ai-catalog.json`)).status).toBe(404);
  });

  it('may be read by pages of any origin, stored, and asked for again without its text', async () => {
    const { reply } = await cardAt('/demo/mcp');
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    expect(reply.headers.get('access-control-expose-headers')).toBe('ETag');
    expect(reply.headers.get('cache-control')).toBe('public, max-age=3600');
    const etag = reply.headers.get('etag') ?? '';
    // Node's `fetch` would add `Cache-Control: no-cache`, as the Fetch standard says.
    const asked = get(`${server.url}/demo/mcp/server-card`, { headers: { 'if-none-match': etag } });
    const [again] = (await once(asked, 'response')) as [IncomingMessage];
    again.resume();
    expect([etag !== '', again.statusCode]).toEqual([true, 304]);
    const preflight = await fetch(`${server.url}/demo/mcp/server-card`, { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      expect.stringContaining('If-None-Match'),
    ]);
    expect((await fetch(`${server.url}/demo/mcp/server-card`, { method: 'POST' })).status).toBe(405);
  });

  it.each(['', '/demo'])('the challenge of OpenAI is a plain text at the root (%s)', async prefix => {
    const reply = await fetch(`${server.url}${prefix}/.well-known/openai-apps-challenge`);
    expect([reply.status, reply.headers.get('content-type'), await reply.text()]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'K7EPvxVaVfeHR_qrBZbNglV8mQFBSxFUy7YLr',
    ]);
  });
});

it('has no challenge of OpenAI without the setting', async () => {
  const server = await startServer();
  const reply = await fetch(`${server.url}/.well-known/openai-apps-challenge`);
  expect([reply.status, await reply.json()]).toEqual([404, expect.objectContaining({ error: 'NOT_FOUND' })]);
  await server.close();
});
