import { beforeAll, describe, expect, it } from '@jest/globals';
import type { EngineSession } from '../engine/contracts.ts';
import { loginOf, runBatch } from '../testing/run-batch.ts';
import { FaultPlan } from '../worker/fault-plan.ts';
import { SandboxEngine } from '../worker/sandbox-engine.ts';

const run = (session: EngineSession, sql: string) => runBatch(session, sql).flatMap(({ rows }) => rows);

describe('statistics and Query Store', () => {
  let boss: EngineSession;
  let nobody: EngineSession;

  beforeAll(() => {
    const users = [
      { name: 'boss', password: 'x', roles: ['sysadmin' as const] },
      { name: 'nobody', password: 'x' },
    ];
    const engine = new SandboxEngine(
      { databaseName: 'Shop', seed: 'none', users, faults: [], maxSessions: 10 },
      new FaultPlan(),
    );
    boss = engine.login(loginOf('boss'));
    nobody = engine.login(loginOf('nobody'));
    run(boss, 'CREATE TABLE dbo.T (id int NOT NULL CONSTRAINT PK_T PRIMARY KEY, code char(2), name nvarchar(40))');
    run(boss, "INSERT dbo.T VALUES (1, 'A', N'Zoë'), (2, 'B', NULL), (3, 'A', N'Adam'), (4, 'A', N'adam')");
    run(boss, 'CREATE STATISTICS S_name ON dbo.T (name, code); CREATE INDEX IX_code ON dbo.T (code)');
  });

  it('lists the statistics of indexes and those that were created, with their columns', () => {
    expect(
      run(
        boss,
        `SELECT s.name, s.user_created, x.stats_column_id, COL_NAME(x.object_id, x.column_id)
         FROM sys.stats AS s JOIN sys.stats_columns AS x ON x.object_id = s.object_id AND x.stats_id = s.stats_id
         WHERE s.object_id = OBJECT_ID('dbo.T') ORDER BY s.stats_id, x.stats_column_id`,
      ),
    ).toEqual([
      ['PK_T', 0, 1, 'id'],
      ['IX_code', 0, 1, 'code'],
      ['S_name', 1, 1, 'name'],
      ['S_name', 1, 2, 'code'],
    ]);
  });

  it('has a histogram of the leading column, whose values are grouped by its collation', () => {
    const histogram = `SELECT h.step_number, CAST(h.range_high_key AS nvarchar(40)), h.equal_rows, p.rows, p.rows_sampled, p.steps
      FROM sys.stats AS s CROSS APPLY sys.dm_db_stats_histogram(s.object_id, s.stats_id) AS h
      CROSS APPLY sys.dm_db_stats_properties(s.object_id, s.stats_id) AS p
      WHERE s.name = 'S_name' ORDER BY h.step_number`;
    expect(run(boss, histogram)).toEqual([
      [1, null, 1, 4n, 4n, 3],
      [2, 'Adam', 2, 4n, 4n, 3],
      [3, 'Zoë', 1, 4n, 4n, 3],
    ]);
    expect(run(nobody, histogram)).toEqual([]);
  });

  it('has at most 200 steps, which count the rows between them', () => {
    run(boss, 'CREATE TABLE dbo.Many (v varchar(20)); CREATE STATISTICS S_v ON dbo.Many (v)');
    const values = Array.from({ length: 1_000 }, (_, i) => `('v${i}')`).join(', ');
    run(boss, `INSERT dbo.Many VALUES ${values}`);
    const [[steps, rows] = []] = run(
      boss,
      `SELECT COUNT(*), SUM(h.equal_rows + h.range_rows) FROM sys.stats AS s
       CROSS APPLY sys.dm_db_stats_histogram(s.object_id, s.stats_id) AS h WHERE s.name = 'S_v'`,
    );
    expect(steps).toBeLessThanOrEqual(200);
    expect(rows).toBe(1_000);
  });

  it('refuses statistics on a missing column and a name twice', () => {
    expect(() => run(boss, 'CREATE STATISTICS S_x ON dbo.T (nothing)')).toThrow('1911');
    expect(() => run(boss, 'CREATE STATISTICS S_name ON dbo.T (code)')).toThrow('1927');
  });

  it('shows the row count that UPDATE STATISTICS sets', () => {
    run(boss, 'CREATE TABLE dbo.Big (id int); UPDATE STATISTICS dbo.Big WITH ROWCOUNT = 412000, PAGECOUNT = 9000');
    expect(run(boss, "SELECT rows FROM sys.partitions WHERE object_id = OBJECT_ID('dbo.Big')")).toEqual([[412_000n]]);
  });

  it('remembers the queries that ran while Query Store was on, and shows them to whom the permission was granted', () => {
    const stored = `SELECT t.query_sql_text, SUM(r.count_executions) FROM sys.query_store_query_text AS t
      JOIN sys.query_store_query AS q ON q.query_text_id = t.query_text_id JOIN sys.query_store_plan AS p ON p.query_id = q.query_id
      JOIN sys.query_store_runtime_stats AS r ON r.plan_id = p.plan_id WHERE t.query_sql_text LIKE '%dbo.T%' GROUP BY t.query_sql_text`;
    run(boss, 'SELECT id FROM dbo.T');
    run(boss, 'ALTER DATABASE CURRENT SET QUERY_STORE = ON');
    run(boss, 'SELECT name FROM dbo.T');
    run(boss, 'SELECT name FROM dbo.T');
    run(boss, 'ALTER DATABASE Shop SET QUERY_STORE = OFF');
    expect(run(boss, stored)).toEqual([['SELECT name FROM dbo.T', 2n]]);
    expect(() => run(nobody, stored)).toThrow('262');
    run(boss, 'ALTER DATABASE Shop SET QUERY_STORE CLEAR');
    expect(run(boss, stored)).toEqual([]);
  });

  it('has the statements of the plan cache with their plans, also those with parameters', () => {
    run(boss, "EXEC sp_executesql N'SELECT code FROM dbo.T WHERE id = @i', N'@i int', 2; SELECT TOP 1 code FROM dbo.T");
    const cached = `SELECT SUBSTRING(t.text, s.statement_start_offset / 2 + 1, (s.statement_end_offset - s.statement_start_offset) / 2 + 1),
        s.execution_count, s.total_rows, CAST(a.value AS int), CASE WHEN p.query_plan LIKE '<ShowPlanXML%' THEN 1 END
      FROM sys.dm_exec_query_stats AS s CROSS APPLY sys.dm_exec_sql_text(s.sql_handle) AS t
      CROSS APPLY sys.dm_exec_plan_attributes(s.plan_handle) AS a
      CROSS APPLY sys.dm_exec_text_query_plan(s.plan_handle, s.statement_start_offset, s.statement_end_offset) AS p
      WHERE a.attribute = 'dbid' AND t.text LIKE '%SELECT%code FROM dbo.T%' AND t.text NOT LIKE '%query_stats%' ORDER BY 1`;
    const database = run(boss, 'SELECT DB_ID()')[0]?.[0];
    expect(run(boss, cached)).toEqual([
      ['SELECT code FROM dbo.T WHERE id = @i', 1n, 1n, database, 1],
      ['SELECT TOP 1 code FROM dbo.T', 1n, 1n, database, 1],
    ]);
    expect(
      run(
        boss,
        "SELECT COUNT(*) FROM sys.dm_exec_query_stats AS s CROSS APPLY sys.dm_exec_sql_text(s.sql_handle) AS t WHERE t.text LIKE '(@i int)SELECT%'",
      ),
    ).toEqual([[1]]);
    expect(() => run(nobody, 'SELECT 1 FROM sys.dm_exec_query_stats')).toThrow('300');
  });
});
