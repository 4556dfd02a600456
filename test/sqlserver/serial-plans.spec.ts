import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GROUP_LIMIT } from '../../src/doctor/parallelism.check.js';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, testCall, type TestDatabase, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';
import { numbers } from '../support/numbers.js';

const UNDO = `USE master
GO
ALTER RESOURCE GOVERNOR WITH (CLASSIFIER_FUNCTION = NULL)
GO
ALTER RESOURCE GOVERNOR RECONFIGURE
GO
DROP FUNCTION IF EXISTS dbo.mcp_classifier
`;

describe('scripts/sql/serial-plans.sql', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  let tenant: Tenant;

  beforeAll(async () => {
    database = await openTestDatabase();
    const name = database.config.database;
    await database.execute(`CREATE TABLE dbo.Many (n int NOT NULL);
INSERT INTO dbo.Many SELECT value FROM ${numbers(200_000)}`);
    const script = readFileSync('scripts/sql/serial-plans.sql', 'utf8');
    // It runs twice, as an administrator may. The connection belongs to the test's database afterwards.
    await database.execute(`${script}\nGO\n${script}\nGO\nUSE [${name}]`);
    services = databaseServices();
    tenant = testTenant(database.config, {}, { poolMax: 1 });
  }, 120_000);

  afterAll(async () => {
    await services.close();
    await database.execute(`${UNDO}\nGO\nUSE [${database.config.database}]`);
    await database.close();
  });

  const rowsOf = async (sql: string) => (await services.queries.read(sql, testCall(tenant))).resultSets[0]?.rows;

  it("limits the server's sessions to one thread, which the doctor reads", async () => {
    const source = await services.sources.dataSource(tenant);
    expect(await source.query(GROUP_LIMIT)).toEqual([{ max_dop: 1 }]);
  });

  it('holds for a statement that asks for a parallel plan', async () => {
    const column = `sum_${randomBytes(6).toString('hex')}`;
    const hint = "OPTION (MAXDOP 8, USE HINT ('ENABLE_PARALLEL_PLAN_PREFERENCE'))";
    expect(await rowsOf(`SELECT COUNT_BIG(DISTINCT n % 7) AS ${column} FROM dbo.Many ${hint}`)).toEqual([['7']]);
    const source = await services.sources.dataSource(tenant);
    const [plan] = await source.query<{ dop: number }[]>(
      `SELECT MAX(s.last_dop) AS dop FROM sys.dm_exec_query_stats AS s CROSS APPLY sys.dm_exec_sql_text(s.sql_handle) AS t
WHERE t.text LIKE N'%${column}%' AND t.text NOT LIKE N'%dm_exec_query_stats%'`,
    );
    expect(plan?.dop).toBe(1);
  });
});
