import { describe, expect, it } from '@jest/globals';
import type * as ast from '../../parser/ast.ts';
import { parseBatch } from '../../parser/parse.ts';
import { type Ticker, CancelledError, PAUSE } from '../contracts.ts';
import { INT } from '../types.ts';
import { compileDmlSource, compileMergeSource, compilePredicate } from './compile-query.ts';
import { compile, fakeContext, fakeTable, rowsOfQuery, STILL } from './testing/fake-context.ts';
import { failure, sample, SAMPLE } from './testing/sample.ts';

describe('subqueries', () => {
  it.each<[string, unknown[][]]>([
    [
      'SELECT name, (SELECT SUM(amount) FROM orders WHERE cid = c.id) FROM customers c',
      [
        ['Ann', 3500],
        ['Bob', 300],
        ['Cid', 700],
        ['Dan', null],
      ],
    ],
    [
      'SELECT name FROM customers c WHERE EXISTS (SELECT * FROM orders o WHERE o.cid = c.id AND o.y = 2021)',
      [['Ann'], ['Cid']],
    ],
    ['SELECT name FROM customers c WHERE NOT EXISTS (SELECT * FROM orders o WHERE o.cid = c.id)', [['Dan']]],
    ['SELECT name FROM customers WHERE id IN (SELECT cid FROM orders)', [['Ann'], ['Bob'], ['Cid']]],
    ['SELECT name FROM customers WHERE id NOT IN (SELECT cid FROM orders)', []],
    ['SELECT name FROM customers WHERE id NOT IN (SELECT cid FROM orders WHERE cid IS NOT NULL)', [['Dan']]],
    [
      'SELECT id FROM customers c WHERE c.id IN (SELECT o.cid FROM orders o WHERE o.amount > c.id * 5)',
      [[1], [3]].slice(0, 1),
    ],
    ['SELECT id FROM customers WHERE id > ALL (SELECT cid FROM orders WHERE cid < 3)', [[3], [4]]],
    ['SELECT id FROM customers WHERE id = ANY (SELECT cid FROM orders)', [[1], [2], [3]]],
    ['SELECT id FROM customers WHERE id > ALL (SELECT cid FROM orders WHERE 1 = 0)', [[1], [2], [3], [4]]],
    [
      'SELECT c.id, (SELECT MAX(x.id) FROM (SELECT id FROM orders WHERE cid = c.id) x) FROM customers c',
      [
        [1, 11],
        [2, 12],
        [3, 13],
        [4, null],
      ],
    ],
    [
      'SELECT c.id, (SELECT TOP 1 o.id FROM orders o WHERE o.cid = c.id AND EXISTS (SELECT 1 FROM nums n WHERE n.a = o.cid AND n.b > c.id) ORDER BY o.id DESC) FROM customers c',
      [
        [1, 11],
        [2, 12],
        [3, null],
        [4, null],
      ],
    ],
    [
      'SELECT city, (SELECT COUNT(*) FROM customers d WHERE d.city = c.city) FROM customers c GROUP BY city ORDER BY city',
      [
        [null, 0],
        ['Oslo', 1],
        ['Rome', 2],
      ],
    ],
    ['SELECT 1 WHERE EXISTS (SELECT 1 INTERSECT SELECT 2)', []],
    ['SELECT 1 WHERE EXISTS (SELECT 1 EXCEPT SELECT 2)', [[1]]],
    ['SELECT id FROM orders o WHERE EXISTS (SELECT o.cid INTERSECT SELECT NULL)', [[14]]],
    ['SELECT CASE WHEN 1 = 1 THEN 1 ELSE (SELECT id FROM customers) END', [[1]]],
    ['SELECT id FROM customers WHERE 1 = 1 OR id = (SELECT id FROM customers)', [[1], [2], [3], [4]]],
  ])('%s', (sql, expected) => expect(sample(sql)).toEqual(expected));

  it('lets a subquery in a grouped select list refer to keys only', () => {
    expect(failure('SELECT (SELECT c.id) FROM customers c GROUP BY city')).toMatch(/^8120 /);
  });
});

describe('row-level security', () => {
  it('shows only rows that pass the predicate function, whatever the access path', () => {
    const t = fakeTable(
      't',
      { id: INT, tenant: INT },
      [
        [1, 5],
        [2, 6],
        [3, 5],
      ],
      ['id'],
    );
    const owner = fakeContext({
      tables: [t],
      functions: { mine: { parameters: [{ name: '@t', type: INT }], query: 'SELECT 1 AS ok WHERE @t = 5' } },
    });
    const args: ast.Expression[] = [{ kind: 'column', line: 1, parts: ['tenant'] }];
    const context = fakeContext({
      tables: [t],
      filters: () => [{ functionName: ['dbo', 'mine'], args, context: owner }],
    });
    expect(rowsOfQuery('SELECT id FROM t', context)).toEqual([[1], [3]]);
    expect(rowsOfQuery('SELECT id FROM t WHERE id = 2', context)).toEqual([]);
    expect(rowsOfQuery('SELECT COUNT(*) FROM t a JOIN t b ON a.id = b.id', context)).toEqual([[2]]);
    expect(rowsOfQuery('SELECT (SELECT COUNT(*) FROM t)', context)).toEqual([[2]]);
  });
});

