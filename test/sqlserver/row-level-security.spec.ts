import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import mssql from 'mssql';
import type { Tenant } from '../../src/tenancy/tenant.js';
import { openTestDatabase, testCall, type TestDatabase, testPrincipal, testTenant } from '../support/database.js';
import { type DatabaseServices, databaseServices } from '../support/database-services.js';

/** Enough rows that every thread of a parallel plan gets some. */
const ORDERS = 200_000;
const TABLE = `
CREATE SCHEMA sales
GO
CREATE TABLE sales.Orders (OrderID int NOT NULL PRIMARY KEY, Region nvarchar(40) NOT NULL, Total int NOT NULL)
GO
WITH numbers AS (
  SELECT TOP (${ORDERS}) ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS n FROM sys.all_columns AS a CROSS JOIN sys.all_columns AS b
)
INSERT INTO sales.Orders (OrderID, Region, Total)
SELECT n, CASE n % 4 WHEN 0 THEN N'north' ELSE N'south' END, n % 10 FROM numbers
`;

const PARALLEL = "OPTION (USE HINT ('ENABLE_PARALLEL_PLAN_PREFERENCE'))";
const SERIAL = 'OPTION (MAXDOP 1)';

/**
 * Microsoft's known issue: "wrong results when the SESSION_CONTEXT function runs within a parallel execution plan when
 * the session is reset for reuse" (learn.microsoft.com, SESSION_CONTEXT, Known issues; open since January 2022).
 * Workarounds there: MAXDOP 1, and trace flag 11042 for the server.
 */
const KNOWN_ISSUE =
  'SESSION_CONTEXT gave wrong results in a parallel plan, as Microsoft documents: see KNOWN_ISSUE in this file';

describe('row-level security by SESSION_CONTEXT, two people in turn on one connection', () => {
  let database: TestDatabase;
  let services: DatabaseServices;
  let tenant: Tenant;
  let admin: mssql.ConnectionPool | undefined;
  let expected: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    database = await openTestDatabase();
    services = databaseServices();
    await database.execute(TABLE);
    const { host, port, user, password, database: name } = database.config;
    admin = await new mssql.ConnectionPool({
      ...{ server: host, port, user, password, database: name },
      options: { encrypt: true, trustServerCertificate: true },
      pool: { max: 1 },
    }).connect();
    const sums = await admin.query<{ Region: string; orders: number; total: number }>(
      'SELECT Region, COUNT(*) AS orders, SUM(Total) AS total FROM sales.Orders GROUP BY Region',
    );
    expected = Object.fromEntries(
      sums.recordset.map(({ Region, orders, total }) => [Region, [[Region, orders, total]]]),
    );
    await database.execute(readFileSync('scripts/sql/row-level-security.sql', 'utf8'));
    tenant = testTenant(database.config, { name: 'single' }, { poolMax: 1 });
  }, 120_000);

  afterAll(async () => {
    await services.close();
    await admin?.close();
    await database.close();
  });

  const ordersSeenIn = async (region: string, column: string, option: string) => {
    const principal = testPrincipal(`person of the ${region}`, { attributes: { region } });
    const statement = `SELECT Region, COUNT(*) AS ${column}, SUM(Total) AS total FROM sales.Orders GROUP BY Region ${option}`;
    return (await services.queries.read(statement, testCall(tenant, { principal }))).resultSets[0]?.rows;
  };

  /** The degree of parallelism of the last run of the statement that has this column. */
  const parallelism = async (column: string): Promise<number> => {
    const plans = await admin
      ?.request()
      .input('column', column)
      .query<{ dop: number }>(
        `SELECT MAX(s.last_dop) AS dop FROM sys.dm_exec_query_stats AS s CROSS APPLY sys.dm_exec_sql_text(s.sql_handle) AS t
WHERE t.text LIKE N'%' + @column + N'%'`,
      );
    return Number(plans?.recordset[0]?.dop);
  };

  it.each([
    ['a parallel plan', PARALLEL, true],
    ['a serial plan', SERIAL, false],
  ])(
    'shows each exactly the rows of their region in %s',
    async (_plan, option, parallel) => {
      const column = `orders_${randomBytes(6).toString('hex')}`;
      const wrong: unknown[] = [];
      for (let turn = 0; turn < 20; turn++) {
        for (const region of ['north', 'south', 'south']) {
          const seen = await ordersSeenIn(region, column, option);
          if (JSON.stringify(seen) !== JSON.stringify(expected[region])) wrong.push([KNOWN_ISSUE, turn, region, seen]);
        }
      }
      expect(wrong).toEqual([]);
      // A test of parallel plans that had none would prove nothing.
      expect((await parallelism(column)) > 1).toBe(parallel);
    },
    120_000,
  );

  it('shows a person without a region nothing in a parallel plan', async () => {
    const column = `orders_${randomBytes(6).toString('hex')}`;
    for (let turn = 0; turn < 10; turn++) {
      expect(await ordersSeenIn('north', column, PARALLEL)).toEqual(expected['north']);
      expect(await ordersSeenIn('nowhere', column, PARALLEL)).toEqual([]);
    }
  }, 120_000);
});
