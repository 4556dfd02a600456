import { beforeAll, describe, expect, it } from '@jest/globals';
import type { EngineSession } from '../engine/contracts.ts';
import type { Value } from '../engine/sql-type.ts';
import { loginOf, runBatch } from '../testing/run-batch.ts';
import { FaultPlan } from '../worker/fault-plan.ts';
import { SandboxEngine } from '../worker/sandbox-engine.ts';
import { SYSTEM_VIEWS } from './system-views.ts';

/** All rows of all result sets; throws the first error. */
function run(session: EngineSession, sql: string): Record<string, Value>[] {
  return runBatch(session, sql).flatMap(({ names, rows }) =>
    rows.map(row => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null]))),
  );
}

describe('the catalog', () => {
  let boss: EngineSession;
  let reader: EngineSession;
  let nobody: EngineSession;

  beforeAll(() => {
    const engine = new SandboxEngine(
      {
        databaseName: 'Shop',
        seed: 'sample',
        users: [
          { name: 'boss', password: 'x', roles: ['sysadmin'] },
          { name: 'reader', password: 'x', roles: ['db_datareader'] },
          { name: 'nobody', password: 'x' },
        ],
        faults: [],
        maxSessions: 10,
      },
      new FaultPlan(),
    );
    boss = engine.login(loginOf('boss'));
    reader = engine.login(loginOf('reader'));
    nobody = engine.login(loginOf('nobody'));
  });

  it.each(SYSTEM_VIEWS.map(view => `${view.schema}.${view.name}`))('%s can be read', name => {
    expect(() => run(boss, `SELECT * FROM ${name}`)).not.toThrow();
  });

  it('finds objects by name as OBJECT_ID does, in brackets, by schema, temporary ones in tempdb', () => {
    run(boss, 'CREATE TABLE #t (a int)');
    const [row] = run(
      boss,
      `SELECT OBJECT_NAME(OBJECT_ID('[sales].[Orders]')) AS a, OBJECT_ID('Orders') AS b, OBJECT_NAME(OBJECT_ID('Products', 'U')) AS c,
        OBJECT_ID('Products', 'V') AS d, OBJECT_NAME(OBJECT_ID('sales.CK_Orders_Status')) AS e, OBJECT_ID('#t') AS f,
        CASE WHEN OBJECT_ID('tempdb..#t') IS NULL THEN 0 ELSE 1 END AS g, OBJECT_NAME(OBJECT_ID('demo.[We]]ird "table"]')) AS h,
        OBJECT_SCHEMA_NAME(OBJECT_ID('sys.tables')) AS i`,
    );
    expect(row).toEqual({
      a: 'Orders',
      b: null,
      c: 'Products',
      d: null,
      e: 'CK_Orders_Status',
      f: null,
      g: 1,
      h: 'We]ird "table"',
      i: 'sys',
    });
  });

  it('returns the properties of columns, objects, indexes and types', () => {
    const [row] = run(
      boss,
      `SELECT COLUMNPROPERTY(OBJECT_ID('dbo.Products'), 'ProductID', 'IsIdentity') AS a,
        COLUMNPROPERTY(OBJECT_ID('sales.OrderDetails'), 'LineTotal', 'IsComputed') AS b,
        COL_LENGTH('dbo.Products', 'ProductName') AS c, COL_NAME(OBJECT_ID('dbo.Products'), 2) AS d,
        OBJECTPROPERTY(OBJECT_ID('dbo.Products'), 'TableHasForeignRef') AS e,
        INDEXPROPERTY(OBJECT_ID('sales.Orders'), 'IX_Orders_Customer', 'IsUnique') AS f,
        INDEX_COL('sales.Orders', 2, 1) AS g, TYPE_NAME(231) AS h, TYPE_ID('sysname') AS i,
        COLUMNPROPERTY(OBJECT_ID('dbo.Products'), 'Nope', 'IsIdentity') AS j`,
    );
    expect(row).toEqual({
      a: 1,
      b: 1,
      c: 120,
      d: 'ProductName',
      e: 1,
      f: 0,
      g: 'CustomerID',
      h: 'nvarchar',
      i: 256,
      j: null,
    });
  });

  it('describes tables and columns by MS_Description', () => {
    expect(
      run(
        boss,
        `SELECT c.name, CAST(p.value AS nvarchar(100)) AS text FROM sys.extended_properties AS p
         JOIN sys.columns AS c ON c.object_id = p.major_id AND c.column_id = p.minor_id
         WHERE p.class = 1 AND p.major_id = OBJECT_ID('dbo.Products') ORDER BY c.name`,
      ),
    ).toEqual([
      { name: 'Sku', text: "The supplier's own number" },
      { name: 'UnitPrice', text: 'Price of one unit in euros, without tax' },
    ]);
    expect(
      run(
        boss,
        "SELECT objtype, objname FROM sys.fn_listextendedproperty('MS_Description', 'SCHEMA', 'sales', 'TABLE', NULL, NULL, NULL)",
      ),
    ).toEqual([{ objtype: 'TABLE', objname: 'Customers' }]);
  });

  it('shows a composite foreign key column by column', () => {
    expect(
      run(
        boss,
        `SELECT COL_NAME(k.parent_object_id, k.parent_column_id) AS child, COL_NAME(k.referenced_object_id, k.referenced_column_id) AS parent
         FROM sys.foreign_key_columns AS k JOIN sys.foreign_keys AS f ON f.object_id = k.constraint_object_id
         WHERE f.name = 'FK_Shipments_OrderDetails' ORDER BY k.constraint_column_id`,
      ),
    ).toEqual([
      { child: 'OrderID', parent: 'OrderID' },
      { child: 'ProductID', parent: 'ProductID' },
    ]);
  });

  it('returns row counts without reading the rows', () => {
    expect(
      run(
        boss,
        "SELECT row_count FROM sys.dm_db_partition_stats WHERE object_id = OBJECT_ID('sales.OrderDetails') AND index_id < 2",
      ),
    ).toEqual([{ row_count: 3600n }]);
  });

  it('shows a login only what it has any permission on', () => {
    expect(run(nobody, 'SELECT name FROM sys.objects')).toEqual([]);
    expect(run(nobody, 'SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES')).toEqual([]);
    expect(run(nobody, "SELECT OBJECT_ID('dbo.Products') AS id")).toEqual([{ id: null }]);
    expect(
      run(reader, "SELECT name FROM sys.tables WHERE schema_id = SCHEMA_ID('sales') ORDER BY name").map(
        row => row['name'],
      ),
    ).toEqual(['Customers', 'OrderDetails', 'Orders']);
    run(boss, 'GRANT SELECT ON dbo.Regions TO nobody');
    expect(run(nobody, 'SELECT name FROM sys.tables')).toEqual([{ name: 'Regions' }]);
    run(boss, 'REVOKE SELECT ON dbo.Regions FROM nobody');
  });

  it('hides definitions from logins that may not view them', () => {
    const text =
      "SELECT OBJECT_DEFINITION(OBJECT_ID('sales.vOrderTotals')) AS a, (SELECT definition FROM sys.sql_modules WHERE object_id = OBJECT_ID('sales.vOrderTotals')) AS b";
    expect(run(reader, text)).toEqual([{ a: null, b: null }]);
    expect(run(boss, text)[0]?.['a']).toMatch(/^CREATE VIEW sales\.vOrderTotals/);
    expect(() => run(reader, "EXEC sp_helptext 'sales.vOrderTotals'")).toThrow(/no text/);
    expect(
      run(boss, "EXEC sp_helptext 'sales.vOrderTotals'")
        .map(row => row['Text'])
        .join(''),
    ).toMatch(/GROUP BY o.OrderID/);
  });

  it('shows the state views only with VIEW SERVER STATE or VIEW DATABASE STATE', () => {
    expect(() => run(reader, 'SELECT * FROM sys.dm_os_sys_info')).toThrow(
      /VIEW SERVER PERFORMANCE STATE permission was denied/,
    );
    expect(() => run(reader, 'SELECT * FROM sys.dm_db_partition_stats')).toThrow(
      /permission denied in database 'Shop'/,
    );
    expect(run(reader, 'SELECT COUNT(*) AS n FROM sys.dm_exec_sessions')).toEqual([{ n: 1 }]);
    expect(run(boss, 'SELECT COUNT(*) AS n FROM sys.dm_exec_sessions')).toEqual([{ n: 3 }]);
    expect(run(boss, 'SELECT command FROM sys.dm_exec_requests WHERE session_id = @@SPID')).toHaveLength(1);
  });

  it('answers HAS_PERMS_BY_NAME and fn_my_permissions', () => {
    const text = `SELECT HAS_PERMS_BY_NAME('dbo.Products', 'OBJECT', 'SELECT') AS a, HAS_PERMS_BY_NAME('dbo.Products', 'OBJECT', 'INSERT') AS b,
      HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') AS c, HAS_PERMS_BY_NAME('dbo.Nope', 'OBJECT', 'SELECT') AS d,
      HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'CREATE TABLE') AS e, HAS_PERMS_BY_NAME('sales', 'SCHEMA', 'NONSENSE') AS f`;
    expect(run(reader, text)).toEqual([{ a: 1, b: 0, c: 0, d: null, e: 0, f: null }]);
    expect(run(boss, text)).toEqual([{ a: 1, b: 1, c: 1, d: null, e: 1, f: null }]);
    const mine = run(reader, "SELECT permission_name FROM sys.fn_my_permissions('dbo.Products', 'OBJECT')").map(
      row => row['permission_name'],
    );
    expect(mine).toContain('SELECT');
    expect(mine).not.toContain('DELETE');
  });

  it('describes the result of a statement without running it', () => {
    expect(
      run(
        boss,
        `SELECT name, system_type_name, is_nullable FROM sys.dm_exec_describe_first_result_set(
          N'SELECT ProductID, UnitPrice, Weight FROM dbo.Products WHERE ProductID = @id', N'@id int', 0) ORDER BY column_ordinal`,
      ),
    ).toEqual([
      { name: 'ProductID', system_type_name: 'int', is_nullable: 0 },
      { name: 'UnitPrice', system_type_name: 'money', is_nullable: 0 },
      { name: 'Weight', system_type_name: 'decimal(8,3)', is_nullable: 1 },
    ]);
    expect(
      run(
        boss,
        "SELECT error_number FROM sys.dm_exec_describe_first_result_set(N'SELECT nope FROM dbo.Products', NULL, 0)",
      ),
    ).toEqual([{ error_number: 207 }]);
  });

  it('answers the ODBC catalog procedures', () => {
    expect(
      run(boss, "EXEC sp_tables @table_owner = 'sales', @table_type = \"'TABLE'\"").map(row => row['TABLE_NAME']),
    ).toEqual(['Customers', 'OrderDetails', 'Orders']);
    expect(
      run(boss, "EXEC sp_columns 'Products', 'dbo', NULL, '%Price%'").map(
        ({ COLUMN_NAME, TYPE_NAME, PRECISION, NULLABLE }) => [COLUMN_NAME, TYPE_NAME, PRECISION, NULLABLE],
      ),
    ).toEqual([['UnitPrice', 'money', 19, 0]]);
    expect(run(boss, "EXEC sp_pkeys 'OrderDetails'").map(row => row['COLUMN_NAME'])).toEqual(['OrderID', 'ProductID']);
    expect(run(boss, "EXEC sp_fkeys @fktable_name = 'Shipments'").map(row => row['FKCOLUMN_NAME'])).toEqual([
      'OrderID',
      'ProductID',
    ]);
    expect(() => run(boss, 'EXEC sp_who')).toThrow(/sandbox does not support sp_who/);
    expect(() => run(boss, 'EXEC sp_columns')).toThrow(/expects parameter '@table_name'/);
    expect(() => run(boss, "EXEC sp_columns @nope = 'x'")).toThrow(/not a parameter/);
  });

  it('lets only a sysadmin set faults', () => {
    expect(() => run(reader, 'EXEC sandbox.drop_connection')).toThrow(/permission/);
  });
});
