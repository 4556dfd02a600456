import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from 'tsql-sandbox';
import { DatabaseConfig } from '../../src/config/tenants/database.config.js';
import type { StatementReport } from '../../src/database/statement-report.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import {
  openTestDatabase,
  sandboxConfig,
  type TestDatabase,
  testCall,
  testPrincipal,
  testTenant,
} from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { ENDLESS } from '../support/numbers.js';
import { RunningStatements } from '../support/running-statements.js';

const ORDERS = `CREATE TABLE dbo.Orders (id int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY, customer nvarchar(20) NOT NULL)
GO
INSERT dbo.Orders VALUES (1, N'ann'), (2, N'ann'), (3, N'bob')`;

describe('plans of the database', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    await database.execute(ORDERS);
    services = databaseServices();
    // Of a name of its own, by which its sessions are found.
    tenant = testTenant(database.config, { name: 'plans' }, { poolMax: 2, maxRows: 2 });
  });
  afterAll(async () => {
    await services.close();
    await database.close();
  });

  const reported = async (statement: string, actual: boolean, parameters?: Record<string, unknown>) => {
    const reports: StatementReport[] = [];
    const call = testCall(tenant, { report: report => void reports.push(report) });
    const planned = await services.plans
      .explain({ statement, actual, parameters }, call)
      .catch((error: unknown) => error);
    return { planned, reports };
  };

  it('is planned and not run, and reported once', async () => {
    const { planned, reports } = await reported('SELECT id FROM dbo.Orders WHERE customer = @c', false, { c: 'ann' });
    expect(planned).toEqual({ plans: [expect.stringContaining('<ShowPlanXML')] });
    expect((planned as { plans: string[] }).plans[0]).not.toContain('RunTimeInformation');
    expect(reports).toEqual([
      expect.objectContaining({ kind: 'plan', verdict: 'allowed', rows: 0, parameterTypes: { c: 'nvarchar(4000)' } }),
    ]);
  });

  it('is run and measured on request, beyond the limit of rows', async () => {
    const { planned, reports } = await reported('SELECT id FROM dbo.Orders WHERE id <= @n', true, { n: 3 });
    expect(planned).toEqual({ plans: [expect.stringContaining('ActualRows="3"')], rows: 3 });
    expect(reports).toEqual([expect.objectContaining({ kind: 'read', verdict: 'allowed', rows: 0 })]);
  });

  it.each([
    ['a change', 'DELETE FROM dbo.Orders', 'READ_ONLY_VIOLATION'],
    ['a lock', 'SELECT id FROM dbo.Orders WITH (XLOCK)', 'READ_ONLY_VIOLATION'],
    ['another database', 'SELECT name FROM master.sys.databases', 'READ_ONLY_VIOLATION'],
    ['what turns plans off', 'SET SHOWPLAN_XML OFF; SELECT 1', 'READ_ONLY_VIOLATION'],
    ['an unknown table', 'SELECT id FROM dbo.Ordrs', 'SQL_ERROR'],
  ])('is refused for %s, with one report', async (_what, statement, code) => {
    for (const actual of [false, true]) {
      const { planned, reports } = await reported(statement, actual);
      expect(planned).toMatchObject({ code });
      expect(reports).toEqual([expect.objectContaining({ error: code })]);
    }
  });

  it('refuses tables that the person may not read', async () => {
    const principal = testPrincipal('bob', { access: { tables: ['dbo.Others'] } });
    const request = { statement: 'SELECT id FROM dbo.Orders', actual: false };
    await expect(services.plans.explain(request, testCall(tenant, { principal }))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });

  it('leaves no session behind that shows plans', async () => {
    for (let i = 0; i < 4; i++) await reported('SELECT id FROM dbo.Orders', i % 2 === 0);
    const reads = Array.from({ length: 6 }, () =>
      services.queries.read('SELECT COUNT(*) AS n FROM dbo.Orders', testCall(tenant)),
    );
    for (const { resultSets } of await Promise.all(reads))
      expect(resultSets).toEqual([expect.objectContaining({ rows: [[3]] })]);
  });

  it('leaves none behind after an error, a time limit and a cancel either, on the only connection', async () => {
    const limits = { poolMax: 1, queryTimeoutMs: 500, poolWaitMs: 20_000 };
    const narrow = testTenant(database.config, { name: 'narrow' }, limits);
    const running = await RunningStatements.open(database);
    const explain = (statement: string, actual: boolean, signal = new AbortController().signal) =>
      services.plans.explain({ statement, actual }, testCall(narrow, { signal })).catch((error: unknown) => error);
    const count = async () =>
      (await services.queries.read('SELECT COUNT(*) AS n FROM dbo.Orders', testCall(narrow))).resultSets;
    for (const actual of [false, true]) {
      expect(await explain('SELECT id FROM dbo.Ordrs', actual)).toMatchObject({ code: 'SQL_ERROR' });
      expect(await count()).toEqual([expect.objectContaining({ rows: [[3]] })]);
    }
    expect(await explain('SELECT 1 / (id - id) AS x FROM dbo.Orders', true)).toMatchObject({ code: 'SQL_ERROR' });
    expect(await count()).toEqual([expect.objectContaining({ rows: [[3]] })]);
    expect(await explain(ENDLESS, true)).toMatchObject({ code: 'TIMEOUT' });
    expect(await count()).toEqual([expect.objectContaining({ rows: [[3]] })]);
    // A read that waits for the connection gets it in the moment in which the plan is cancelled.
    for (const actual of [false, true]) {
      const leaving = new AbortController();
      const planned = explain(ENDLESS, actual, leaving.signal);
      if (actual) await running.count(1, 'mssql-mcp-server/narrow');
      const counted = count();
      leaving.abort();
      expect(await planned).toMatchObject({ code: 'CANCELLED' });
      expect(await counted).toEqual([expect.objectContaining({ rows: [[3]] })]);
    }
    await running.close();
  });

  it('ends with its call', async () => {
    const abort = AbortSignal.abort();
    const request = { statement: 'SELECT id FROM dbo.Orders', actual: true };
    await expect(services.plans.explain(request, testCall(tenant, { signal: abort }))).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  describe('of an endless statement', () => {
    const program = 'mssql-mcp-server/plans';

    it('end with their call, and their session', async () => {
      const running = await RunningStatements.open(database);
      const abort = new AbortController();
      const request = { statement: ENDLESS, actual: true };
      const planned = services.plans
        .explain(request, testCall(tenant, { signal: abort.signal }))
        .catch(error => error as unknown);
      await running.count(1, program);
      abort.abort();
      expect(await planned).toMatchObject({ code: 'CANCELLED' });
      await running.count(0, program);
      await running.close();
    });

    it('end at the time limit of a read', async () => {
      const hasty = testTenant(database.config, { name: 'hasty' }, { queryTimeoutMs: 500 });
      await expect(services.plans.explain({ statement: ENDLESS, actual: true }, testCall(hasty))).rejects.toMatchObject(
        {
          code: 'TIMEOUT',
        },
      );
      // Planning takes no time.
      const { plans } = await services.plans.explain({ statement: ENDLESS, actual: false }, testCall(tenant));
      expect(plans).toHaveLength(1);
    });
  });

  describe('with a login that may not see them', () => {
    const READER = `mcp_plans_${randomBytes(4).toString('hex')}`;
    const PASSWORD = `Aa1!${randomBytes(12).toString('hex')}`;
    beforeAll(async () => {
      await database.execute(`CREATE LOGIN ${READER} WITH PASSWORD = '${PASSWORD}'
GO
CREATE USER [plan's reader] FOR LOGIN ${READER}
GO
ALTER ROLE db_datareader ADD MEMBER [plan's reader]`);
    });
    afterAll(() => database.execute(`DROP USER [plan's reader]\nGO\nDROP LOGIN ${READER}`));

    it.each([false, true])('names the exact GRANT (actual: %s)', async actual => {
      const own = databaseServices();
      try {
        const config = Object.assign(new DatabaseConfig(), database.config, { user: READER, password: PASSWORD });
        const reader = testTenant(config);
        const request = { statement: 'SELECT id FROM dbo.Orders', actual };
        await expect(own.plans.explain(request, testCall(reader))).rejects.toMatchObject({
          code: 'PERMISSION_DENIED',
          hint: `An administrator has to let the login of this server see plans: USE [${database.config.database}]; GRANT SHOWPLAN TO [plan's reader];`,
        });
      } finally {
        await own.close();
      }
    });
  });
});

// Babelfish accepts SET SHOWPLAN_XML ON and executes the statement all the same. The sandbox plays it by a fault.
describe('an engine that ignores SHOWPLAN_XML', () => {
  let sandbox: Sandbox;
  let services: DatabaseServices;
  afterEach(async () => {
    await services.close();
    await sandbox.close();
  });

  it.each([false, true])('is recognised before the statement is sent (actual: %s)', async actual => {
    sandbox = await startSandbox({
      seed: { sql: `${ORDERS}\nGO\nALTER DATABASE CURRENT SET QUERY_STORE = ON` },
      faults: [{ kind: 'ignore-showplan' }],
    });
    services = databaseServices();
    const tenant = testTenant(sandboxConfig(sandbox), {}, { poolMax: 1 });
    const request = { statement: 'SELECT id FROM dbo.Orders', actual };
    await expect(services.plans.explain(request, testCall(tenant))).rejects.toMatchObject({
      code: 'SQL_ERROR',
      message: expect.stringContaining('nothing was run'),
    });
    const ran = await services.queries.read('SELECT query_sql_text FROM sys.query_store_query_text', testCall(tenant));
    expect(JSON.stringify(ran.resultSets[0]?.rows)).not.toContain('dbo.Orders');
  });
});
