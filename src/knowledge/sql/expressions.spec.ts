import { ExpressionFault } from './expression-fault.js';
import { aggregatesOf, metricColumnsOf, readMetricExpression } from './metric-expression.js';
import { namedTables } from '../../database/policy/lexer/named-tables.js';
import { columnsOf, readRowExpression, textOf } from './row-expression.js';

const quoted = (text: string) => textOf(readRowExpression(text), ({ parts }) => `<${parts.join('.')}>`);
const faultOf = (read: () => unknown): ExpressionFault => {
  try {
    read();
  } catch (error) {
    if (error instanceof ExpressionFault) return error;
    throw error;
  }
  throw new Error('It was read.');
};

describe('an expression over a row', () => {
  it.each([
    ['Price * Quantity', '<Price> * <Quantity>'],
    ['[odd name]+"another"', '<odd name>+<another>'],
    ['sales.Orders.Status <> N\'a "b"\'', '<sales.Orders.Status> <> N\'a "b"\''],
    [
      "CASE WHEN a >= 1 AND b IS NOT NULL THEN 'x' ELSE c END",
      "CASE WHEN <a> >= 1 AND <b> IS NOT NULL THEN 'x' ELSE <c> END",
    ],
    ['CAST(a AS decimal(19, 4))', 'CAST(<a> AS decimal(19, 4))'],
    ['CONVERT(varchar(10), a, 120)', 'CONVERT(varchar(10), <a>, 120)'],
    ['DATEDIFF(day, placed, shipped)', 'DATEDIFF(day, <placed>, <shipped>)'],
    ["a COLLATE Latin1_General_CI_AS LIKE '%x%' ESCAPE '!'", "<a> COLLATE Latin1_General_CI_AS LIKE '%x%' ESCAPE '!'"],
    ["at1 AT TIME ZONE 'UTC'", "<at1> AT TIME ZONE 'UTC'"],
    ['a/*hidden*/- -1', '<a> - -1'],
    ['isnull(a,0)', 'ISNULL(<a>,0)'],
    ['[select]', '<select>'],
    ['a --1\n + b', '<a> + <b>'],
  ])('%s has its columns replaced and nothing else', (text, expected) => {
    expect(quoted(text)).toBe(expected);
  });

  it.each([
    ['', /is empty/],
    ['a; DROP TABLE t', /";" has no place/],
    ['(SELECT MAX(x) FROM t)', /SELECT has no place/],
    ['EXISTS (SELECT 1)', /EXISTS has no place/],
    ['a UNION b', /UNION has no place/],
    ["EXEC('x')", /EXEC has no place/],
    ['SUM(a)', /SUM adds rows up/],
    ['dbo.f(a)', /function of the database/],
    ['xp_cmdshell(a)', /is not a function that an expression may call/],
    ["OPENROWSET('x')", /OPENROWSET has no place/],
    ['@a', /no parameters/],
    ['a AS b', /AS has a place only in CAST/],
    ['(a', /not closed/],
    ['a)', /closed that was not opened/],
    ['CASE WHEN a THEN 1', /CASE has no END/],
    ['a END', /END has no CASE/],
    ["'open", /string is not closed/],
    ['/* open', /comment is not closed/],
    ['server.db.s.t.c', /not the name of a column/],
    ['db..t', /not the name of a column/],
    ['a OVER (ORDER BY b)', /OVER has no place/],
    ['a ⁠ b', /is not allowed outside of quotes/],
    ['ŚELECT(1)', /./],
    ['DATEADD(@x, 1, a)', /part of a date/],
    ['{fn NOW()}', /has no place/],
  ])('%s is refused', (text, message) => {
    expect(faultOf(() => readRowExpression(text)).message).toMatch(message);
  });

  it('names its columns with their place', () => {
    expect(columnsOf(readRowExpression('a + t.b'))).toEqual([
      { parts: ['a'], offset: 0 },
      { parts: ['t', 'b'], offset: 4 },
    ]);
  });
});

