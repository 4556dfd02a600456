import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Module } from '@nestjs/common';
import { z } from 'zod';
import type { Budget } from '../../src/common/principal.js';
import type { RunningCall } from '../../src/invocation/invocation.js';
import { ToolInvoker } from '../../src/invocation/tool.invoker.js';
import { MetricsService } from '../../src/metrics/metrics.service.js';
import { Tool } from '../../src/tools/tool.decorator.js';
import type { ToolHandler } from '../../src/tools/tool.js';
import { openTestDatabase, testPrincipal, type TestDatabase } from '../support/database.js';
import { LockedTable } from '../support/locked-table.js';
import { toolCall, type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';

const input = z.strictObject({});
const output = z.strictObject({ done: z.boolean() });
const about = { title: 'Wait', description: 'Waits.', scope: 'sql:read', readOnly: true, input, output } as const;

/** As get_result, which belongs to MCP. */
@Tool({ ...about, name: 'wait_on', continuesCall: true })
class WaitTool implements ToolHandler<typeof input, typeof output> {
  async execute(): Promise<z.infer<typeof output>> {
    return { done: true };
  }
}

@Module({ providers: [WaitTool] })
class WaitModule {}

describe('budgets of access rules', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase({ seed: true });
    tools = await toolServices(database, { imports: [WaitModule] });
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const person = (subject: string, budget: Budget) => ({ principal: testPrincipal(subject, { access: { budget } }) });
  const query = (sql: string, more: object) => tools.call('execute_sql', { query: sql }, more);

  it('admit exactly their number of calls in a burst', async () => {
    const ann = person('burst', { calls: { amount: 5, per: 'day' } });
    const results = await Promise.allSettled(Array.from({ length: 25 }, () => query('SELECT 1 AS a', ann)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(tools.call('list_tables', {}, ann)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      details: { budget: 'calls', limit: 5, per: 'day' },
    });
  });

  it('do not count a call that goes on with another one, and let it through when all calls are used up', async () => {
    const ann = person('waiting', { calls: { amount: 1, per: 'day' } });
    for (let n = 0; n < 3; n += 1) expect((await tools.call('wait_on', {}, ann)).data).toEqual({ done: true });
    await query('SELECT 1 AS a', ann);
    expect((await tools.call('wait_on', {}, ann)).data).toEqual({ done: true });
    await expect(query('SELECT 1 AS a', ann)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  });

  it('end what a person reads when the rows are used up, and let others read', async () => {
    const rows = 'SELECT TOP (30) value FROM GENERATE_SERIES(1, 100)';
    const ann = person('rows', { rows: { amount: 50, per: 'day' } });
    await query(rows, ann);
    await query(rows, ann);
    await expect(query(rows, ann)).rejects.toMatchObject({ details: { budget: 'rows', opens_at: expect.any(String) } });
    // Reading the catalogue gives out no rows of tables.
    expect((await tools.call('list_tables', {}, ann)).data.count).toBeGreaterThan(0);
    await query(rows, person('others', { rows: { amount: 50, per: 'day' } }));
  });

  it('count the time of statements, also of those that fail', async () => {
    const ann = person('seconds', { databaseSeconds: { amount: 1, per: 'hour' } });
    const slow = "WAITFOR DELAY '00:00:01'";
    await expect(query(slow, ann)).rejects.toMatchObject({ code: 'READ_ONLY_VIOLATION' });
    await query('SELECT 1 AS a', ann);
    const busy = 'SELECT COUNT(*) AS n FROM GENERATE_SERIES(1, 1500) AS a CROSS JOIN GENERATE_SERIES(1, 1500) AS b';
    await until('the second is used up', async () => {
      const refused = await query(busy, ann).then(
        () => undefined,
        (error: { details?: { budget?: string } }) => error.details?.budget,
      );
      return refused === 'database_seconds';
    });
  });

  it('count the rows of a statement that was handed over when it ends', async () => {
    const held = await LockedTable.open(database);
    try {
      await held.lock();
      const ann = person('patient', { rows: { amount: 3, per: 'day' } });
      const taken = Promise.withResolvers<unknown>();
      const handOver = {
        ...{ afterMs: 1, limitMs: 60_000 },
        take: async ({ ended, detach }: RunningCall<unknown>) => (taken.resolve(ended), detach()),
      };
      const request = { name: 'execute_sql', arguments: { query: 'SELECT id FROM dbo.Held' } };
      const invoker = tools.module.get(ToolInvoker);
      expect(await invoker.invoke(request, toolCall(tools.tenant, ann), handOver)).toEqual({ kind: 'handed_over' });
      await query('SELECT 1 AS a WHERE 1 = 0', ann);
      await held.release();
      await await taken.promise;
      await expect(query('SELECT 1 AS a', ann)).rejects.toMatchObject({ details: { budget: 'rows' } });
    } finally {
      await held.close();
    }
  });

  it('are in the audit trail and in the metrics, without people as labels', async () => {
    const ann = person('audited', { calls: { amount: 1, per: 'day' } });
    await query('SELECT 1 AS a', ann);
    await expect(query('SELECT 2 AS a', ann)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    const trail = () => readFileSync(path.join(tools.directory, 'audit.jsonl'), 'utf8');
    await until('the refusal is recorded', () =>
      trail()
        .split('\n')
        .some(line => line.includes('"audited"') && line.includes('"refused"') && line.includes('TOO_MANY_REQUESTS')),
    );
    const { body } = await tools.module.get(MetricsService, { strict: false }).render();
    expect(body).toMatch(/mcp_budget_refusals_total\{tenant="demo",budget="calls"\} [1-9]/);
    expect(body).not.toContain('audited');
  });
});
