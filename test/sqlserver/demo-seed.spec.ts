import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { failedPayments } from '../support/demo/expected-answers.js';
import { readRawRows } from '../support/demo/raw-rows.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

/**
 * The batches of the demo's seed on a SQL Server, whose own rules apply: a computed column over GETDATE(), descriptions,
 * every data type. test/integration/demo-questions.spec.ts asks the sandbox for the numbers.
 */
describe('the database of the demo on SQL Server', () => {
  let database: TestDatabase;
  let tools: ToolServices;
  beforeAll(async () => {
    database = await openTestDatabase({ seed: 'demo' });
    tools = await toolServices(database, { settings: { knowledge: 'config/knowledge.example.yaml' } });
  }, 120_000);
  afterAll(async () => {
    await tools?.close();
    await database?.close();
  });

  it('fits every definition', async () => {
    const knowledge = await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(60_000));
    expect(knowledge?.proof?.items.filter(({ state }) => state !== 'proved')).toEqual([]);
  });

  it('always has payments that failed in the last hour', async () => {
    const { data } = await tools.call('run_query', { name: 'recent_failed_transactions' });
    const found = (data as { rows: [number][] }).rows.map(([id]) => id);
    expect(found.length).toBeGreaterThan(0);
    const raw = await readRawRows(database.config);
    // The server's clock may be another one, and of another zone: its newest payment tells the time.
    const newest = Math.max(...raw.payments.map(({ CreatedAt }) => CreatedAt.getTime()));
    const certain = failedPayments(raw, { from: newest - 50 * 60_000, to: newest });
    expect(found).toEqual(expect.arrayContaining([...certain]));
  });

  it('tells what its columns mean', async () => {
    const { data } = await tools.call('describe_table', { table_name: 'sales.OrderDetails' });
    const { columns } = data as { columns: { name: string; description?: string }[] };
    expect(columns.find(({ name }) => name === 'LineTotal')?.description).toContain('it ignores Discount');
  });
});
