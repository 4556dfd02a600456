import { describe, expect, it } from '@jest/globals';
import { compile } from './testing/fake-context.ts';
import { failure, sample, SAMPLE } from './testing/sample.ts';

const text = (sql: string): string =>
  sample(sql)
    .map(row => row[0])
    .join('');

describe('FOR JSON', () => {
  it.each([
    [
      "SELECT id AS 'a.b', name AS 'a.c', id FROM customers WHERE id = 1 FOR JSON PATH, ROOT('r')",
      '{"r":[{"a":{"b":1,"c":"Ann"},"id":1}]}',
    ],
    ['SELECT id, city FROM customers WHERE id = 4 FOR JSON PATH', '[{"id":4}]'],
    [
      'SELECT id, city FROM customers WHERE id = 4 FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER',
      '{"id":4,"city":null}',
    ],
    [
      'SELECT c.id, o.id AS n, 1 AS one FROM customers c LEFT JOIN orders o ON o.cid = c.id WHERE c.id <> 2 ORDER BY c.id FOR JSON AUTO',
      '[{"id":1,"o":[{"n":10,"one":1},{"n":11,"one":1}]},{"id":3,"o":[{"n":13,"one":1}]},{"id":4,"o":[{"one":1}]}]',
    ],
    [
      'SELECT id, (SELECT o.id FROM orders o WHERE o.cid = c.id FOR JSON PATH) AS o FROM customers c WHERE id > 2 FOR JSON PATH',
      '[{"id":3,"o":[{"id":13}]},{"id":4}]',
    ],
    [
      "SELECT 'a/b\"' AS x, CAST(1.5 AS float) AS f, CAST('2020-01-02 03:04:05' AS datetime) AS d, CAST(1 AS bit) AS b, CAST(1.50 AS money) AS m, 0x01 AS y FOR JSON PATH",
      '[{"x":"a\\/b\\"","f":1.500000000000000e+000,"d":"2020-01-02T03:04:05","b":true,"m":1.5000,"y":"AQ=="}]',
    ],
    ['SELECT id FROM customers WHERE id > 9 FOR JSON PATH', ''],
  ])('%s', (sql, expected) => expect(text(sql)).toBe(expected));

  it.each([
    ['SELECT COUNT(*) FROM customers FOR JSON PATH', 13605],
    ["SELECT 1 AS a, 2 AS 'a.b' FOR JSON PATH", 13601],
    ["SELECT 1 AS a FOR JSON PATH, ROOT('x'), WITHOUT_ARRAY_WRAPPER", 13620],
  ])('%s is error %i', (sql, number) => expect(failure(sql)).toMatch(new RegExp(`^${number} `)));

  it('sends rows of 2,033 characters', () => {
    const rows = sample("SELECT REPLICATE('x', 3000) AS v FOR JSON PATH");
    expect(rows.map(row => (row[0] as string).length)).toEqual([2033, 3010 - 2033]);
    expect(compile('SELECT 1 AS a FOR JSON PATH', SAMPLE).columns[0]!.name).toBe(
      'JSON_F52E2B61-18A1-11d1-B105-00805F49916B',
    );
  });
});

describe('FOR XML', () => {
  it.each([
    [
      "SELECT id AS '@id', name AS 'n', city AS 'a/b', name AS 'a/c' FROM customers WHERE id IN (1, 4) FOR XML PATH('c'), ROOT('r')",
      '<r><c id="1"><n>Ann</n><a><b>Rome</b><c>Ann</c></a></c><c id="4"><n>Dan</n><a><c>Dan</c></a></c></r>',
    ],
    ["SELECT ',' + name FROM customers FOR XML PATH('')", ',Ann,Bob,Cid,Dan'],
    ["SELECT id AS 'data()' FROM customers FOR XML PATH('')", '1 2 3 4'],
    [
      "SELECT 'a<b&c' AS t, NULL AS n FOR XML PATH, ELEMENTS XSINIL",
      '<row xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><t>a&lt;b&amp;c</t><n xsi:nil="true"/></row>',
    ],
    ["SELECT id, name AS [the name] FROM customers WHERE id = 1 FOR XML RAW('c')", '<c id="1" the_x0020_name="Ann"/>'],
    ['SELECT id, name FROM customers WHERE id = 1 FOR XML RAW, ELEMENTS', '<row><id>1</id><name>Ann</name></row>'],
    [
      'SELECT c.name, o.id FROM customers c LEFT JOIN orders o ON o.cid = c.id WHERE c.id IN (1, 4) FOR XML AUTO',
      '<c name="Ann"><o id="10"/><o id="11"/></c><c name="Dan"><o/></c>',
    ],
    [
      "SELECT id AS '@id', (SELECT o.id AS '@n' FROM orders o WHERE o.cid = c.id FOR XML PATH('o'), TYPE) FROM customers c WHERE id = 1 FOR XML PATH('c')",
      '<c id="1"><o n="10"/><o n="11"/></c>',
    ],
    ["SELECT (SELECT 1 AS x FOR XML PATH('')) AS s FOR XML PATH('')", '<s>&lt;x&gt;1&lt;/x&gt;</s>'],
  ])('%s', (sql, expected) => expect(text(sql)).toBe(expected));

  it.each([
    ["SELECT 1 AS a, 2 AS '@b' FOR XML PATH", 6852],
    ["SELECT 1 AS '@b' FOR XML PATH('')", 6864],
    ['SELECT COUNT(*) FROM customers FOR XML RAW', 6809],
  ])('%s is error %i', (sql, number) => expect(failure(sql)).toMatch(new RegExp(`^${number} `)));
});
