import { cpSync, mkdtempSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  PromptListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { categories, orderDetails, orders, products } from '../../sandbox/src/seed/shop-rows.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { InstructionsService } from '../../src/mcp/methods/instructions.service.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { testPrincipal } from '../support/database.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { modernRequest } from '../support/conformance/wire.js';
import { NO_SIGN_IN } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { until } from '../support/until.js';

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

/** Net revenue by category from the raw rows, in the order of the answer. */
function revenueByCategory(from: string, to: string): readonly (readonly [string | null, number])[] {
  const sums = new Map<string | null, number>();
  for (const { order, product, price, quantity, discount } of orderDetails) {
    const placed = orders.find(({ id }) => id === order);
    if (placed === undefined || placed.status === 'cancelled' || placed.date < day(from) || placed.date >= day(to))
      continue;
    const category = products.find(({ id }) => id === product)?.category ?? null;
    const name = categories.find(({ id }) => id === category)?.name ?? null;
    // In units of a ten-thousandth, so that the sum is exact.
    sums.set(name, (sums.get(name) ?? 0) + Math.round(price * 100 * quantity * (100 - discount * 100)));
  }
  return [...sums].map(([name, sum]) => [name, sum / 10_000] as const).sort(([, a], [, b]) => b - a);
}

describe('the knowledge of the sample database', () => {
  let server: StartedServer;
  let client: Client;
  let file: string;

  beforeAll(async () => {
    file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-demo-')), 'knowledge.yaml');
    cpSync('config/knowledge.example.yaml', file);
    server = await startServer({ env: { KNOWLEDGE_FILE: file, ...NO_SIGN_IN } });
    client = new Client({ name: 'analyst', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/demo/mcp`)) as Transport);
  }, 60_000);
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: args });
    expect([isError ?? false, content]).toEqual([false, expect.anything()]);
    return structuredContent as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  };

  it('fits the sample database', async () => {
    const tenant = server.app.get(TenantsService).all()[0]!;
    const knowledge = await server.app.get(KnowledgeService).proved(tenant, AbortSignal.timeout(20_000));
    const states = knowledge?.proof?.items.filter(({ state }) => state !== 'proved');
    // A server of TEST_MSSQL_URL has neither dbo.Regions nor sales.TopCustomers, which only the sandbox adds to the shop.
    const added = ['customer_regions', 'top_customers'];
    expect(states?.filter(({ name }) => server.database.sandbox || !added.includes(name))).toEqual([]);
  });

  it('is named in the instructions, before a model has asked for anything', async () => {
    const tenant = server.app.get(TenantsService).all()[0]!;
    const instructions = server.app.get(InstructionsService);
    // Nobody learns of it without signing in.
    expect(client.getInstructions()).not.toContain('net_revenue');
    expect(await instructions.of({ tenant, principal: testPrincipal() })).toMatch(
      /metrics \(query_metric\): net_revenue, order_count, .*verified queries \(run_query\): revenue_by_category/,
    );
  });

  it('answers "revenue by category last quarter" in two ways with the same numbers', async () => {
    const wanted = revenueByCategory('2025-07-01', '2025-10-01');
    expect(wanted.length).toBeGreaterThan(5);
    const metric = await call('query_metric', { metric: 'revenue', dimensions: ['category'], from: '2025-Q3' });
    expect(metric['rows']).toEqual(wanted);
    expect(metric['definition']).toMatchObject({ name: 'net_revenue', verified_on: '2026-11-02', owner: 'ana' });
    expect((await call('revenue_by_category'))['rows']).toEqual(wanted);
  });

  it('knows what the last quarter is', async () => {
    const now = new Date();
    const answer = await call('query_metric', { metric: 'revenue', dimensions: ['category'], from: 'last quarter' });
    const start = new Date(Date.UTC(now.getUTCFullYear(), Math.floor(now.getUTCMonth() / 3) * 3 - 3, 1))
      .toISOString()
      .slice(0, 10);
    expect(answer['note']).toContain(`from ${start}T00:00:00`);
  });

  it('answers retention by a verified query', async () => {
    const buyers = (year: number) =>
      new Set(
        orders
          .filter(({ status, date }) => status !== 'cancelled' && new Date(date).getUTCFullYear() === year)
          .map(({ customer }) => customer),
      );
    const [before, after] = [buyers(2024), buyers(2025)];
    const returned = [...before].filter(customer => after.has(customer)).length;
    const { rows, definition } = await call('run_query', { name: 'customer_retention' });
    expect(rows).toEqual([[before.size, returned, returned / before.size]]);
    expect(definition).toEqual({ name: 'customer_retention', owner: 'ben', verified_on: '2026-10-20' });
  });

  it('lists the query that is a tool as a prompt, and completes nothing in it', async () => {
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toContain('revenue_by_category');
    const { messages } = await client.getPrompt({
      name: 'revenue_by_category',
      arguments: { from_date: '2025-01-01' },
    });
    expect(JSON.stringify(messages)).toContain('Call the tool revenue_by_category with from_date');
  });

  it('offers no suggestions, which no rule allows', async () => {
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['query_metric', 'revenue_by_category', 'run_query']));
    expect(names).not.toContain('suggest_definition');
  });

  it('tells clients that the tools and prompts have changed, and only those who want to know', async () => {
    expect(client.getServerCapabilities()).toMatchObject({
      tools: { listChanged: true },
      prompts: { listChanged: true },
    });
    const heard: string[] = [];
    client.setNotificationHandler(ToolListChangedNotificationSchema, ({ method }) => void heard.push(method));
    client.setNotificationHandler(PromptListChangedNotificationSchema, ({ method }) => void heard.push(method));
    const listen = (notifications: object) => {
      const { body, headers } = modernRequest('subscriptions/listen', { notifications });
      const all = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      } as Record<string, string>;
      return OpenStream.open(`${server.url}/demo/mcp`, all, JSON.stringify(body));
    };
    const [tools, nothing] = await Promise.all([listen({ toolsListChanged: true }), listen({})]);
    const acknowledged = await tools.message(({ method }) => method === 'notifications/subscriptions/acknowledged');
    expect(acknowledged['params'].notifications).toEqual({ toolsListChanged: true });
    await nothing.message(({ method }) => method === 'notifications/subscriptions/acknowledged');
    const text = readFileSync(file, 'utf8').replace('name: revenue_by_category', 'name: revenue_of_categories');
    writeFileSync(`${file}.new`, text);
    // Of the past, so that it counts as complete at once.
    utimesSync(`${file}.new`, 1_700_000_000, 1_700_000_000);
    renameSync(`${file}.new`, file);
    await until('the tool has its new name', async () =>
      (await client.listTools()).tools.some(({ name }) => name === 'revenue_of_categories'),
    );
    await tools.message(({ method }) => method === 'notifications/tools/list_changed');
    await until('the client was told', () => heard.length >= 2);
    expect(new Set(heard)).toEqual(new Set(['notifications/tools/list_changed', 'notifications/prompts/list_changed']));
    expect(tools.messages.map(({ method }) => method)).not.toContain('notifications/prompts/list_changed');
    expect(nothing.messages).toHaveLength(1);
    tools.close();
    nothing.close();
  });
});