describe('time slices', () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => [i, (i * 7919) % 20_000]);
  const context = fakeContext({ tables: [fakeTable('t', { id: INT, k: INT }, rows)] });

  it.each([
    'SELECT COUNT(*) FROM t',
    'SELECT TOP 30000 id FROM t ORDER BY k',
    'SELECT COUNT(*) FROM t a JOIN t b ON a.k = b.id',
    'SELECT COUNT(*) FROM t WHERE id IN (SELECT k FROM t)',
    'SELECT COUNT(*) FROM (SELECT ROW_NUMBER() OVER (ORDER BY k) r FROM t) x',
    'SELECT COUNT(*) FROM (SELECT DISTINCT k FROM t) x',
    'SELECT (SELECT COUNT(*) FROM t)',
  ])('%s lets others run, and stops when it is cancelled', sql => {
    let ticks = 0;
    const ticker: Ticker = { tick: () => ++ticks % 1000 === 0 };
    let pauses = 0;
    for (const item of compile(sql, context).run(null, ticker)) if (item === PAUSE) pauses++;
    expect(pauses).toBeGreaterThan(10);
    // A sort run that was due for several pauses makes one.
    expect(pauses).toBeGreaterThan(ticks / 1000 / 3);

    let left = 5000;
    const cancelled: Ticker = {
      tick() {
        if (--left === 0) throw new CancelledError();
        return false;
      },
    };
    expect(() => [...compile(sql, context).run(null, cancelled)]).toThrow(CancelledError);
  });

  it('streams without keeping rows', () => {
    const stream = compile('SELECT value FROM GENERATE_SERIES(1, 1000000000)', context).run(null, STILL);
    expect(stream.next().value).toEqual([1]);
    expect(stream.next().value).toEqual([2]);
    stream.return();
  });

  it('prepares a condition with pauses', () => {
    const [statement] = parseBatch('IF EXISTS (SELECT COUNT(*) FROM t HAVING COUNT(*) > 5) PRINT 1');
    const predicate = compilePredicate((statement as ast.If).condition, context);
    let ticks = 0;
    const steps = [...predicate.prepare({ tick: () => ++ticks % 1000 === 0 })];
    expect(steps.length).toBeGreaterThan(10);
    const after = ticks;
    expect(predicate.evaluate([], STILL)).toBe(true);
    expect(ticks).toBe(after);
  });
});

describe('sources of DML', () => {
  const source = (sql: string): ReturnType<typeof compileDmlSource> => {
    const [statement] = parseBatch(sql) as [ast.Update | ast.Delete];
    return compileDmlSource(statement, SAMPLE);
  };
  const targets = (sql: string): number[] =>
    [...source(sql).run(STILL)].map(item => (item as unknown as { target: { values: number[] } }).target.values[0]!);

  it.each<[string, number[]]>([
    ['DELETE FROM customers WHERE id > 2', [3, 4]],
    ['DELETE c FROM customers c JOIN orders o ON o.cid = c.id WHERE o.y = 2021', [1, 3]],
    ['DELETE FROM customers FROM orders o WHERE o.cid = customers.id AND o.id = 12', [2]],
    [
      'WITH d AS (SELECT id, ROW_NUMBER() OVER (PARTITION BY city ORDER BY id) n FROM customers) DELETE FROM d WHERE n > 1',
      [3],
    ],
    ['DELETE FROM roman WHERE id = 3', [3]],
    ['UPDATE o SET amount = 0 FROM customers c LEFT JOIN orders o ON o.cid = c.id WHERE c.id > 1', [12, 13]],
  ])('%s', (sql, expected) => expect(targets(sql)).toEqual(expected));

  it('resolves column names of the target', () => {
    const through = source('UPDATE roman SET name = 1');
    expect([through.targetColumn('NAME'), through.targetColumn('city'), through.table.name]).toEqual([
      1,
      -1,
      'customers',
    ]);
  });

  it('pairs MERGE rows', () => {
    const [merge] = parseBatch(`MERGE customers AS t USING (VALUES (1, 'x'), (9, 'y')) AS s (id, n) ON t.id = s.id
      WHEN MATCHED THEN UPDATE SET name = s.n WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)
      WHEN NOT MATCHED BY SOURCE THEN DELETE;`) as [ast.Merge];
    const pairs = [...compileMergeSource(merge, SAMPLE).run(STILL)].map(item => {
      const { target, sourceMatched } = item as unknown as {
        target: { values: number[] } | null;
        sourceMatched: boolean;
      };
      return [target?.values[0] ?? null, sourceMatched];
    });
    expect(pairs).toEqual([
      [1, true],
      [null, true],
      [2, false],
      [3, false],
      [4, false],
    ]);
  });
});
