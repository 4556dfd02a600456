import { describe, expect, it } from '@jest/globals';
import { usedJoins } from './used-joins.js';

describe('the joins that a query uses', () => {
  it.each([
    [
      'SELECT 1 FROM dbo.A AS x INNER JOIN [B] y ON x.id = y.a_id',
      [{ tables: ['dbo.a', 'b'], columns: [['id', 'a_id']] }],
    ],
    ['SELECT 1 FROM A, B WHERE A.id = B.a_id AND A.n > 1', [{ tables: ['a', 'b'], columns: [['id', 'a_id']] }]],
    [
      '(@p int)SELECT 1 FROM A a JOIN B b ON a.x = b.x AND b.y = a.y WHERE a.z = @p',
      [
        {
          tables: ['a', 'b'],
          columns: [
            ['x', 'x'],
            ['y', 'y'],
          ],
        },
      ],
    ],
    ['SELECT 1 FROM A e JOIN A m ON e.boss = m.id', [{ tables: ['a', 'a'], columns: [['boss', 'id']] }]],
    [
      'SELECT 1 FROM A LEFT OUTER JOIN sales.B ON A.id = sales.B.a_id',
      [{ tables: ['a', 'sales.b'], columns: [['id', 'a_id']] }],
    ],
  ])('are read from %s', (query, expected) => {
    expect(usedJoins(query)).toEqual(expected);
  });

  it.each([
    ['compares with a value', "SELECT 1 FROM A JOIN B ON A.id = 5 AND B.n = 'A.x'"],
    ['compares for another order', 'SELECT 1 FROM A JOIN B ON A.id >= B.id AND A.x <> B.x'],
    ['has one name for two tables', 'SELECT 1 FROM A x WHERE EXISTS (SELECT 1 FROM B x JOIN C y ON x.id = y.id)'],
    ['names a derived table', 'SELECT 1 FROM (SELECT id FROM A) AS d JOIN B ON d.id = B.id'],
    ['is in another database', 'SELECT 1 FROM db.dbo.A x JOIN B y ON x.id = y.id'],
    ['is cut off', "SELECT 1 FROM A JOIN B ON A.id = B.id WHERE A.n = 'x"],
    ['is too long', `SELECT 1 FROM A JOIN B ON A.id = B.id -- ${'x'.repeat(30_000)}`],
  ])('are none where it %s', (_why, query) => {
    expect(usedJoins(query)).toEqual([]);
  });
});
