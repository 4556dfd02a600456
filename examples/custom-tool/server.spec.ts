import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type StartedServer, startServer } from '../../test/support/start-server.js';
import { TopCustomersModule } from './top-customers.module.js';

const CALL = { name: 'top_customers', arguments: { count: 2 } };

/** Starts the whole server with the module, like main.ts, and calls it with the official clients. */
describe('the server with a tool of a team’s own', () => {
  let server: StartedServer;
  beforeAll(async () => {
    server = await startServer({
      extensions: [TopCustomersModule],
      env: { ALLOW_UNAUTH_METHODS: 'true', ALLOW_UNAUTH_TOOLS_CALL: 'true' },
    });
  }, 60_000);
  afterAll(() => server.close());

  it.each([
    [
      'the SDK client 1.x over HTTP+SSE',
      async (url: URL) => {
        const client = new Client({ name: 'sdk', version: '1' });
        await client.connect(new SSEClientTransport(url) as Transport);
        return client;
      },
    ],
    [
      'the SDK client 2.x over Streamable HTTP',
      async (url: URL) => {
        const client = new NewClient({ name: 'sdk', version: '2' });
        await client.connect(new NewTransport(url));
        return client;
      },
    ],
  ])('is called by %s', async (_name, connect) => {
    const client = await connect(new URL(`${server.url}/demo/sse`));
    try {
      const { tools } = await client.listTools();
      expect(tools.map(tool => tool.name)).toEqual(expect.arrayContaining(['execute_sql', 'top_customers']));
      const result = await client.callTool(CALL);
      expect(result.isError ?? false).toBe(false);
      const { customers } = result.structuredContent as { customers: { customer: string; total: number }[] };
      expect(customers).toHaveLength(2);
      expect(customers[0]?.total).toBeGreaterThanOrEqual(customers[1]?.total ?? Infinity);
      const refused = await client.callTool({ ...CALL, arguments: { count: 0 } }).catch((error: Error) => error);
      expect(JSON.stringify(refused instanceof Error ? refused.message : refused)).toContain('count');
    } finally {
      await client.close();
    }
  });
});
