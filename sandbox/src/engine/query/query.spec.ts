import { describe, expect, it } from '@jest/globals';
import { compile } from './testing/fake-context.ts';
import { failure, sample, SAMPLE } from './testing/sample.ts';

describe('SELECT', () => {
  it.each<[string, unknown[][]]>([
    ['SELECT id + 1 AS x, name FROM customers WHERE id = 2', [[3, 'Bob']]],
    ['SELECT TOP 2 name FROM customers ORDER BY name DESC', [['Dan'], ['Cid']]],
    ['SELECT TOP 50 PERCENT name FROM customers ORDER BY id', [['Ann'], ['Bob']]],
    ['SELECT TOP 1 WITH TIES a FROM nums ORDER BY a', [[1], [1]]],
    ['SELECT TOP (@two) id FROM customers ORDER BY id', [[1], [2]]],
    ['SELECT TOP 0 id FROM customers', []],
    ['SELECT name FROM customers ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY', [['Bob'], ['Cid']]],
    ['SELECT id AS name FROM customers ORDER BY name DESC', [[4], [3], [2], [1]]],
    ['SELECT name FROM customers ORDER BY LEN(name), 1 DESC', [['Dan'], ['Cid'], ['Bob'], ['Ann']]],
    ['SELECT DISTINCT city FROM customers ORDER BY city', [[null], ['Oslo'], ['Rome']]],
    ["SELECT id FROM customers WHERE name LIKE 'A%' OR city IS NULL", [[1], [4]]],
    ["SELECT id FROM customers WHERE city = 'ROME'", [[1], [3]]],
    ['SELECT id FROM customers WHERE city = NULL', []],
    ['SELECT a FROM nums WHERE b IS NOT DISTINCT FROM NULL', [[3]]],
    ["SELECT id FROM customers WHERE id = '2'", [[2]]],
    ['SELECT id FROM customers WHERE id = 1.5', []],
    ['SELECT id FROM customers WHERE id = 99999999999', []],
    ['SELECT id FROM customers WHERE id IN (3, 1, 3, NULL)', [[1], [3]].reverse()],
    ['SELECT id FROM orders WHERE amount BETWEEN 5 AND 10', [[10], [13]]],
    [
      "SELECT x, y FROM (VALUES (1, 'a'), (2, 'b')) AS v (x, y)",
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    ['SELECT CASE WHEN 1 = 0 THEN 1 / 0 ELSE 3 END', [[3]]],
  ])('%s', (sql, expected) => {
    const rows = sample(sql);
    expect(/\bORDER\b/.test(sql) ? rows : [...rows].sort()).toEqual(
      /\bORDER\b/.test(sql) ? expected : [...expected].sort(),
    );
  });

  it('names and types its columns', () => {
    const { columns } = compile('SELECT c.id, name AS n, 1.50, NULL, id + 1 FROM customers AS c', SAMPLE);
    expect(columns.map(({ name, type, nullable }) => [name, type.name, nullable])).toEqual([
      ['id', 'int', false],
      ['n', 'nvarchar', true],
      ['', 'numeric', false],
      ['', 'int', true],
      ['', 'int', true],
    ]);
  });

  it('makes the other side of an outer join nullable', () => {
    const { columns } = compile('SELECT c.id, o.id FROM customers c LEFT JOIN orders o ON o.cid = c.id', SAMPLE);
    expect(columns.map(column => column.nullable)).toEqual([false, true]);
  });
});

describe('GROUP BY', () => {
  it.each<[string, unknown[][]]>([
    [
      'SELECT city, COUNT(*) AS n, SUM(id) FROM customers GROUP BY city HAVING COUNT(*) >= 1 ORDER BY n DESC, city',
      [
        ['Rome', 2, 4],
        [null, 1, 4],
        ['Oslo', 1, 2],
      ],
    ],
    [
      'SELECT UPPER(city), COUNT(*) FROM customers GROUP BY UPPER(city) ORDER BY 2 DESC, 1',
      [
        ['ROME', 2],
        [null, 1],
        ['OSLO', 1],
      ],
    ],
    ['SELECT MAX(id) FROM customers HAVING COUNT(*) > 100', []],
    ['SELECT COUNT(*), SUM(id), MAX(name) FROM customers WHERE id > 100', [[0, null, null]]],
    ['SELECT city FROM customers WHERE id > 100 GROUP BY city', []],
    [
      'SELECT y, COUNT(*) FROM orders GROUP BY ROLLUP (y)',
      [
        [2020, 3],
        [2021, 2],
        [null, 5],
      ],
    ],
    [
      'SELECT GROUPING_ID(y, cid), y, cid, COUNT(*) FROM orders WHERE id < 12 GROUP BY CUBE (y, cid) ORDER BY 1, 2, 3',
      [
        [0, 2020, 1, 1],
        [0, 2021, 1, 1],
        [1, 2020, null, 1],
        [1, 2021, null, 1],
        [2, null, 1, 2],
        [3, null, null, 2],
      ],
    ],
    [
      'SELECT y, SUM(id) FROM orders GROUP BY GROUPING SETS ((y), ()) ORDER BY y',
      [
        [null, 60],
        [2020, 36],
        [2021, 24],
      ],
    ],
    ['SELECT SUM(DISTINCT a), COUNT(DISTINCT b), COUNT(b), COUNT(*) FROM nums', [[6, 3, 4, 5]]],
    ["SELECT STRING_AGG(name, ',') WITHIN GROUP (ORDER BY name DESC) FROM customers", [['Dan,Cid,Bob,Ann']]],
    [
      'SELECT a * 2, COUNT(*) FROM nums GROUP BY a * 2 ORDER BY a * 2 DESC',
      [
        [6, 1],
        [4, 2],
        [2, 2],
      ],
    ],
  ])('%s', (sql, expected) => expect(sample(sql)).toEqual(expected));
});

describe('set operations', () => {
  it.each<[string, unknown[][]]>([
    ['SELECT a FROM nums UNION SELECT id FROM customers ORDER BY 1', [[1], [2], [3], [4]]],
    ['SELECT a FROM nums UNION ALL SELECT a FROM nums ORDER BY a', [1, 1, 1, 1, 2, 2, 2, 2, 3, 3].map(n => [n])],
    ['SELECT a FROM nums EXCEPT SELECT id FROM customers WHERE id < 3', [[3]]],
    ['SELECT b FROM nums INTERSECT SELECT b FROM nums WHERE a > 1 ORDER BY b', [[null], [30]]],
    ["SELECT 1 AS a UNION ALL SELECT 2.5 UNION ALL SELECT '3'", [[10], [25], [30]]],
    ['SELECT 1 AS n UNION SELECT 1 UNION ALL SELECT 1', [[1], [1]]],
  ])('%s', (sql, expected) => expect(sample(sql)).toEqual(expected));
});

describe('common table expressions, views and functions', () => {
  it.each<[string, unknown[][]]>([
    ['WITH t AS (SELECT 1 n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t', [[1], [2], [3], [4], [5]]],
    ['WITH t AS (SELECT 1 n UNION ALL SELECT n + 1 FROM t WHERE n < 101) SELECT COUNT(*) FROM t', [[101]]],
    [
      'WITH t AS (SELECT 1 n UNION ALL SELECT n + 1 FROM t WHERE n < 150) SELECT COUNT(*) FROM t OPTION (MAXRECURSION 0)',
      [[150]],
    ],
    [
      'WITH r AS (SELECT id, 0 AS l FROM customers WHERE id = 1 UNION ALL SELECT c.id, r.l + 1 FROM customers c JOIN r ON c.id = r.id + 1) SELECT * FROM r',
      [
        [1, 0],
        [2, 1],
        [3, 2],
        [4, 3],
      ],
    ],
    [
      'WITH a AS (SELECT * FROM customers WHERE id < 3), b (i, m) AS (SELECT a.id, o.amount FROM a JOIN orders o ON o.cid = a.id) SELECT i, SUM(m) FROM b GROUP BY i',
      [
        [1, 3500],
        [2, 300],
      ],
    ],
    ['SELECT name FROM roman WHERE id > 1', [['Cid']]],
    ['SELECT id FROM dbo.ordersOf(@two)', [[12]]],
    [
      'SELECT c.name, f.id FROM customers c CROSS APPLY dbo.ordersOf(c.id) f',
      [
        ['Ann', 10],
        ['Ann', 11],
        ['Bob', 12],
        ['Cid', 13],
      ],
    ],
    [
      'SELECT c.id, f.id FROM customers c OUTER APPLY (SELECT TOP 1 * FROM orders o WHERE o.cid = c.id ORDER BY amount DESC) f',
      [
        [1, 11],
        [2, 12],
        [3, 13],
        [4, null],
      ],
    ],
    [
      "SELECT value, ordinal FROM STRING_SPLIT('a,b', ',', 1)",
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    ['SELECT value FROM GENERATE_SERIES(5, 1, -2)', [[5], [3], [1]]],
    [
      'SELECT * FROM OPENJSON(\'[{"a":1,"b":{"c":[1]}},{"a":2}]\') WITH (a int, x nvarchar(max) \'$.b\' AS JSON)',
      [
        [1, '{"c":[1]}'],
        [2, null],
      ],
    ],
    [
      'SELECT [key], value, type FROM OPENJSON(\'{"a":1.10,"b":[1,2],"c":null}\')',
      [
        ['a', '1.10', 2],
        ['b', '[1,2]', 4],
        ['c', null, 0],
      ],
    ],
    [
      'SELECT cid, [2020], [2021] FROM (SELECT y, cid, amount FROM orders) s PIVOT (SUM(amount) FOR y IN ([2020], [2021])) p WHERE cid IS NOT NULL',
      [
        [1, 1000, 2500],
        [2, 300, null],
        [3, null, 700],
      ],
    ],
    [
      'SELECT a, v, k FROM (SELECT a, b, a AS d FROM nums WHERE a = 3 OR b = 10) s UNPIVOT (v FOR k IN (b, d)) u',
      [
        [1, 10, 'b'],
        [1, 1, 'd'],
        [3, 3, 'd'],
      ],
    ],
  ])('%s', (sql, expected) => expect(sample(sql)).toEqual(expected));
});

describe('errors', () => {
  it.each([
    ['SELECT x', "207 Invalid column name 'x'."],
    ['SELECT c.x FROM customers c', "207 Invalid column name 'x'."],
    ['SELECT d.x FROM customers c', '4104 The multi-part identifier "d.x" could not be bound.'],
    ['SELECT * FROM nosuch', "208 Invalid object name 'nosuch'."],
    ['SELECT id FROM customers, orders', "209 Ambiguous column name 'id'."],
    [
      'SELECT name, COUNT(*) FROM customers',
      "8120 Column 'customers.name' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.",
    ],
    [
      'SELECT COUNT(*) FROM customers GROUP BY city HAVING id > 1',
      "8121 Column 'customers.id' is invalid in the HAVING clause because it is not contained in either an aggregate function or the GROUP BY clause.",
    ],
    [
      'SELECT city FROM customers GROUP BY city ORDER BY id',
      '8127 Column "customers.id" is invalid in the ORDER BY clause because it is not contained in either an aggregate function or the GROUP BY clause.',
    ],
    [
      'SELECT name FROM customers WHERE COUNT(*) > 1',
      '147 An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.',
    ],
    [
      'SELECT SUM(COUNT(*)) FROM customers',
      '130 Cannot perform an aggregate function on an expression containing an aggregate or a subquery.',
    ],
    [
      'SELECT DISTINCT name FROM customers ORDER BY id',
      '145 ORDER BY items must appear in the select list if SELECT DISTINCT is specified.',
    ],
    [
      'SELECT a FROM nums UNION SELECT id FROM customers ORDER BY id + 1',
      '104 ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.',
    ],
    [
      'SELECT a FROM nums UNION SELECT id, name FROM customers',
      '205 All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.',
    ],
    [
      'SELECT (SELECT id, name FROM customers)',
      '116 Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.',
    ],
    [
      'SELECT (SELECT id FROM customers)',
      '512 Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.',
    ],
    [
      'WITH t AS (SELECT 1 n UNION ALL SELECT n + 1 FROM t) SELECT * FROM t',
      '530 The statement terminated. The maximum recursion 100 has been exhausted before statement completion.',
    ],
    [
      "WITH t AS (SELECT 1 n UNION ALL SELECT 'a' FROM t) SELECT * FROM t",
      '240 Types don\'t match between the anchor and the recursive part in column "n" of recursive query "t".',
    ],
    [
      'SELECT id FROM customers ORDER BY 5',
      '108 The ORDER BY position number 5 is out of range of the number of items in the select list.',
    ],
    [
      'SELECT id FROM customers ORDER BY id, id',
      '169 A column has been specified more than once in the order by list. Columns in the order by list must be unique.',
    ],
    ['SELECT * FROM (SELECT id, id FROM customers) t', "8156 The column 'id' was specified multiple times for 't'."],
    ['SELECT * FROM (SELECT COUNT(*) FROM customers) t', "8155 No column name was specified for column 1 of 't'."],
    ['SELECT * FROM (VALUES (1, 2)) t (a)', "8158 't' has more columns than were specified in the column list."],
    ['SELECT * FROM (VALUES (1)) t (a, b)', "8159 't' has fewer columns than were specified in the column list."],
    [
      'SELECT * FROM (SELECT id FROM customers ORDER BY id) t',
      '1033 The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.',
    ],
    [
      'SELECT TOP 1 WITH TIES id FROM customers',
      '1062 The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.',
    ],
    [
      'SELECT * FROM customers c JOIN orders c ON 1 = 1',
      "1011 The correlation name 'c' is specified multiple times in a FROM clause.",
    ],
    ['SELECT foo(1)', "195 'foo' is not a recognized built-in function name."],
    [
      'SELECT dbo.foo(1)',
      '4121 Cannot find either column "dbo" or the user-defined function or aggregate "dbo.foo", or the name is ambiguous.',
    ],
    ['SELECT @nope', '137 Must declare the scalar variable "@nope".'],
    ['SELECT *', '263 Must specify table to select from.'],
  ])('%s', (sql, expected) => expect(failure(sql)).toBe(expected));
});
