import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fault, type Sandbox, startSandbox } from 'tsql-sandbox';
import type { AccessLimits } from '../../src/common/principal.js';
import type { LimitsConfig, TenantConfig } from '../../src/config/tenants/tenant.config.js';
import { QueryService } from '../../src/database/query/query.service.js';
import { Patience } from '../../src/invocation/patience.js';
import { KnowledgeService } from '../../src/knowledge/knowledge.service.js';
import { CostQuestion } from '../../src/tools/builtin/cost-question.js';
import type { Answer, ToolCall } from '../../src/tools/tool.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { sandboxConfig, testCall, testPrincipal, testTenant } from '../support/database.js';
import { knowledgeFile } from '../support/knowledge/knowledge-file.js';
import { toolCall, type ToolServices, toolServices } from '../support/tool-services.js';

const SEED = {
  sql: 'CREATE TABLE dbo.T (id int NOT NULL PRIMARY KEY)\nGO\nINSERT INTO dbo.T (id) SELECT value FROM GENERATE_SERIES(1, 3000)\nGO\nCREATE PROCEDURE dbo.Rows_Of AS SELECT COUNT(*) AS n FROM dbo.T',
};
// The sandbox estimates 6 for it, and 3 for the change.
const QUERY = 'SELECT COUNT(*) AS n FROM dbo.T';
const CHANGE = 'DELETE FROM dbo.T WHERE id = 0';
const TOO_EXPENSIVE = {
  code: 'QUERY_TOO_EXPENSIVE',
  message: expect.stringContaining('costs 6, and the limit is 5'),
  details: { number: 8649, estimated_cost: 6, limit: 5 },
  hint: expect.stringContaining('Filter'),
};

describe('a limit of cost', () => {
  let sandbox: Sandbox;
  let services: DatabaseServices;

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: SEED });
  });
  afterAll(() => sandbox.close());
  afterEach(() => services.close());

  const open = (limits: Partial<LimitsConfig>, settings: Partial<TenantConfig> = {}) => {
    services = databaseServices();
    return testTenant(sandboxConfig(sandbox), settings, { poolMax: 1, ...limits });
  };
  const person = (access: AccessLimits, subject = 'ann') => ({ principal: testPrincipal(subject, { access }) });

  it('holds in new sessions and in reused ones, for each person as their rules say', async () => {
    const access = [{ user: 'bob', scope: 'sql:read' as const, maxQueryCost: 6 }];
    const tenant = open({ maxQueryCost: 5 }, { access, readOnly: false });
    const read = (more = {}) => services.queries.read(QUERY, testCall(tenant, more));
    const bob = person({ maxQueryCost: 6 }, 'bob');
    // The third call of a person sends no settings any more.
    for (let call = 1; call <= 4; call++) {
      await expect(read()).rejects.toMatchObject(TOO_EXPENSIVE);
      expect((await read(bob)).resultSets[0]?.rows).toEqual([[3000]]);
      expect((await read(bob)).resultSets[0]?.rows).toEqual([[3000]]);
      await services.queries.read('SELECT 1 AS a', testCall(tenant));
      await services.queries.read('SELECT 1 AS a', testCall(tenant));
    }
    expect((await read(person({ maxQueryCost: 0 }))).resultSets[0]?.rows).toEqual([[3000]]);
  });

  it('holds with parameters, for changes and in a transaction that reads', async () => {
    const tenant = open({ maxQueryCost: 2 }, { readOnly: false });
    const parameters = { id: 1 };
    const expensive = expect.objectContaining({ code: 'QUERY_TOO_EXPENSIVE' });
    for (let call = 1; call <= 3; call++)
      await expect(
        services.queries.read(`${QUERY} WHERE id > @id`, testCall(tenant), { parameters }),
      ).rejects.toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' });
    await expect(services.queries.write(CHANGE, testCall(tenant))).rejects.toEqual(expensive);
    const cheaper = testCall(tenant, person({ maxQueryCost: 9 }));
    expect((await services.queries.write(CHANGE, cheaper)).affectedRows).toEqual([0]);
  });

  it('does not limit what the server reads itself', async () => {
    const tenant = open({ maxQueryCost: 1 });
    await expect(services.queries.read(QUERY, testCall(tenant))).rejects.toMatchObject({ code: 'QUERY_TOO_EXPENSIVE' });
    const sets = await services.runner.read(tenant, QUERY);
    expect(sets.sets).toEqual([[[3000]]]);
    expect(await services.status.check(tenant, 5_000)).toMatchObject({ costGuard: 'active' });
  });

  it('is not set and not reported where nobody limits the cost', async () => {
    const tenant = open({});
    expect((await services.queries.read(QUERY, testCall(tenant))).resultSets[0]?.rows).toEqual([[3000]]);
    expect(await services.status.check(tenant, 5_000)).not.toHaveProperty('costGuard');
  });

  it.each<[string, Fault]>([
    ['accepts the option silently', { kind: 'ignore-cost-limit' }],
    ['does not know the option', { kind: 'raise-error', number: 195, text: 'QUERY_GOVERNOR_COST_LIMIT', times: 0 }],
  ])('is reported as ignored by an engine that %s', async (_how, fault) => {
    const other = await startSandbox({ seed: SEED, faults: [fault] });
    try {
      services = databaseServices();
      const tenant = testTenant(sandboxConfig(other), {}, { maxQueryCost: 5 });
      expect((await services.queries.read(QUERY, testCall(tenant))).resultSets[0]?.rows).toEqual([[3000]]);
      expect(await services.status.check(tenant, 5_000)).toMatchObject({ status: 'connected', costGuard: 'ignored' });
    } finally {
      await other.close();
    }
  });

  it('holds although the server had no memory for the probe', async () => {
    const noMemory: Fault = { kind: 'raise-error', number: 701, text: 'mcp_never', times: 1 };
    const other = await startSandbox({ seed: SEED, faults: [noMemory] });
    try {
      services = databaseServices();
      const tenant = testTenant(sandboxConfig(other), {}, { maxQueryCost: 5 });
      for (let call = 1; call <= 2; call++)
        await expect(services.queries.read(QUERY, testCall(tenant))).rejects.toMatchObject(TOO_EXPENSIVE);
      expect(await services.status.check(tenant, 5_000)).not.toHaveProperty('costGuard');
    } finally {
      await other.close();
    }
  });
});

