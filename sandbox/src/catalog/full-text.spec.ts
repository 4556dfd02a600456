import { beforeAll, describe, expect, it } from '@jest/globals';
import type { EngineSession } from '../engine/contracts.ts';
import { loginOf, runBatch } from '../testing/run-batch.ts';
import { FaultPlan } from '../worker/fault-plan.ts';
import { SandboxEngine } from '../worker/sandbox-engine.ts';

const run = (session: EngineSession, sql: string) => runBatch(session, sql).flatMap(({ rows }) => rows);

describe('full-text search', () => {
  let boss: EngineSession;
  const find = (words: string) =>
    run(boss, `SELECT id FROM dbo.T WHERE FREETEXT((name, note), N'${words}') ORDER BY id`).map(([id]) => id);

  beforeAll(() => {
    const users = [{ name: 'boss', password: 'x', roles: ['sysadmin' as const] }];
    const engine = new SandboxEngine(
      { databaseName: 'Shop', seed: 'none', users, faults: [], maxSessions: 10 },
      new FaultPlan(),
    );
    boss = engine.login(loginOf('boss'));
    run(
      boss,
      'CREATE TABLE dbo.T (id int NOT NULL CONSTRAINT PK_T PRIMARY KEY, name nvarchar(40), note nvarchar(100))',
    );
    run(boss, "INSERT dbo.T VALUES (1, N'Zoë', N'Two wheels.'), (2, NULL, N'A wheel'), (3, N'Adam', NULL)");
  });

  it('refuses the predicate on a column without an index, with the number of SQL Server', () => {
    expect(() => find('wheel')).toThrow(/^7601: /);
  });

  it('refuses an index without a key of one column, and of a column without text', () => {
    expect(() => run(boss, 'CREATE FULLTEXT INDEX ON dbo.T (note) KEY INDEX IX_none')).toThrow(/^7653: /);
    expect(() => run(boss, 'CREATE FULLTEXT INDEX ON dbo.T (id) KEY INDEX PK_T')).toThrow(/^7670: /);
    expect(() => run(boss, 'CREATE FULLTEXT INDEX ON dbo.T (gone) KEY INDEX PK_T')).toThrow(/^1911: /);
  });

  it('finds the rows that have one of the words, in any form and case', () => {
    run(boss, 'CREATE FULLTEXT INDEX ON dbo.T (name, note) KEY INDEX PK_T');
    expect(find('WHEELS')).toEqual([1, 2]);
    expect(find('zoe OR adam')).toEqual([1, 3]);
    expect(find('"whee*"')).toEqual([]);
    expect(run(boss, "SELECT id FROM dbo.T WHERE NOT FREETEXT(note, 'wheel')")).toEqual([[3]]);
  });

  it('refuses a question that is null', () => {
    expect(() => run(boss, 'DECLARE @q nvarchar(10); SELECT id FROM dbo.T WHERE FREETEXT(note, @q)')).toThrow(
      /^7645: /,
    );
  });

  it('lists the index and its columns', () => {
    const rows = run(
      boss,
      `SELECT c.name FROM sys.fulltext_indexes AS i JOIN sys.fulltext_index_columns AS x ON x.object_id = i.object_id
       JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id WHERE i.is_enabled = 1 ORDER BY c.name`,
    );
    expect(rows).toEqual([['name'], ['note']]);
  });
});