describe('the expression of a metric', () => {
  it.each([
    ['SUM(a)', 1],
    ['COUNT(*)', 1],
    ['COUNT(DISTINCT a) * 100.0 / COUNT(*)', 2],
    ['-(MIN(a) + MAX(b)) / NULLIF(AVG(ALL c), 0)', 3],
    ['COALESCE(ROUND(SUM(CASE WHEN a = 1 THEN b END), 2), 0)', 1],
    ['ABS(SUM((a + b) * (c)))', 1],
  ])('%s is read', (text, aggregates) => {
    expect(aggregatesOf(readMetricExpression(text))).toHaveLength(aggregates);
  });

  it.each([
    ['Price', /Price stands outside of SUM/],
    ['SUM(a) + b', /b stands outside of SUM/],
    ['1 + 1', /needs SUM, COUNT/],
    ['SUM(SUM(a))', /SUM adds rows up/],
    ['SUM(a', /not closed/],
    ['SUM(a))', /is not expected here/],
    ['SUM()', /missing here/],
    ['SUM(*)', /./],
    ['COUNT(DISTINCT *)', /./],
    ['STDEV(a)', /STDEV has no place around aggregates/],
    ['SUM(a) OVER (PARTITION BY b)', /is not expected here/],
    ['SUM(a) FROM t', /is not expected here/],
    ['ROUND(SUM(a))', /ROUND takes 2 arguments/],
    ['SUM(a) /', /ends too early/],
    [`${'('.repeat(60)}SUM(a)${')'.repeat(60)}`, /nested too deeply/],
  ])('%s is refused', (text, message) => {
    expect(faultOf(() => readMetricExpression(text)).message).toMatch(message);
  });

  it('has columns only inside of aggregates', () => {
    expect(metricColumnsOf(readMetricExpression('SUM(a) / SUM(t.b)')).map(({ parts }) => parts)).toEqual([
      ['a'],
      ['t', 'b'],
    ]);
  });
});

describe('the tables that a statement names', () => {
  it('are told apart by their databases', () => {
    expect(namedTables('SELECT * FROM s.t JOIN Archive.s.t AS a ON 1 = 1 JOIN Archive..u ON 1 = 1')).toEqual([
      { name: 't', schema: 's' },
      { name: 't', schema: 's', database: 'Archive' },
      { name: 'u', database: 'Archive' },
    ]);
  });

  const shown = (sql: string) => namedTables(sql).map(({ schema, name }) => `${schema ?? ''}.${name}`);

  it.each([
    ['SELECT a FROM sales.Orders', ['sales.Orders']],
    [
      'SELECT o.a FROM sales.Orders o, dbo.[Odd name] AS n WHERE o.a IN (SELECT b FROM x)',
      ['sales.Orders', 'dbo.Odd name', '.x'],
    ],
    ['SELECT 1 FROM a JOIN b ON a.i = b.i AND f(a.x, b.y) = 1 LEFT JOIN s.c ON 1 = 1', ['.a', '.b', 's.c']],
    ['WITH t (x) AS (SELECT y FROM s.base) SELECT x FROM t', ['s.base']],
    ['SELECT * FROM (SELECT * FROM s.i) AS q CROSS APPLY s.f(q.a) AS r', ['s.i']],
    ["SELECT 'FROM s.secret' FROM s.t ORDER BY a, b", ['s.t']],
    ['SELECT * FROM db.s.t', ['s.t']],
    ['SELECT * FROM (s.a JOIN s.b ON a.i = b.i) LEFT JOIN (SELECT x, y FROM s.c) AS c ON 1 = 1', ['s.a', 's.b', 's.c']],
    ['SELECT * FROM ((a)) JOIN (VALUES (1, 2), (3, 4)) AS v (x, y) ON f(x, y) = 1', ['.a']],
    ['SELECT * FROM f(a, b) AS q, s.t', ['s.t']],
    ['not sql at all', []],
  ])('%s', (sql, expected) => {
    expect(shown(sql)).toEqual(expected);
  });
});
