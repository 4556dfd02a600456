// Only a real SQL Server makes real plans, counts statements in Query Store and the plan cache, and refuses SHOWPLAN.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { outputOf } from '../../src/invocation/invocation.js';
import { ResourceInvoker } from '../../src/invocation/resource.invoker.js';
import { openTestDatabase, type TestDatabase, testPrincipal } from '../support/database.js';
import { numbers } from '../support/numbers.js';
import { type ToolServices, toolServices } from '../support/tool-services.js';

const OPERATOR = testPrincipal('olga', { access: { operator: true } });
const SECRET = 'planted-secret';

describe('plans of a SQL Server', () => {
  let database: TestDatabase;
  let tools: ToolServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(`CREATE TABLE dbo.Many (id int NOT NULL CONSTRAINT PK_Many PRIMARY KEY, code varchar(20) NOT NULL, note nvarchar(40) NULL)
GO
INSERT INTO dbo.Many SELECT value, CONCAT('c', value % 1000), N'${SECRET}' FROM ${numbers(50_000)}
GO
CREATE INDEX IX_code ON dbo.Many (code)`);
    tools = await toolServices(database);
  }, 120_000);
  afterAll(async () => {
    await tools.close();
    await database.close();
  });

  const explain = async (args: object) => (await tools.call('explain_query', args)).data;
  const xmlOf = async (uri: string, principal = testPrincipal('ann')) => {
    const call = { tenant: tools.tenant, principal, requestId: 'r', signal: new AbortController().signal };
    return outputOf(await tools.module.get(ResourceInvoker).invoke(uri, call))[0]?.text ?? '';
  };

  it('are planned with variables for the parameters, and nothing runs', async () => {
    const plan = await explain({
      query: `SELECT id FROM dbo.Many WHERE code = @c AND note <> N'${SECRET}'`,
      parameters: { c: { type: 'varchar(20)', value: 'c1' } },
    });
    expect(plan.rows.actual).toBeUndefined();
    expect(plan.operators.some(({ object }: { object?: string }) => object === 'dbo.Many')).toBe(true);
    const xml = await xmlOf(plan.plan_uri as string);
    expect(xml).toContain('<ShowPlanXML');
    expect(`${xml}${JSON.stringify(plan)}`).not.toContain('planted');
  });

  it('warn of an implicit conversion, and show what a run did', async () => {
    const plan = await explain({
      query: 'SELECT note FROM dbo.Many WHERE code = @c',
      parameters: { c: 'c1' },
      actual: true,
    });
    expect(plan.rows.actual).toBe(50);
    expect(plan.operators[0].actual_rows).toBe(50);
    expect(plan.warnings.map(({ kind }: { kind: string }) => kind)).toContain('implicit_conversion');
    expect(await xmlOf(plan.plan_uri as string)).not.toMatch(/ParameterCompiledValue|ParameterRuntimeValue|N'c1'/);
  });

  it.each(['OFF', 'ON'])('are found for what costs most (Query Store %s)', async state => {
    await database.execute(`ALTER DATABASE CURRENT SET QUERY_STORE = ${state}`);
    if (state === 'ON') await database.execute('ALTER DATABASE CURRENT SET QUERY_STORE (QUERY_CAPTURE_MODE = ALL)');
    const column = `c_${randomBytes(4).toString('hex')}`;
    const query = `SELECT COUNT(*) AS ${column} FROM dbo.Many WHERE note LIKE N'%${SECRET}%' AND id < @n`;
    for (let i = 0; i < 3; i++) await tools.call('execute_sql', { query, parameters: { n: 5_000 } });
    const { data } = await tools.call('slow_queries', { order_by: 'reads', limit: 50 }, { principal: OPERATOR });
    expect(data.source).toBe(state === 'ON' ? 'query_store' : 'plan_cache');
    const found = data.queries.find(({ statement }: { statement: string }) => statement.includes(column));
    expect(found).toMatchObject({ calls: 3, statement: expect.stringContaining('note LIKE ? AND id < @n') });
    expect(found.reads).toBeGreaterThan(0);
    const xml = await xmlOf(found.plan_uri as string, OPERATOR);
    expect(xml).toContain('[Many]');
    expect(xml).not.toContain('planted');
  });
});
