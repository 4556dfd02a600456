import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal } from '../../src/common/principal.js';
import { PromptInvoker } from '../../src/invocation/prompt.invoker.js';
import { ResourceInvoker } from '../../src/invocation/resource.invoker.js';
import { outputOf } from '../../src/invocation/invocation.js';
import { type Sandbox, startSandbox } from 'tsql-sandbox';
import { openTestDatabase, sandboxConfig, type TestDatabase, testPrincipal } from '../support/database.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';
import { until } from '../support/until.js';

const OPERATOR = testPrincipal('olga', { access: { operator: true } });
const SECRET = 'planted-secret';
const SCHEMA = `CREATE SCHEMA sales
GO
CREATE SCHEMA payroll
GO
CREATE TABLE sales.Orders (id int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY, customer int NOT NULL)
GO
CREATE TABLE payroll.Wages (id int NOT NULL CONSTRAINT PK_Wages PRIMARY KEY, note nvarchar(40) NULL)
GO
INSERT sales.Orders VALUES (1, 1), (2, 1), (3, 2); INSERT payroll.Wages VALUES (1, N'a'), (2, N'${SECRET}')
GO
CREATE VIEW sales.Paid AS SELECT o.id, w.note FROM sales.Orders AS o JOIN payroll.Wages AS w ON w.id = o.customer`;

/** Reads a resource as a client does. */
async function readAs({ module, tenant }: ToolServices, uri: string, principal: Principal) {
  const call = { tenant, principal, requestId: randomBytes(4).toString('hex'), signal: new AbortController().signal };
  return outputOf(await module.get(ResourceInvoker).invoke(uri, call));
}