describe('a statement above the limit of cost', () => {
  let sandbox: Sandbox;
  let tools: ToolServices;

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: SEED });
    const database = { config: sandboxConfig(sandbox), sandbox: true, execute: async () => {}, close: async () => {} };
    const knowledge = knowledgeFile(
      'procedures: [{ name: rows_of, title: Rows, procedure: dbo.Rows_Of, reads: true }]',
    ).path;
    tools = await toolServices(database, { settings: { readOnly: false, knowledge }, limits: { maxQueryCost: 2 } });
    await tools.module.get(KnowledgeService).proved(tools.tenant, AbortSignal.timeout(20_000));
  });
  afterAll(async () => {
    await tools.close();
    await sandbox.close();
  });

  const person = (costOverride?: number, answer?: Answer) => {
    const asked: string[] = [];
    const more: Partial<ToolCall> = {
      principal: testPrincipal('ann', { access: costOverride === undefined ? {} : { costOverride } }),
      ...(answer === undefined
        ? {}
        : { canAsk: true, ask: async (_key, _form, message) => (asked.push(message), answer) }),
    };
    return { asked, more };
  };
  const yes: Answer = { action: 'accept', content: { run: true, confirm: true } };

  it('runs once when the person lets it pass', async () => {
    const { asked, more } = person(6, yes);
    const { data } = await tools.call('execute_sql', { query: QUERY }, more);
    expect(data.rows).toEqual([[3000]]);
    expect(asked).toEqual([
      expect.stringMatching(/costs 6; the limit is 2:\n\nSELECT COUNT[^]+You may let it run once \(up to 6\)/),
    ]);
    const again = person(6, { action: 'decline' });
    await expect(tools.call('execute_sql', { query: QUERY }, again.more)).rejects.toMatchObject({
      code: 'QUERY_TOO_EXPENSIVE',
    });
    expect(again.asked).toHaveLength(1);
  });

  it('lets a procedure that reads pass the same way', async () => {
    const { asked, more } = person(6, yes);
    expect((await tools.call('rows_of', {}, more)).data.rows).toEqual([[3000]]);
    expect(asked).toEqual([expect.stringMatching(/costs 6; the limit is 2:\n\nEXEC[^]+Rows_Of/)]);
    await expect(tools.call('rows_of', {}, person(6, { action: 'decline' }).more)).rejects.toMatchObject({
      code: 'QUERY_TOO_EXPENSIVE',
    });
  });

  it('says that nobody could be asked when the caller has a handle already', async () => {
    const { asked, more } = person(6, yes);
    const patience = new Patience({ afterMs: 0, limitMs: 60_000, take: async () => true });
    patience.start();
    const ended = new Promise<never>(() => {});
    expect(await patience.handsOver({ ended, detach: () => true })).toBe(true);
    const call = toolCall(tools.tenant, { ...more, patience });
    const queries = tools.module.get(QueryService, { strict: false });
    const passed = tools.module
      .get(CostQuestion, { strict: false })
      .letPass(QUERY, call, allowed => queries.read(QUERY, allowed));
    await expect(passed).rejects.toMatchObject({
      code: 'QUERY_TOO_EXPENSIVE',
      details: { estimated_cost: 6, limit: 2 },
      hint: expect.stringMatching(/could not be asked.* Call the tool again\. Otherwise: /),
    });
    expect(asked).toEqual([]);
  });

  it('is not measured, but its estimated plan is given', async () => {
    const planned = await tools.call('explain_query', { query: QUERY });
    expect(planned.data.rows).toEqual({ estimated: expect.any(Number) });
    await expect(tools.call('explain_query', { query: QUERY, actual: true })).rejects.toMatchObject({
      code: 'QUERY_TOO_EXPENSIVE',
      details: { estimated_cost: 6, limit: 2 },
    });
    const principal = testPrincipal('ann', { access: { maxQueryCost: 6 } });
    const measured = await tools.call('explain_query', { query: QUERY, actual: true }, { principal });
    expect(measured.data.rows).toMatchObject({ actual: 1 });
  });

  it('lets a change pass the same way', async () => {
    const { asked, more } = person(6, yes);
    const { data } = await tools.call('execute_sql', { query: CHANGE, dry_run: true }, more);
    expect(data).toMatchObject({ dry_run: true, affected_rows: 0 });
    expect(asked).toHaveLength(1);
  });

  it.each<[string, number | undefined, Answer | undefined]>([
    ['without a second limit in the rule', undefined, yes],
    ['above the second limit', 5, yes],
    ['when the client cannot ask', 6, undefined],
    ['when the person accepts the form without the tick', 6, { action: 'accept', content: { run: false } }],
  ])('stays refused %s', async (_how, override, answer) => {
    const { more } = person(override, answer);
    await expect(tools.call('execute_sql', { query: QUERY }, more)).rejects.toMatchObject({
      code: 'QUERY_TOO_EXPENSIVE',
      details: { estimated_cost: 6, limit: 2 },
      hint: expect.stringMatching(/Filter on .+ The largest tables that it names: dbo\.T \(3000 rows\)\.$/),
    });
  });
});
