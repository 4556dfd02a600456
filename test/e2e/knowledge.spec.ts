import { cpSync, mkdtempSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  PromptListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { InstructionsService } from '../../src/mcp/methods/instructions.service.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { openTestDatabase, testPrincipal } from '../support/database.js';
import { failedPayments, lastQuarter, revenueByCategory } from '../support/demo/expected-answers.js';
import { readRawRows } from '../support/demo/raw-rows.js';
import { OpenStream } from '../support/conformance/open-stream.js';
import { modernRequest } from '../support/conformance/wire.js';
import { connectClient } from '../support/official-client.js';
import { NO_SIGN_IN } from '../support/server-environment.js';
import { type StartedServer, startServer } from '../support/start-server.js';
import { until } from '../support/until.js';

describe('the knowledge of the demo', () => {
  let server: StartedServer;
  let client: Client;
  let file: string;

  beforeAll(async () => {
    file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-demo-')), 'knowledge.yaml');
    cpSync('config/knowledge.example.yaml', file);
    const database = await openTestDatabase({ seed: 'demo' });
    server = await startServer({ database, env: { KNOWLEDGE_FILE: file, ...NO_SIGN_IN } });
    client = await connectClient(`${server.url}/demo/mcp`);
  }, 60_000);
  afterAll(async () => {
    await client.close();
    await server.close();
    await server.database.close();
  });

  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: args });
    expect([isError ?? false, content]).toEqual([false, expect.anything()]);
    return structuredContent as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  };

  it('fits its database', async () => {
    const tenant = server.app.get(TenantsService).all()[0]!;
    const knowledge = await server.app.get(KnowledgeService).proved(tenant, AbortSignal.timeout(20_000));
    expect(knowledge?.proof?.items.filter(({ state }) => state !== 'proved')).toEqual([]);
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

  it('knows what the last quarter is, in two ways with the same numbers', async () => {
    const asked = Date.now();
    const metric = await call('query_metric', { metric: 'revenue', dimensions: ['category'], from: 'last quarter' });
    const [, from = '', to = ''] = /from (\S+)T00:00:00 .*?(\d{4}-\d\d-\d\d)T/.exec(metric['note']) ?? [];
    const span = { from: Date.parse(from), to: Date.parse(to) };
    // A quarter may end during the call.
    expect([lastQuarter(asked), lastQuarter(Date.now())]).toContainEqual(span);
    const wanted = revenueByCategory(await readRawRows(server.database.config), span);
    expect(wanted.length).toBeGreaterThan(5);
    expect(new Map(metric['rows'])).toEqual(new Map(wanted));
    expect(metric['definition']).toMatchObject({ name: 'net_revenue', verified_on: '2026-11-02', owner: 'ana' });
    const days = { from_date: from, to_date: new Date(span.to - 1).toISOString().slice(0, 10) };
    expect((await call('revenue_by_category', days))['rows']).toEqual(wanted);
  });

  it('finds the payments that failed in the last hour, whenever that is', async () => {
    const started = Date.now();
    const { rows, definition } = await call('run_query', { name: 'recent_failed_transactions' });
    const counted = await call('query_metric', { metric: 'failed payments', from: 'last hour' });
    const ended = Date.now();
    const raw = await readRawRows(server.database.config);
    const found = (rows as [number][]).map(([id]) => id);
    // A second more or less at either end, because the calls took some time and the times of payments are whole seconds.
    const certain = failedPayments(raw, { from: ended - 3_600_000 + 1000, to: started - 1000 });
    const possible = failedPayments(raw, { from: started - 3_600_000 - 1000, to: ended + 1000 });
    expect(certain.filter(id => !found.includes(id))).toEqual([]);
    expect(found.filter(id => !possible.includes(id))).toEqual([]);
    expect(found.length).toBeGreaterThan(0);
    expect(counted['rows'][0][0]).toBeGreaterThanOrEqual(certain.length);
    expect(counted['rows'][0][0]).toBeLessThanOrEqual(possible.length);
    expect(definition).toEqual({ name: 'recent_failed_transactions', owner: 'ben', verified_on: '2026-11-02' });
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
