import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { TenantsService } from '../../src/tenancy/tenants.service.js';
import { type HandlesServer, startHandlesServer } from '../support/handles-server.js';
import { connectClient } from '../support/official-client.js';
import { RunningStatements } from '../support/running-statements.js';

const PROGRAM = 'mssql-mcp-server/demo';
const query = (name: string, more: string): string => `
  - name: ${name}
    title: ${name}
    questions: ["What is ${name}?"]
    sql: SELECT id FROM dbo.Held ORDER BY id
    owner: ben
    verified_on: 2026-10-20
    ${more}`;
const KNOWLEDGE = `
metrics:
  - { name: held, meaning: How many are held., table: dbo.Held, expression: COUNT(*), owner: ben }
queries:
${query('plain', 'same_for_all: true')}
${query('kept', 'cache: 10m')}
${query('held_ids', 'as_tool: true')}
`;
const IDS = { rows: [[1], [2], [3]] };

describe('a statement of a definition that takes longer than the client waits', () => {
  let server: HandlesServer;
  let clients: Client[];

  beforeAll(async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-handles-')), 'knowledge.yaml');
    writeFileSync(file, KNOWLEDGE);
    // A definition whose statement doesn't run as long as the tenant allows would end before it is handed over.
    server = await startHandlesServer({ env: { KNOWLEDGE_FILE: file, QUERY_TIMEOUT_MS: '1500' } });
    await server.database.execute(
      `CREATE VIEW dbo.HeldDays AS SELECT DATEADD(day, id, CAST('2025-01-31' AS date)) AS At, id FROM dbo.Held`,
    );
    const tenant = server.app.get(TenantsService).all()[0]!;
    const knowledge = await server.app.get(KnowledgeService).proved(tenant, AbortSignal.timeout(20_000));
    expect(knowledge?.proof?.items.filter(({ state }) => state !== 'proved')).toEqual([]);
    clients = await Promise.all(['ann', 'bob'].map(clientOf));
  }, 60_000);
  beforeEach(() => server.held.lock());
  afterEach(() => server.held.release());
  afterAll(async () => {
    for (const client of clients) await client.close();
    await server.close();
  });

  const clientOf = async (user: string): Promise<Client> => {
    const { headers } = await server.person({ user });
    return connectClient(server.endpoint, headers);
  };
  const call = async (
    client: Client | undefined,
    name: string,
    args: object = {},
  ): Promise<Record<string, unknown>> => {
    const answer = await client?.callTool({ name, arguments: { ...args } });
    expect([answer?.isError ?? false, answer?.content]).toEqual([false, expect.anything()]);
    return answer?.structuredContent as Record<string, unknown>;
  };
  /** Asks until the statement has run longer than QUERY_TIMEOUT_MS. */
  const wait = async (client: Client | undefined, handle: unknown): Promise<void> => {
    for (let i = 0; i < 2; i++) expect(await call(client, 'get_result', { handle })).toMatchObject({ running: true });
  };
  const fetch = async (client: Client | undefined, handle: unknown): Promise<Record<string, unknown>> => {
    const answer = await call(client, 'get_result', { handle });
    return answer['running'] === true ? fetch(client, handle) : answer;
  };

  it.each([
    ['run_query', { name: 'plain' }, IDS],
    ['run_query', { name: 'kept' }, { ...IDS, max_age: 600 }],
    ['held_ids', {}, IDS],
    ['query_metric', { metric: 'held' }, { rows: [[3]] }],
    [
      'analyze_trends',
      { table: 'HeldDays', date_column: 'At', metric_column: 'id', to: '2025-02-03', period_days: 3 },
      { trend: { slope: 1 } },
    ],
    ['explain_query', { query: 'SELECT id FROM dbo.Held', actual: true }, { rows: { actual: 3 } }],
  ])('is fetched by its handle: %s %j', async (tool, args, expected) => {
    const [ann] = clients;
    const { handle } = await call(ann, tool, args);
    expect(handle).toEqual(expect.any(String));
    await wait(ann, handle);
    await server.held.release();
    expect(await fetch(ann, handle)).toMatchObject(expected);
  });

  it('runs on for the others who share it when one of them cancels', async () => {
    const [ann, bob] = clients;
    const running = await RunningStatements.open(server.database);
    const ask = async (client: Client | undefined) =>
      (await call(client, 'run_query', { name: 'kept', refresh: true }))['handle'];
    const [first, second] = await Promise.all([ask(ann), ask(bob)]);
    expect(first).not.toBe(second);
    await running.count(1, PROGRAM);
    expect(await call(ann, 'get_result', { handle: first, cancel: true })).toMatchObject({ cancelled: true });
    await running.count(1, PROGRAM);
    await server.held.release();
    expect(await fetch(bob, second)).toMatchObject(IDS);
    await server.held.lock();
    const alone = await ask(bob);
    await running.count(1, PROGRAM);
    expect(await call(bob, 'get_result', { handle: alone, cancel: true })).toMatchObject({ cancelled: true });
    await running.count(0, PROGRAM);
    await running.close();
  });
});
