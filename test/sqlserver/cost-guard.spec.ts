import { readFileSync } from 'node:fs';
import { PLAN_COSTS, proposedLimit } from '../../src/doctor/cost.check.js';
import { openTestDatabase, testCall, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { numbers } from '../support/numbers.js';

// What only SQL Server can prove: that the probe is refused, that a nested statement has the limit and a later one
// doesn't, and that plans have their cost where PLAN_COSTS reads it. Nobody has run it on an engine yet.
describe('QUERY_GOVERNOR_COST_LIMIT on SQL Server', () => {
  const pairs = 'SELECT COUNT_BIG(*) AS n FROM dbo.Many AS a CROSS JOIN dbo.Many AS b WHERE a.n + b.n = -1';
  let database: TestDatabase;
  let services: DatabaseServices;

  beforeAll(async () => {
    database = await openTestDatabase();
    const name = database.config.database;
    await database.execute(`CREATE TABLE dbo.Many (n int NOT NULL);
INSERT INTO dbo.Many SELECT value FROM ${numbers(20_000)}
GO
ALTER DATABASE [${name}] SET QUERY_STORE = ON (OPERATION_MODE = READ_WRITE, QUERY_CAPTURE_MODE = ALL)`);
    services = databaseServices();
  }, 120_000);

  afterAll(async () => {
    await services.close();
    await database.close();
  });

  it('refuses an expensive statement in new and in reused sessions, and the next person runs it', async () => {
    const tenant = testTenant(database.config, {}, { maxQueryCost: 5, poolMax: 1 });
    for (let call = 1; call <= 3; call++) {
      await services.queries.read('SELECT 1 AS a', testCall(tenant));
      await expect(services.queries.read(pairs, testCall(tenant))).rejects.toMatchObject({
        code: 'QUERY_TOO_EXPENSIVE',
        details: { number: 8649, limit: 5, estimated_cost: expect.any(Number) },
      });
    }
    expect(await services.status.check(tenant, 10_000)).toMatchObject({ costGuard: 'active' });
    const allowed = testCall(tenant, { costLimit: 0 });
    expect((await services.queries.read('SELECT COUNT(*) AS n FROM dbo.Many', allowed)).resultSets[0]?.rows).toEqual([
      [20_000],
    ]);
  });

  it('reads the costs of the plans in Query Store', async () => {
    await database.execute('EXEC sys.sp_query_store_flush_db');
    const source = await services.sources.dataSource(testTenant(database.config));
    const costs = (await source.query<{ cost: string }[]>(PLAN_COSTS)).map(({ cost }) => cost);
    expect(costs.length).toBeGreaterThan(0);
    expect(costs.every(cost => Number.parseFloat(cost) >= 0)).toBe(true);
    expect(proposedLimit(Array.from({ length: 60 }, () => costs[0] ?? ''))).toBeGreaterThanOrEqual(10);
  });

  it('lets resource-governor.sql and serial-plans.sql share their group, in any order', async () => {
    const [governor, serial] = ['resource-governor', 'serial-plans'].map(name =>
      readFileSync(`scripts/sql/${name}.sql`, 'utf8'),
    );
    const name = database.config.database;
    await database.execute([governor, serial, governor, `USE [${name}]`].join('\nGO\n'));
    const source = await services.sources.dataSource(testTenant(database.config));
    const [group] = await source.query<object[]>(
      `SELECT g.max_dop, g.group_max_requests, p.name AS pool FROM sys.resource_governor_workload_groups AS g
JOIN sys.resource_governor_resource_pools AS p ON p.pool_id = g.pool_id WHERE g.name = N'mcp_server'`,
    );
    expect(group).toEqual({ max_dop: 1, group_max_requests: 16, pool: 'mcp_pool' });
    await database.execute(`USE master
GO
ALTER RESOURCE GOVERNOR WITH (CLASSIFIER_FUNCTION = NULL)
GO
ALTER RESOURCE GOVERNOR RECONFIGURE
GO
DROP FUNCTION IF EXISTS dbo.mcp_classifier
GO
USE [${name}]`);
  });
});
