import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkRead } from './statement-policy.js';
import { ALLOWED } from './fixtures/allowed-statements.fixture.js';
import { MEGABYTES } from './fixtures/megabytes.fixture.js';
import type { PolicyRules } from './policy-rules.js';
import { REFUSED } from './fixtures/refused-statements.fixture.js';

const RULES: PolicyRules = {
  allowMultipleStatements: false,
  allowThreePartNames: false,
  database: 'TestDb',
  access: {},
};
const ruleOf = (sql: string, rules: Partial<PolicyRules> = {}) => checkRead(sql, { ...RULES, ...rules })?.rule;

describe('the statement policy', () => {
  for (const [rule, statements] of Object.entries(REFUSED)) {
    it.each(statements)(`refuses by ${rule}: %j`, sql => {
      expect(ruleOf(sql)).toBe(rule);
    });
  }

  it.each(ALLOWED)('allows: %j', sql => {
    expect(checkRead(sql, RULES)).toBeUndefined();
  });

  it('refuses every statement that a second one follows', () => {
    for (const sql of ALLOWED) {
      if (/--[^\n]*$/.test(sql)) continue;
      for (const second of [
        '; DELETE FROM t',
        ' DELETE FROM t',
        '\nEXEC p',
        '/**/DROP TABLE t',
        ' INSERT t VALUES (1)',
      ]) {
        expect([sql + second, ruleOf(sql + second)]).not.toEqual([sql + second, undefined]);
      }
    }
  });

  it('gives the same verdict with comments and spaces between tokens', () => {
    for (const filler of [' /* x */ ', ' -- x\n', '\u00A0', '\u3000', '\t\r\n']) {
      expect(ruleOf(`SELECT${filler}a${filler}FROM${filler}t`)).toBeUndefined();
      expect(ruleOf(`SELECT${filler}a${filler}INTO${filler}u FROM t`)).toBe('select-into');
    }
  });

  it('reports the position of the word', () => {
    const sql = 'SELECT 1\n  DELETE t';
    expect(checkRead(sql, RULES)).toMatchObject({ offset: sql.indexOf('DELETE'), word: 'DELETE' });
    expect(checkRead('SELECT (1 + (2)', RULES)).toMatchObject({ offset: 7, word: '(' });
    expect(checkRead('SELECT a FROM t FOR\nUPDATE', RULES)).toMatchObject({ offset: 16, word: 'FOR\nUPDATE' });
    expect(checkRead('SELECT {call p}', RULES)).toMatchObject({ offset: 8, word: 'call' });
  });

  it('ignores the contents of strings and quoted names', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), content => {
        expect(ruleOf(`SELECT '${content.replaceAll("'", "''")}'`)).toBeUndefined();
        expect(ruleOf(`SELECT [${`x${content}`.replaceAll(']', ']]')}] FROM t`)).toBeUndefined();
        expect(ruleOf(`SELECT '${content.replaceAll("'", "''")}' DELETE t`)).toBe('forbidden-word');
      }),
    );
  });

  it('terminates for any text, and allows only what begins as a reading statement', () => {
    const piece = fc.constantFrom(
      'SELECT',
      'WITH',
      'INTO',
      'DELETE',
      'FROM',
      'x',
      '[',
      ']',
      '(',
      ')',
      "'",
      '"',
      '--',
      '/*',
      '*/',
      ';',
      '\n',
      '\r',
      ' ',
      ',',
      '.',
      '1',
      '1e',
      '0x',
      '@',
      '$',
      'AS',
      'UNION',
      'ALL',
      ':',
      '{',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        const sql = pieces.join('');
        if (ruleOf(sql) === undefined) expect(sql.replace(/--[^\n\r]*|\/\*.*?\*\//gs, '')).toMatch(/SELECT/);
      }),
      { numRuns: 2000 },
    );
  });

  describe('with several statements allowed', () => {
    const rules = { allowMultipleStatements: true };
    it.each([
      'SELECT 1; SELECT 2',
      'SELECT 1 SELECT 2',
      'DECLARE @a int = 1; SELECT @a',
      'DECLARE @a int = 1 SELECT @a',
      'DECLARE @a int, @b int; SET @a = 1; SELECT @a WHERE @b IS NULL',
      'SELECT 1; WITH x AS (SELECT 1 a) SELECT * FROM x',
      'DECLARE @t TABLE (a int); SELECT * FROM @t',
    ])('allows: %j', sql => {
      expect(ruleOf(sql, rules)).toBeUndefined();
    });
    it.each([
      'SELECT 1; DELETE t',
      'DECLARE @a int DELETE t',
      'DECLARE c CURSOR FOR SELECT 1',
      'DECLARE @c CURSOR',
      'SET NOCOUNT OFF; SELECT 1',
      'SET @a = 1 EXEC p',
      'DECLARE @t TABLE (a int); INSERT @t VALUES (1)',
      'SELECT 1; sp_who',
      'SELECT 1; SET ROWCOUNT 1',
      'SELECT (SELECT 1; SELECT 2)',
      'SELECT 1; BEGIN TRAN',
    ])('refuses: %j', sql => {
      expect(ruleOf(sql, rules)).toBeDefined();
    });
  });

  it('allows other databases when configured, but no other servers', () => {
    const rules = { allowThreePartNames: true };
    expect(ruleOf('SELECT a.b.c.d FROM other.dbo.t', rules)).toBeUndefined();
    expect(ruleOf('SELECT other.dbo.f(1)', rules)).toBeUndefined();
    expect(ruleOf('SELECT * FROM srv.other.dbo.t', rules)).toBe('four-part-name');
  });

  describe('for a person limited to schemas and tables', () => {
    const rules = { access: { schemas: ['sales'], tables: ['dbo.Regions'] } };
    it.each([
      'SELECT * FROM sales.orders',
      'SELECT * FROM [Sales].[Orders] o JOIN DBO.regions r ON 1=1',
      'WITH x AS (SELECT * FROM sales.orders) SELECT * FROM x',
      'SELECT * FROM sales.orders o CROSS APPLY OPENJSON(o.doc) j',
      'SELECT sales.tax(1), LEN(a) FROM sales.orders',
      'SELECT * FROM (VALUES (1)) v(a)',
      "SELECT a FROM sales.t FOR JSON PATH, ROOT('x')",
      'SELECT a FROM sales.t OPTION (MERGE JOIN, MAXDOP 1)',
      'SELECT * FROM sales.o CROSS APPLY (VALUES (o.a, o.b)) v(x, y)',
      'SELECT SUM(x) OVER w FROM sales.t WINDOW w AS (ORDER BY a), v AS (PARTITION BY b)',
      'WITH x AS (SELECT 1 a) SELECT COALESCE((SELECT MAX(a) FROM x), 0), (SELECT 1 FROM x) FROM sales.t',
      "SELECT x.n.value('.', 'int') FROM sales.t AS t CROSS APPLY t.doc.nodes('/a') AS x(n)",
      'SELECT 1',
    ])('allows: %j', sql => {
      expect(checkRead(sql, { ...RULES, ...rules })).toBeUndefined();
    });
    it.each([
      'SELECT * FROM hr.people',
      'SELECT * FROM people',
      'SELECT * FROM sales.orders, hr.people',
      'SELECT * FROM sales.orders JOIN hr.people ON 1=1',
      'SELECT * FROM sales.o JOIN sales.p ON 1=1, hr.people',
      'SELECT (SELECT MAX(pay) FROM hr.people)',
      'SELECT * FROM (hr.people CROSS JOIN sales.orders)',
      'SELECT * FROM sales.o WHERE EXISTS (SELECT 1 FROM hr.people)',
      'SELECT 1 AS SYSTEM_TIME FROM hr.people',
      'SELECT 1 x FROM sales.o UNION SELECT 1 FROM hr.people',
      'WITH a AS (SELECT * FROM b), b AS (SELECT 1 x) SELECT * FROM a',
      'WITH people AS (SELECT * FROM hr.people) SELECT * FROM people',
      'SELECT * FROM sales.o CROSS APPLY hr.pay(o.id)',
      'SELECT hr.pay(1)',
      'SELECT * FROM sys.tables',
      'SELECT * FROM INFORMATION_SCHEMA.COLUMNS',
      "SELECT OBJECT_DEFINITION(OBJECT_ID('hr.v'))",
      "SELECT * FROM CONTAINSTABLE(hr.people, a, 'x')",
      'SELECT * FROM {oj hr.people LEFT OUTER JOIN sales.o ON 1=1}',
      'SELECT * FROM .people',
      'SELECT * FROM sales.o FOR SYSTEM_TIME ALL, hr.people',
      'SELECT * FROM (SELECT * FROM (SELECT * FROM hr.people) a) b',
      'SELECT * FROM sales.o AS o INNER HASH JOIN hr.people p ON 1=1',
      'SELECT * FROM sales.o OUTER APPLY (SELECT * FROM hr.people) p',
      'SELECT * FROM hr.staff(1)',
      'SELECT hr.stipend(1)',
      'SELECT * FROM hr.query(1)',
      'SELECT * FROM sales.a, sales.e FOR PATH AS e, hr.people FOR PATH AS p WHERE MATCH(SHORTEST_PATH(a(-(e)->p)+))',
      // In a case-sensitive database dbo.people is another table than PEOPLE.
      'WITH PEOPLE AS (SELECT 1 a) SELECT * FROM people',
    ])('refuses: %j', sql => {
      expect(ruleOf(sql, rules)).toBe('outside-limits');
    });
    it.each([
      'WITH people AS (SELECT 1 a) SELECT * FROM people; SELECT * FROM people',
      'WITH people AS (SELECT 1 a) SELECT * FROM people SELECT * FROM people',
      'WITH people AS (SELECT 1 a) SELECT * FROM people DECLARE @a int = (SELECT MAX(pay) FROM people)',
    ])('forgets the definitions of WITH when another statement begins: %j', sql => {
      expect(ruleOf(sql, { ...rules, allowMultipleStatements: true })).toBe('outside-limits');
    });
  });

  // bench/policy.ts measures the time. A quadratic check would exceed the runner's time limit.
  it.each(MEGABYTES)('checks a megabyte of %s', (_name, text) => {
    expect(checkRead(`${text}; DELETE FROM t`, RULES)).toBeDefined();
  });
});
