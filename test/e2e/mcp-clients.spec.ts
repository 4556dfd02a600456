import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { type FixtureServer, startFixtureServer } from '../support/conformance/fixture-server.js';
import { verifies } from '../support/verifies.js';

const run = promisify(execFile);
const INSPECTOR = 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js';

describe('real clients', () => {
  let server: FixtureServer;
  let url: URL;
  beforeAll(async () => {
    server = await startFixtureServer();
    url = new URL(server.url);
  });
  afterAll(() => server.close());

  async function inspect(...args: readonly string[]): Promise<{ result: Record<string, unknown> }> {
    const all = [INSPECTOR, '--cli', '--server-url', url.href, '--format', 'json', '-q', ...args];
    const { stdout } = await run(path.resolve('node_modules/.bin/node'), all, { timeout: 60_000 });
    return JSON.parse(stdout) as { result: Record<string, unknown> };
  }

  // Autodetection uses the 2024-11-05 transport for a URL that ends in /sse.
  it.each([
    ['with --transport http', ['--transport', 'http']],
    ['with autodetection', []],
    ['in 2026-07-28', ['--transport', 'http', '--protocol-era', 'modern']],
  ])(
    'MCP Inspector lists and calls tools %s',
    async (_name, args) => {
      verifies('MCP-13');
      const list = await inspect(...args, '--strict', '--method', 'tools/list');
      expect(list.result['tools']).toContainEqual(expect.objectContaining({ name: 'test_simple_text' }));
      const call = await inspect(...args, '--method', 'tools/call', '--tool-name', 'test_simple_text');
      expect(call.result['content']).toEqual([{ type: 'text', text: 'This is a simple text response for testing.' }]);
    },
    120_000,
  );

  const TRANSPORTS: readonly (readonly [string, (url: URL) => Transport])[] = [
    ['Streamable HTTP', at => new StreamableHTTPClientTransport(at) as Transport],
    ['HTTP+SSE', at => new SSEClientTransport(at)],
  ];

  it.each(TRANSPORTS)('the SDK client 1.x works over %s', async (_name, transport) => {
    const client = new Client({ name: 'sdk', version: '1' }, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, async () => ({
      action: 'accept',
      content: { username: 'ada', email: 'ada@example.com' },
    }));
    await client.connect(transport(url));
    try {
      expect(client.getServerVersion()).toMatchObject({ name: 'MSSQL MCP Server' });
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain('test_elicitation');
      const progress: number[] = [];
      await client.callTool({ name: 'test_tool_with_progress' }, undefined, {
        onprogress: ({ progress: done }) => progress.push(done),
      });
      // The last notification may arrive with the response, and then it is too late for this client.
      expect(progress.slice(0, 2)).toEqual([0, 50]);
      const asked = await client.callTool({ name: 'test_elicitation', arguments: { message: 'Who?' } });
      expect(JSON.stringify(asked.content)).toContain('ada@example.com');
      const { resources } = await client.listResources();
      const [first] = resources;
      expect((await client.readResource({ uri: first?.uri ?? '' })).contents).toHaveLength(1);
      expect((await client.getPrompt({ name: 'explore_database' })).messages).toHaveLength(1);
    } finally {
      await client.close();
    }
  });

  it.each(['2025-11-25', '2026-07-28'])('the SDK client 2.x works in %s', async revision => {
    const client = new ModernClient(
      { name: 'sdk', version: '2' },
      { versionNegotiation: { mode: revision === '2026-07-28' ? 'auto' : 'legacy' } },
    );
    await client.connect(new ModernTransport(url));
    try {
      expect(client.getNegotiatedProtocolVersion()).toBe(revision);
      const { tools } = await client.listTools();
      expect(tools.length).toBeGreaterThan(10);
      const { content } = await client.callTool({ name: 'test_simple_text', arguments: {} });
      expect(content).toEqual([{ type: 'text', text: 'This is a simple text response for testing.' }]);
    } finally {
      await client.close();
    }
  });
});
