import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPeers, type Peers } from './differential/postgres-peer.ts';
import { RandomQuery } from './differential/random-query.ts';

/** With this number each construct of the generator occurs in at least five queries. */
const QUERIES = 200;

/** Written by hand: constructs that the generator does not produce. */
const FIXED: readonly string[] = [
  'SELECT k, SUM(n) FROM a GROUP BY k HAVING SUM(n) > ALL (SELECT MIN(n) FROM b)',
  'SELECT x.k, x.c FROM (SELECT k, COUNT(*) AS c FROM a GROUP BY k) AS x JOIN (SELECT k, COUNT(*) AS c FROM b GROUP BY k) AS y ON x.k = y.k AND x.c > y.c',
  'SELECT id FROM a WHERE n >= ALL (SELECT n FROM b WHERE n IS NOT NULL AND b.k = a.k)',
  'SELECT id FROM a WHERE (SELECT COUNT(*) FROM b WHERE b.k = a.k AND b.n > (SELECT MIN(n) FROM a AS a2 WHERE a2.k = b.k)) > 1',
  'SELECT a.id, b.id FROM a LEFT JOIN b ON a.k = b.k AND a.n < b.n WHERE b.id IS NULL OR b.p > 5',
  'SELECT a.id, b.id, c.id FROM a LEFT JOIN (b JOIN a AS c ON c.id = b.k) ON a.id = b.id',
  'SELECT GROUPING(k), k, COUNT(*) FROM a GROUP BY ROLLUP (k)',
  "SELECT COALESCE(s, '?'), COUNT(DISTINCT k), SUM(p) FROM a GROUP BY COALESCE(s, '?')",
  'SELECT k, SUM(SUM(n)) OVER (ORDER BY COALESCE(k, -1)) FROM a GROUP BY k',
  'SELECT id, FLOOR(p), CEILING(p) FROM a',
  'SELECT id, CASE k WHEN 1 THEN 10 WHEN 2 THEN NULL ELSE n END FROM a',
  'SELECT id, p * n, p / 4, p + 0.005, ROUND(p, 1) FROM a',
  'WITH x AS (SELECT id, k FROM a), y AS (SELECT x.id FROM x JOIN b ON b.k = x.k) SELECT id, COUNT(*) FROM y GROUP BY id',
  'SELECT DISTINCT a.k FROM a WHERE a.k NOT IN (SELECT b.k FROM b WHERE b.k IS NOT NULL)',
  'SELECT k FROM a EXCEPT SELECT k FROM b UNION SELECT 100',
  'SELECT (SELECT MAX(n) FROM b) - n FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.id = a.id AND EXISTS (SELECT 1 FROM a AS q WHERE q.k = b.k))',
];

describe('the sandbox answers as PostgreSQL does', () => {
  let peers: Peers;

  beforeAll(async () => {
    peers = await openPeers();
  }, 120_000);
  afterAll(() => peers?.close());

  it.each(FIXED)('%s', async query => {
    expect(await peers.sandbox(query)).toEqual(await peers.postgres(query));
  });

  it(`to ${QUERIES} generated queries`, async () => {
    let rows = 0;
    for (let seed = 1; seed <= QUERIES; seed++) {
      const query = new RandomQuery(seed).query();
      const expected = await peers.postgres(query);
      rows += expected.length;
      expect({ query, rows: await peers.sandbox(query) }).toEqual({ query, rows: expected });
    }
    // Most queries return rows.
    expect(rows).toBeGreaterThan(QUERIES * 10);
  }, 120_000);
});
