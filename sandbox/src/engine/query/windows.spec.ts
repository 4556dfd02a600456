import { describe, expect, it } from '@jest/globals';
import { INT } from '../types.ts';
import { fakeContext, fakeTable, rowsOfQuery } from './testing/fake-context.ts';
import { failure, sample } from './testing/sample.ts';

describe('window functions', () => {
  it.each<[string, unknown[][]]>([
    [
      'SELECT ROW_NUMBER() OVER (ORDER BY name DESC), name FROM customers',
      [
        [1, 'Dan'],
        [2, 'Cid'],
        [3, 'Bob'],
        [4, 'Ann'],
      ],
    ],
    [
      'SELECT a, RANK() OVER (ORDER BY a), DENSE_RANK() OVER (ORDER BY a), PERCENT_RANK() OVER (ORDER BY a), CUME_DIST() OVER (ORDER BY a) FROM nums',
      [
        [1, 1, 1, 0, 0.4],
        [1, 1, 1, 0, 0.4],
        [2, 3, 2, 0.5, 0.8],
        [2, 3, 2, 0.5, 0.8],
        [3, 5, 3, 1, 1],
      ],
    ],
    [
      'SELECT id, SUM(amount) OVER (PARTITION BY y ORDER BY id) FROM orders ORDER BY id',
      [
        [10, 1000],
        [11, 2500],
        [12, 1300],
        [13, 3200],
        [14, 1350],
      ],
    ],
    [
      'SELECT a, SUM(b) OVER (ORDER BY a) FROM nums',
      [
        [1, 30],
        [1, 30],
        [2, 90],
        [2, 90],
        [3, 90],
      ],
    ],
    [
      'SELECT id, LAG(id) OVER (ORDER BY id), LEAD(id, 2, -1) OVER (ORDER BY id) FROM orders',
      [
        [10, null, 12],
        [11, 10, 13],
        [12, 11, 14],
        [13, 12, -1],
        [14, 13, -1],
      ],
    ],
    [
      'SELECT LAG(b) IGNORE NULLS OVER (ORDER BY a DESC, b), b FROM nums',
      [
        [null, null],
        [null, 30],
        [30, 30],
        [30, 10],
        [10, 20],
      ],
    ],
    [
      'SELECT FIRST_VALUE(name) OVER (ORDER BY id), LAST_VALUE(name) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM customers',
      [
        ['Ann', 'Dan'],
        ['Ann', 'Dan'],
        ['Ann', 'Dan'],
        ['Ann', 'Dan'],
      ],
    ],
    ['SELECT NTILE(3) OVER (ORDER BY id) FROM orders', [[1], [1], [2], [2], [3]]],
    [
      'SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY b) OVER (), PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY b) OVER (PARTITION BY a) FROM nums ORDER BY a',
      [
        [25, 10],
        [25, 10],
        [25, 30],
        [25, 30],
        [25, null],
      ],
    ],
    [
      'SELECT id, SUM(amount) OVER w, ROW_NUMBER() OVER (w ORDER BY id DESC) FROM orders WINDOW w AS (PARTITION BY y) ORDER BY id',
      [
        [10, 1350, 3],
        [11, 3200, 2],
        [12, 1350, 2],
        [13, 3200, 1],
        [14, 1350, 1],
      ],
    ],
    [
      'SELECT city, SUM(COUNT(*)) OVER (), RANK() OVER (ORDER BY COUNT(*) DESC) FROM customers GROUP BY city ORDER BY 3, 1',
      [
        ['Rome', 4, 1],
        [null, 4, 2],
        ['Oslo', 4, 2],
      ],
    ],
  ])('%s', (sql, expected) => expect(sample(sql)).toEqual(expected));

  it.each([
    ['SELECT ROW_NUMBER() FROM nums', 10753],
    ['SELECT RANK() OVER () FROM nums', 4112],
    ['SELECT a FROM nums WHERE ROW_NUMBER() OVER (ORDER BY a) = 1', 4108],
    ['SELECT SUM(SUM(b) OVER ()) OVER () FROM nums', 4109],
    ['SELECT SUM(b) OVER (ORDER BY a RANGE 1 PRECEDING) FROM nums', 4194],
    ['SELECT SUM(b) OVER (ORDER BY a ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM nums', 4193],
    ['SELECT SUM(b) OVER (ROWS 1 PRECEDING) FROM nums', 10756],
    ['SELECT COUNT(DISTINCT b) OVER () FROM nums', 10759],
    ['SELECT SUM(b) OVER w FROM nums', 5362],
    ['SELECT NTILE(0) OVER (ORDER BY a) FROM nums', 1052],
  ])('%s is error %i', (sql, number) => expect(failure(sql)).toMatch(new RegExp(`^${number} `)));

  // Compares every frame with a direct computation of its definition.
  const values = Array.from({ length: 40 }, (_, i) => ((i * 7919) % 23 === 0 ? null : (i * 7919) % 23));
  const context = fakeContext({
    tables: [
      fakeTable(
        't',
        { i: INT, v: INT },
        values.map((v, i) => [i, v]),
      ),
    ],
  });
  const bounds = [
    'UNBOUNDED PRECEDING',
    '5 PRECEDING',
    '2 PRECEDING',
    'CURRENT ROW',
    '1 FOLLOWING',
    '6 FOLLOWING',
    'UNBOUNDED FOLLOWING',
  ];
  const place = (bound: string, i: number): number => {
    if (bound.startsWith('UNBOUNDED')) return bound.endsWith('PRECEDING') ? -Infinity : Infinity;
    if (bound === 'CURRENT ROW') return i;
    return i + (bound.endsWith('PRECEDING') ? -1 : 1) * parseInt(bound, 10);
  };
  const frames = bounds
    .flatMap((start, s) => bounds.slice(s).map((end): [string, string] => [start, end]))
    .filter(([start, end]) => start !== 'UNBOUNDED FOLLOWING' && end !== 'UNBOUNDED PRECEDING');

  it.each(frames)('ROWS BETWEEN %s AND %s', (start, end) => {
    const over = `OVER (ORDER BY i ROWS BETWEEN ${start} AND ${end})`;
    const rows = rowsOfQuery(
      `SELECT COUNT(*) ${over}, COUNT(v) ${over}, SUM(v) ${over}, MIN(v) ${over}, MAX(v) ${over}, AVG(v) ${over}, FIRST_VALUE(i) ${over}, LAST_VALUE(i) ${over} FROM t`,
      context,
    );
    const expected = values.map((_, i) => {
      const at = values.map((_v, k) => k).filter(k => k >= place(start, i) && k <= place(end, i));
      const found = at.map(k => values[k]).filter((v): v is number => v !== null && v !== undefined);
      const sum = found.reduce((a, b) => a + b, 0);
      const some = found.length > 0;
      return [
        at.length,
        found.length,
        some ? sum : null,
        some ? Math.min(...found) : null,
        some ? Math.max(...found) : null,
        some ? Math.trunc(sum / found.length) : null,
        at[0] ?? null,
        at[at.length - 1] ?? null,
      ];
    });
    expect(rows).toEqual(expected);
  });
});
