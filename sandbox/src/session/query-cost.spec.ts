import { describe, expect, it, beforeEach } from '@jest/globals';
import { TestServer, type TestClient } from './testing/test-session.ts';

describe('SET QUERY_GOVERNOR_COST_LIMIT', () => {
  let client: TestClient;
  beforeEach(() => {
    client = new TestServer().open();
    client.ok('CREATE TABLE t (id int NOT NULL PRIMARY KEY)');
    client.ok('INSERT INTO t (id) SELECT value FROM GENERATE_SERIES(1, 3000)');
  });

  it('refuses a statement whose estimate exceeds it, with the estimate, before a row is sent', () => {
    const run = client.run('SET QUERY_GOVERNOR_COST_LIMIT 2; SELECT COUNT(*) FROM t');
    expect(run.errors.map(({ number }) => number)).toEqual([8649]);
    expect(run.errors[0]?.message).toMatch(/estimated cost of this query \(6\) exceeds the configured threshold of 2/);
    expect(run.sets).toEqual([]);
  });

  it('lets cheaper statements pass, and all of them with 0', () => {
    expect(client.rows('SET QUERY_GOVERNOR_COST_LIMIT 6; SELECT COUNT(*) FROM t')).toEqual([['3000']]);
    expect(client.rows('SET QUERY_GOVERNOR_COST_LIMIT 0; SELECT COUNT(*) FROM t')).toEqual([['3000']]);
  });

  it('counts the pairs of a join without a condition, and the rows of a change', () => {
    client.ok('SET QUERY_GOVERNOR_COST_LIMIT 8');
    expect(client.rows('SELECT COUNT(*) FROM (SELECT 1 AS n) AS a JOIN (SELECT 1 AS n) AS b ON b.n = a.n')).toEqual([
      ['1'],
    ]);
    for (const sql of [
      'SELECT COUNT(*) FROM t AS a CROSS JOIN t AS b',
      'WITH x AS (SELECT a.id FROM t AS a, t AS b) SELECT COUNT(*) FROM x',
    ])
      expect(client.run(sql).errors.map(({ number }) => number)).toEqual([8649]);
    client.ok('SET QUERY_GOVERNOR_COST_LIMIT 2');
    expect(client.run('DELETE FROM t').errors.map(({ number }) => number)).toEqual([8649]);
  });

  it('is restored after a nested batch', () => {
    client.ok("EXEC sys.sp_executesql N'SET QUERY_GOVERNOR_COST_LIMIT 1'");
    expect(client.rows('SELECT COUNT(*) FROM t')).toEqual([['3000']]);
  });
});