describe('explain_query', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(SCHEMA);
    tools = await toolServices(database);
  });
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const explain = async (args: object, principal: Principal = testPrincipal('ann')) =>
    (await tools.call('explain_query', args, { principal })).data;
  const read = (uri: string, principal: Principal = testPrincipal('ann')) => readAs(tools, uri, principal);

  const JOIN = `SELECT o.id FROM sales.Orders AS o JOIN payroll.Wages AS w ON w.id = o.customer WHERE w.note <> N'${SECRET}'`;

  it('returns the plan of a statement, and its XML only as a resource, without values', async () => {
    const plan = await explain({ query: JOIN });
    expect(plan.summary[0]).toMatch(/^Estimated cost [\d.]+; .* estimated, not run\.$/);
    expect(plan.rows).toEqual({ estimated: expect.any(Number) });
    expect(plan.operators.map(({ object }: { object?: string }) => object)).toEqual(
      expect.arrayContaining(['sales.Orders', 'payroll.Wages']),
    );
    expect(JSON.stringify(plan)).not.toMatch(/ShowPlanXML|planted/);
    const [{ mimeType, text = '' } = {}] = await read(plan.plan_uri as string);
    expect(mimeType).toBe('application/xml');
    expect(text).toMatch(/^<ShowPlanXML xmlns="http:\/\/schemas\.microsoft\.com\/sqlserver\/2004\/07\/showplan"/);
    expect(text).toContain('[payroll]');
    expect(text).not.toContain('planted');
  });

  it('runs the statement with actual: true, and says that estimates do not use values', async () => {
    const query = 'SELECT id FROM sales.Orders WHERE customer = @c';
    const parameters = { c: 1 };
    const planned = await explain({ query, parameters });
    expect(planned.rows.actual).toBeUndefined();
    expect(planned.note).toContain('do not use the values');
    const ran = await explain({ query, parameters, actual: true });
    expect(ran.rows.actual).toBe(2);
    expect(ran.note).toBeUndefined();
    expect(ran.operators.some(({ actual_rows: rows }: { actual_rows?: number }) => rows === 2)).toBe(true);
    const [{ text } = {}] = await read(ran.plan_uri as string);
    expect(text).toContain('Column="@c" ParameterDataType="int"');
    expect(text).not.toMatch(/ParameterCompiledValue|ParameterRuntimeValue/);
  });

  it('hides the tables that a person may not see, in the answer and in the XML', async () => {
    const bob = testPrincipal('bob', { access: { schemas: ['sales'] } });
    await expect(explain({ query: JOIN }, bob)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const plan = await explain({ query: 'SELECT id FROM sales.Paid' }, bob);
    expect(plan.operators.map(({ object }: { object?: string }) => object)).toEqual(
      expect.arrayContaining(['sales.Orders', '[hidden]']),
    );
    const [{ text } = {}] = await read(plan.plan_uri as string, bob);
    expect(`${JSON.stringify(plan)}${text}`).not.toMatch(/wages|payroll/i);
  });

  it('gives the XML to its person only, and only while they may run the statement and use the tool', async () => {
    const { plan_uri: uri } = await explain({ query: 'SELECT id FROM payroll.Wages' });
    await expect(read(uri as string, testPrincipal('bob'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const limited = testPrincipal('ann', { access: { schemas: ['sales'] } });
    await expect(read(uri as string, limited)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const without = testPrincipal('ann', { access: { tools: ['list_tables'] } });
    await expect(read(uri as string, without)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(read('mssql://plans/nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await read(uri as string)).toHaveLength(1);
    expect(readFileSync(path.join(tools.directory, 'state.db')).includes('payroll')).toBe(false);
  });

  it('keeps the newest plans of a person', async () => {
    const carl = testPrincipal('carl');
    const { plan_uri: first } = await explain({ query: 'SELECT id FROM sales.Orders' }, carl);
    for (let i = 0; i < 20; i++) await explain({ query: `SELECT ${i} FROM sales.Orders` }, carl);
    await expect(read(first as string, carl)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has the hints of execute_sql for what is misspelt', async () => {
    await expect(explain({ query: 'SELECT id FROM sales.Ordrs' })).rejects.toMatchObject({
      code: 'SQL_ERROR',
      hint: expect.stringContaining('sales.Orders'),
    });
  });

  it('is named by the prompt explain_slow_query, where the person has it', async () => {
    const textFor = async (access: Principal['access']) => {
      const call = {
        tenant: tools.tenant,
        principal: testPrincipal('ann', { access }),
        requestId: 'p1',
        signal: new AbortController().signal,
      };
      const result = await tools.module.get(PromptInvoker).invoke('explain_slow_query', { query: 'SELECT 1' }, call);
      return JSON.stringify(outputOf(result).messages);
    };
    expect(await textFor({})).toContain('explain_query');
    expect(await textFor({ tools: ['describe_table'] })).not.toContain('explain_query');
  });
});

// What a server has counted depends on its settings and on what else runs there, so this part runs on the sandbox.
// test/sqlserver/plans.spec.ts asks a real SQL Server.
describe.each(['plan_cache', 'query_store'])('slow_queries from the %s', source => {
  let sandbox: Sandbox;
  let tools: ToolServices;

  beforeAll(async () => {
    const store = `ALTER DATABASE CURRENT SET QUERY_STORE = ${source === 'query_store' ? 'ON' : 'OFF'}`;
    sandbox = await startSandbox({ seed: { sql: `${SCHEMA}\nGO\n${store}` } });
    tools = await toolServices({ config: sandboxConfig(sandbox) } as TestDatabase, { settings: { readOnly: false } });
  });
  afterAll(async () => {
    await tools.close();
    await sandbox.close();
  });

  const slow = async (args: object = {}, principal = OPERATOR) =>
    (await tools.call('slow_queries', { limit: 50, ...args }, { principal })).data;
  const found = (answer: Awaited<ReturnType<typeof slow>>, statement: string) =>
    answer.queries.find((query: { statement: string }) => query.statement === statement);

  it('is offered only to operators', async () => {
    for (const access of [{}, { maySuggest: true }, { operator: false }]) {
      const principal = testPrincipal('ann', { access });
      expect(tools.registry.forPrincipal(tools.tenant, principal).map(({ name }) => name)).not.toContain(
        'slow_queries',
      );
      await expect(slow({}, principal)).rejects.toMatchObject({ code: 'UNKNOWN_TOOL' });
      await expect(readAs(tools, 'mssql://slow-plans/plan_cache/0x06', principal)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    }
    expect(tools.registry.forPrincipal(tools.tenant, OPERATOR).map(({ name }) => name)).toContain('slow_queries');
  });

  it('lists statements with their users and without values', async () => {
    const query = `SELECT COUNT(*) AS ${source} FROM payroll.Wages WHERE note = N'${SECRET}' AND id < @n`;
    for (const user of ['ann', 'ann', 'bob'])
      await tools.call('execute_sql', { query, parameters: { n: 5 } }, { principal: testPrincipal(user) });
    const masked = `SELECT COUNT(*) AS ${source} FROM payroll.Wages WHERE note = ? AND id < @n`;
    let answer = await slow({ order_by: 'calls' });
    // The outcome of a call is written after its response.
    await until('the trail has the three calls', async () => {
      answer = await slow({ order_by: 'calls' });
      const runs = found(answer, masked)?.asked_by.map((each: { runs: number }) => each.runs) ?? [];
      return runs.reduce((sum: number, count: number) => sum + count, 0) === 3;
    });
    expect(answer.source).toBe(source);
    expect(found(answer, masked)).toMatchObject({ calls: 3, average_ms: expect.any(Number) });
    expect(found(answer, masked).asked_by).toEqual(
      expect.arrayContaining([
        { user: 'bob', runs: 1, last: expect.any(String) },
        { user: 'ann', runs: 2, last: expect.any(String) },
      ]),
    );
    expect(JSON.stringify(answer)).not.toContain('planted');
    const [{ text } = {}] = await readAs(tools, found(answer, masked).plan_uri as string, OPERATOR);
    expect(text).toContain('[Wages]');
    expect(text).not.toContain('planted');
  });

  it('does not show an operator with limits the statements that they may not run', async () => {
    const limited = testPrincipal('otto', { access: { operator: true, schemas: ['sales'] } });
    await tools.call('execute_sql', { query: 'SELECT MAX(id) AS m FROM sales.Orders' });
    const answer = await slow({ order_by: 'calls' }, limited);
    expect(found(answer, 'SELECT MAX(id) AS m FROM sales.Orders')).toBeDefined();
    expect(JSON.stringify(answer)).not.toContain('Wages');
    const hidden = (await slow({ order_by: 'calls' })).queries.find(({ statement }: { statement: string }) =>
      statement.includes('payroll.Wages WHERE note'),
    );
    await expect(readAs(tools, hidden.plan_uri as string, limited)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('refuses a time that it cannot read', async () => {
    for (const since of ['1 day', '10s', '400d', '0']) {
      await expect(slow({ since })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
  });
});
