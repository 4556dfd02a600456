import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CreateMessageRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { readStdioConfig } from '../../src/config/read-stdio-config.js';
import { CatalogService } from '../../src/database/catalog/catalog.service.js';
import { McpController } from '../../src/mcp/http/mcp.controller.js';
import { StdioOutput } from '../../src/mcp/stdio/stdio-output.js';
import { StdioTransport } from '../../src/mcp/stdio/stdio.transport.js';
import { MetricsServer } from '../../src/metrics/metrics.server.js';
import { AccessTokenGuard } from '../../src/oauth/resource-server/guards/access-token.guard.js';
import { TokenLookup } from '../../src/oauth/tokens/token-lookup.js';
import { StdioAppModule } from '../../src/stdio-app.module.js';
import { ConformanceFixtures } from '../support/conformance/fixtures.module.js';
import { SMALL_CATALOG } from '../support/conformance/small-catalog.js';
import { NO_DATABASE } from '../support/server-environment.js';

/** The server and an official client in one process. A transport of the SDK for servers is the same from the other side. */
describe('the module for stdio', () => {
  let app: INestApplicationContext;
  let client: Client;
  let served: Promise<void>;
  const stop = new AbortController();
  beforeAll(async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-stdio-'));
    const config = readStdioConfig({ ...NO_DATABASE, AUDIT_FILE: path.join(directory, 'audit.jsonl') });
    const module = await Test.createTestingModule({
      imports: [StdioAppModule.forRoot(config, [ConformanceFixtures])],
    })
      .overrideProvider(CatalogService)
      .useValue(SMALL_CATALOG)
      .compile();
    app = await module.init();
    const [toServer, toClient] = [new PassThrough(), new PassThrough()];
    served = app.get(StdioTransport).serve(toServer, new StdioOutput(toClient), stop.signal);
    client = new Client({ name: 'sdk', version: '1' }, { capabilities: { sampling: {} } });
    await client.connect(new StdioServerTransport(toClient, toServer));
  }, 60_000);
  afterAll(async () => {
    await client?.close();
    stop.abort();
    await served;
    await app?.close();
  });

  it('is composed without HTTP, sign-in and a port for metrics', () => {
    for (const type of [McpController, AccessTokenGuard, TokenLookup, MetricsServer])
      expect(() => app.get<object>(type, { strict: false })).toThrow();
  });

  it('sends log messages from the level on that the client sets', async () => {
    const texts: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void texts.push(params.data));
    const call = () => client.callTool({ name: 'test_logging_tool' });
    await client.setLoggingLevel('warning');
    await call();
    await client.setLoggingLevel('info');
    await call();
    expect(texts).toEqual(['begun', 'working', 'done']);
  });

  it('takes questions of a tool to the client, and its answers back', async () => {
    client.setRequestHandler(CreateMessageRequestSchema, async () => ({
      role: 'assistant',
      model: 'none',
      content: { type: 'text', text: 'forty-two' },
    }));
    const { content } = await client.callTool({ name: 'test_sampling', arguments: { prompt: 'What?' } });
    expect(content).toEqual([{ type: 'text', text: 'LLM response: forty-two' }]);
  });

  it('has no icon, because nothing has a URL', () => {
    expect(client.getServerVersion()).toEqual({
      name: 'MSSQL MCP Server',
      title: 'none (stdio)',
      version: expect.any(String),
    });
  });
});
