import { describe, expect, it } from '@jest/globals';
import { dialectHint, hintOfStatement, tablesOf } from './dialect-hints.js';

describe('hints about other dialects', () => {
  it.each([
    [
      207,
      'y',
      'SELECT YEAR(OrderDate) AS y, COUNT(*) AS n FROM sales.Orders GROUP BY y',
      /alias of SELECT \(y\).*repeat/,
    ],
    [207, 'y', 'SELECT YEAR(OrderDate) y, COUNT(*) n FROM sales.Orders GROUP BY y', /alias of SELECT/],
    [207, 'y', 'SELECT y = YEAR(OrderDate), COUNT(*) n FROM sales.Orders GROUP BY y', /alias of SELECT/],
    [207, 'total', 'SELECT SUM(a) AS [total] FROM t GROUP BY b HAVING total > 5', /alias of SELECT/],
    [207, 'p', 'SELECT price * 2 AS p, p + 1 AS q FROM t', /alias of SELECT \(p\)/],
    [207, 'id', 'SELECT o.OrderID AS id FROM o JOIN d ON d.OrderID = id', /alias of SELECT \(id\).*ON/],
    [207, 'y', 'SELECT YEAR(d) AS y FROM t ORDER BY y + 1', /alias of SELECT.*expressions in ORDER BY/],
    [207, 'hello', 'SELECT "hello" AS a', /single quotes/],
    [207, 'x', 'SELECT a FROM t WHERE d BETWEEN "x" AND "y"', /single quotes/],
    [207, 'shipped', 'SELECT COUNT(*) AS n FROM sales.Orders WHERE Status = "shipped"', /single quotes/],
    [207, 'b', 'SELECT 1 FROM t WHERE x IN ("a", "b")', /single quotes/],
    [207, 'true', 'SELECT 1 FROM t WHERE active = true', /1 or 0/],
    [207, 'CURRENT_DATE', 'SELECT CURRENT_DATE', /GETDATE/],
    [1038, undefined, 'SELECT 1 FROM t WHERE a = ""', /single quotes/],
    [4145, undefined, 'SELECT 1 FROM t WHERE active', /1 or 0/],
    [195, 'NOW', 'SELECT NOW()', /no NOW: use GETDATE/],
    [195, 'length', "SELECT length('x')", /LEN/],
    [208, '#t', 'SELECT * FROM #t', /common table expression/],
    [102, '&', 'SELECT 1 FROM t WHERE a &gt; 5', /&gt;/],
    [102, '5', 'SELECT * FROM t LIMIT 5', /TOP/],
    [102, '`', 'SELECT `a` FROM t', /\[name\]/],
    [102, 'ILIKE', "SELECT 1 FROM t WHERE a ILIKE 'x'", /LIKE ignores case/],
    [102, ':', 'SELECT a::int FROM t', /CAST/],
    [102, 'x', "SELECT a FROM t WHERE d > GETDATE() - INTERVAL '7 days'", /DATEADD/],
    [156, 'from', 'SELECT EXTRACT(year FROM d) FROM t', /DATEPART/],
    [156, 'FOR', 'SELECT a FROM t OPTION (MAXDOP 1) FOR JSON PATH', /after FOR XML or FOR JSON/],
    [102, 'x', 'INSERT INTO t (a) VALUES (1) RETURNING id', /OUTPUT/],
    [102, '?', 'SELECT a FROM t WHERE b = ?', /written @name/],
    [156, 'User', 'SELECT a FROM User', /User is a reserved word.*\[User\]/],
    [156, 'order', 'SELECT a FROM sales . order WHERE a = 1', /\[order\]/],
    [208, 'DUAL', 'SELECT 1 FROM DUAL', /needs no table/],
  ])('%i %s in %s', (number, name, statement, hint) => {
    expect(dialectHint(number, name, statement)).toMatch(hint);
  });

  it.each([
    [207, 'custmer', 'SELECT custmer FROM sales.Orders'],
    [207, 'custmer', 'SELECT a AS b FROM sales.Orders WHERE custmer = 1'],
    [207, 'custmer', 'SELECT a FROM t GROUP BY custmer'],
    [207, 'custmer', 'SELECT a FROM t GROUP BY custmer, b'],
    [207, 'custmer', 'SELECT custmer FROM t WHERE custmer > 5'],
    [207, 'custmer', 'SELECT custmer AS custmer FROM t'],
    [207, 'custmer', 'SELECT t.name AS custmer, o.custmer FROM t'],
    [207, 'y', "SELECT 'x AS y' AS z FROM t WHERE y = 1"],
    [207, 'constructor', 'SELECT constructor FROM t'],
    [102, ')', "SELECT ' limit 5 ' FROM (t"],
    [102, ')', 'SELECT a /* limit 5 */ FROM (t'],
    [8120, 'x', 'SELECT x FROM t LIMIT 5'],
    [156, 'FROM', 'SELECT FROM t'],
    [156, 'order', 'SELECT order FROM t'],
  ])('there is none for %i %s in %s', (number, name, statement) => {
    expect(dialectHint(number, name, statement)).toBeUndefined();
  });

  it.each([
    ['SELECT * FROM t LIMIT 5', /TOP/],
    ['SELECT NOW()', /GETDATE/],
    ['SELECT 1 FROM t WHERE a = "x"', /single quotes/],
    ['SELECT 1 FROM t WHERE a = true', /1 or 0/],
  ])('the statement alone shows it: %s', (statement, hint) => {
    expect(hintOfStatement(statement)).toMatch(hint);
  });

  it('finds the tables of a statement', () => {
    expect(
      tablesOf(
        "WITH c AS (SELECT 1 a) SELECT ' FROM x' FROM [dbo].[odd_t] JOIN sales.Orders o ON 1 = 1 JOIN c ON 1 = 1 CROSS JOIN f(1)",
      ),
    ).toEqual(['dbo.odd_t', 'sales.Orders']);
    expect(hintOfStatement('SELECT a FROM t')).toBeUndefined();
  });

  it('takes little time for any text', () => {
    const started = performance.now();
    for (const piece of ['x=', "'", '"', 'from ', 'join a ', 'as ', '/*', '(', ', x =']) {
      const text = piece.repeat(100_000);
      hintOfStatement(text);
      dialectHint(207, 'x', `SELECT ${text} WHERE x`);
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
