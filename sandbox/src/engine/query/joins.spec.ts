import { describe, expect, it } from '@jest/globals';
import { INT, nvarchar } from '../types.ts';
import type { Row } from './row-source.ts';
import { fakeContext, fakeTable, rowsOfQuery } from './testing/fake-context.ts';
import { sample } from './testing/sample.ts';

/** Pseudo-random small numbers with NULLs. */
function numbers(count: number, seed: number): Row[] {
  let state = seed;
  return Array.from({ length: count }, (_, i) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    const value = state % 13;
    return [i, value === 0 ? null : value, `t${state % 5}`];
  });
}

const COLUMNS = { id: INT, k: INT, s: nvarchar(10) };
const left = numbers(60, 7);
const right = numbers(45, 99);
const l = fakeTable('l', COLUMNS, left, ['id']);
const r = fakeTable('r', COLUMNS, right, ['id']);
const context = fakeContext({ tables: [l, r] });

type Match = (a: Row, b: Row) => boolean;
const CONDITIONS: [string, Match][] = [
  ['l.k = r.k', (a, b) => a[1] !== null && a[1] === b[1]],
  ['l.k = r.k AND l.s = r.s', (a, b) => a[1] !== null && a[1] === b[1] && a[2] === b[2]],
  ['l.k = r.k AND l.id < r.id', (a, b) => a[1] !== null && a[1] === b[1] && a[0]! < b[0]!],
  ['l.k = r.id', (a, b) => a[1] !== null && a[1] === b[0]],
  ['r.k = l.id + 1 AND r.id > 5', (a, b) => b[1] !== null && b[1] === (a[0] as number) + 1 && (b[0] as number) > 5],
  ['l.k = r.k AND l.id > 30', (a, b) => a[1] !== null && a[1] === b[1] && (a[0] as number) > 30],
  ['l.id < r.k', (a, b) => b[1] !== null && (a[0] as number) < (b[1] as number)],
  ['1 = 0', () => false],
];

function naive(kind: string, match: Match): Row[] {
  const out: Row[] = [];
  const seen = new Set<Row>();
  for (const a of left) {
    const matches = right.filter(b => match(a, b));
    for (const b of matches) {
      seen.add(b);
      out.push([...a, ...b]);
    }
    if (matches.length === 0 && (kind === 'LEFT' || kind === 'FULL')) out.push([...a, null, null, null]);
  }
  if (kind === 'RIGHT' || kind === 'FULL') for (const b of right) if (!seen.has(b)) out.push([null, null, null, ...b]);
  return out;
}

const sorted = (rows: readonly Row[]): string[] => rows.map(row => JSON.stringify(row)).sort();

describe.each(['INNER', 'LEFT', 'RIGHT', 'FULL'])('%s JOIN', kind => {
  it.each(CONDITIONS)('ON %s', (on, match) => {
    const rows = rowsOfQuery(`SELECT * FROM l ${kind} JOIN r ON ${on}`, context);
    expect(sorted(rows)).toEqual(sorted(naive(kind, match)));
  });

  it('filters after the join, whatever was pushed down', () => {
    const where = rowsOfQuery(
      `SELECT * FROM l ${kind} JOIN r ON l.k = r.k WHERE l.id > 10 AND r.s = 't1' AND l.id + r.id > 20`,
      context,
    );
    const expected = naive(kind, (a, b) => a[1] !== null && a[1] === b[1]).filter(
      ([a, , , b, , s]) => a !== null && (a as number) > 10 && s === 't1' && (a as number) + (b as number) > 20,
    );
    expect(sorted(where)).toEqual(sorted(expected));
  });
});

describe('joins', () => {
  it('joins comma-separated tables in an order that avoids a cross join', () => {
    const big = (name: string, rows: Row[]): ReturnType<typeof fakeTable> =>
      fakeTable(name, { id: INT, k: INT }, rows, ['id']);
    const many = Array.from({ length: 3000 }, (_, i): Row => [i, i]);
    const three = fakeContext({ tables: [big('a', many), big('b', many), big('fact', many)] });
    expect(rowsOfQuery('SELECT COUNT(*) FROM a, b, fact WHERE fact.id = a.id AND fact.k = b.id', three)).toEqual([
      [3000],
    ]);
    const star = rowsOfQuery(
      'SELECT * FROM a, b, fact WHERE fact.id = a.id AND fact.k = b.id + 1 AND fact.id = 7',
      three,
    );
    expect(star).toEqual([[7, 7, 6, 6, 7, 7]]);
  });

  it('nests joins on the right', () => {
    expect(
      sample(
        'SELECT c.id, o.id, n.b FROM customers c LEFT JOIN (orders o JOIN nums n ON n.a = o.cid AND n.b > 10) ON o.cid = c.id ORDER BY 1, 2, 3',
      ),
    ).toEqual([
      [1, 10, 20],
      [1, 11, 20],
      [2, 12, 30],
      [2, 12, 30],
      [3, null, null],
      [4, null, null],
    ]);
  });

  it('runs an APPLY anew when a condition from outside reaches its left side', () => {
    const sql = `SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM nums n, orders o
      OUTER APPLY (SELECT n2.b FROM nums n2 WHERE n2.a = o.cid) x WHERE o.cid = c.id AND n.a = 3)`;
    expect(sample(sql)).toEqual([[1], [2], [3]]);
  });

  it('looks rows up by a key instead of reading the table', () => {
    l.scans = r.scans = r.seeks = 0;
    expect(rowsOfQuery('SELECT r.id FROM r WHERE id = 7', context)).toEqual([[7]]);
    expect(rowsOfQuery('SELECT r.id FROM r WHERE 3 = r.id AND s IS NOT NULL', context)).toEqual([[3]]);
    expect([r.scans, r.seeks]).toEqual([0, 2]);
    rowsOfQuery('SELECT * FROM l JOIN r ON r.id = l.k WHERE l.id < 5', context);
    expect([l.scans, r.scans]).toEqual([1, 0]);
  });

  it('reads a table once for a correlated subquery, not once for each row', () => {
    l.scans = r.scans = 0;
    rowsOfQuery('SELECT (SELECT MAX(r.id) FROM r WHERE r.k = l.k) FROM l', context);
    rowsOfQuery('SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = l.k AND r.s = l.s)', context);
    expect(r.scans).toBeLessThanOrEqual(6);
  });

  it('looks a view up by the key of its table', () => {
    const viewed = fakeContext({
      tables: [r],
      views: { v: 'SELECT r.id AS n, r.s FROM r', w: 'SELECT n, s FROM v WHERE s IS NOT NULL' },
    });
    r.scans = 0;
    expect(rowsOfQuery('SELECT n FROM w WHERE n = 5', viewed)).toEqual([[5]]);
    expect(r.scans).toBe(0);
  });
});
