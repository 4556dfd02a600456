import { describe, expect, it } from '@jest/globals';
import { readCorpus } from '../../test/corpus/corpus-case.ts';
import { SqlError } from '../engine/sql-error.ts';
import { processorTime } from '../testing/processor-time.ts';
import { parseBatch, parseDataType, parseExpression, parsePredicate } from './parse.ts';

function errorOf(sql: string): SqlError {
  try {
    parseBatch(sql);
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
  throw new Error(`no error: ${sql}`);
}

const corpus = readCorpus().flatMap(file => file.cases.map(c => c.sql));

describe('statements', () => {
  it('carry their text and their line', () => {
    const batch = "-- first\nSELECT 1 ;\n\n  IF 1 = 1\n    PRINT N'x';\nSELECT 2";
    const statements = parseBatch(batch);
    expect(statements.map(s => [s.line, batch.slice(s.start, s.end)])).toEqual([
      [2, 'SELECT 1'],
      [4, "IF 1 = 1\n    PRINT N'x'"],
      [6, 'SELECT 2'],
    ]);
  });

  it('count lines inside of strings, quoted names and comments', () => {
    expect(errorOf("SELECT 'a\nb', [c\nd] /* e\nf */ FROM").line).toBe(4);
  });

  it('tell a table hint from the argument of a function', () => {
    const [hinted, called] = parseBatch('SELECT * FROM t (NOLOCK); SELECT * FROM t (nothing)');
    expect(hinted).toMatchObject({ query: { body: { from: [{ kind: 'table', hints: [{ name: 'NOLOCK' }] }] } } });
    expect(called).toMatchObject({ query: { body: { from: [{ kind: 'table function' }] } } });
  });

  it('tell a list of grouping columns from an expression in parentheses', () => {
    const [statement] = parseBatch('SELECT 1 FROM t GROUP BY ROLLUP ((a, b), (c + 1) * 2, d)');
    const { items } = (statement as unknown as { query: { body: { groupBy: [{ items: unknown[][] }] } } }).query.body
      .groupBy[0];
    expect(items.map(i => i.length)).toEqual([2, 1, 1]);
  });

  it('store a module as CREATE, however it was written', () => {
    const text = 'VIEW v AS\nSELECT 1 AS a';
    for (const verb of ['CREATE', 'ALTER', 'CREATE OR ALTER']) {
      expect(parseBatch(`${verb} ${text}`)).toMatchObject([{ definition: `CREATE ${text}` }]);
    }
  });
});

describe('expressions', () => {
  it('bind as T-SQL says: unary, then * / %, then + - & | ^ from the left', () => {
    expect(parseExpression('-a * b + c & d')).toMatchObject({
      operator: '&',
      left: { operator: '+', left: { operator: '*', left: { operator: '-' } } },
    });
  });

  it('make one node of a long AND or OR', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => `a = ${i}`).join(' OR ');
    expect(parsePredicate(chain)).toMatchObject({ kind: 'or', operands: { length: 20_000 } });
  });

  it('read parentheses around values, conditions and queries in one pass', () => {
    expect(parsePredicate('((a + (SELECT 1)) * 2 > 3)')).toMatchObject({ kind: 'comparison' });
    expect(parsePredicate('((SELECT 1)) = 1 AND ((a) = 1)')).toMatchObject({ kind: 'and' });
    expect(parsePredicate('a IN ((SELECT 1) UNION (SELECT 2))')).toMatchObject({ kind: 'in query' });
    expect(parsePredicate('a IN ((SELECT 1), 2)')).toMatchObject({ kind: 'in list' });
  });

  it.each([
    ['1', 'int', 1],
    ['2147483648', 'numeric', 2147483648n],
    ['00.50', 'numeric', 50n],
    ['1e2', 'float', 100],
    ['$1.23456', 'money', 12346n],
    ["N'x'", 'nvarchar', 'x'],
  ])('%s is %s', (text, name, value) => {
    expect(parseExpression(text)).toMatchObject({ kind: 'literal', type: { name }, value });
  });

  it('knows the ISO names of types', () => {
    expect(parseDataType('national character varying (10)')).toMatchObject({ name: 'nvarchar', args: [10] });
    expect(parseDataType('double precision').name).toBe('float');
    expect(parseDataType('varchar(max)').args).toEqual([-1]);
  });
});

describe('double quotes', () => {
  it('are names, or strings when QUOTED_IDENTIFIER is off', () => {
    const expression = (quotedIdentifiers: boolean): unknown =>
      (parseBatch('SELECT "it""s"', quotedIdentifiers)[0] as unknown as { query: { body: { items: unknown[] } } }).query
        .body.items[0];
    expect(expression(true)).toMatchObject({ expression: { kind: 'column', parts: ['it"s'] } });
    expect(expression(false)).toMatchObject({ expression: { kind: 'literal', value: 'it"s' } });
  });
});

describe('limits', () => {
  it.each([
    ['parentheses', `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['subqueries', `SELECT ${'(SELECT '.repeat(5000)}1${')'.repeat(5000)}`],
    ['NOT', `SELECT 1 WHERE ${'NOT '.repeat(50_000)}1 = 1`],
    ['signs', `SELECT ${'- '.repeat(50_000)}1`],
    ['CASE', `SELECT ${'CASE WHEN 1 = 1 THEN '.repeat(5000)}1`],
    ['blocks', 'BEGIN '.repeat(5000)],
    ['IF', `${'IF 1 = 1 '.repeat(5000)}SELECT 1`],
    ['sums', `SELECT ${'1 + '.repeat(50_000)}1`],
    ['UNION', Array(5000).fill('SELECT 1').join(' UNION ALL ')],
    ['joins', `SELECT 1 FROM t ${'CROSS JOIN t '.repeat(5000)}`],
    ['derived tables', `SELECT 1 FROM ${'('.repeat(5000)}`],
  ])('refuses too many nested %s with 191', (_, sql) => {
    expect(errorOf(sql).number).toBe(191);
  });

  it('needs time in proportion to the length of the text', () => {
    const batch = (n: number): string =>
      Array.from(
        { length: n },
        (_, i) => `INSERT INTO dbo.t (a, b, [c d]) VALUES (${i}, N'it''s', (1 + 2) * -3.5);`,
      ).join('\n');
    const [short, long] = [batch(500), batch(8000)];
    // The runs alternate after a first one, because the compiler optimises the parser meanwhile.
    parseBatch(long);
    const times = [0, 1, 2].map(() => [short, long].map(text => processorTime(() => parseBatch(text))));
    const [shortTime, longTime] = [0, 1].map(i => Math.min(...times.map(both => both[i]!)));
    // 16 times the text: quadratic time would be 256 times as long.
    expect(longTime! / shortTime!).toBeLessThan(80);
  });
});

describe('wrong text', () => {
  /** The statement's words and signs, each with the white space behind it. */
  const pieces = (sql: string): string[] => sql.match(/(?:\s+|N?'(?:[^']|'')*'|\[[^\]]*\]|@?@?[\w$#]+|.)\s*/gu) ?? [];
  /**
   * Every third piece of a statement, with a different first one in successive statements. The corpus has so many
   * statements of each kind that every kind of piece still occurs in every place.
   */
  const everyThird = (parts: readonly string[], statement: number): number[] =>
    parts.flatMap((_, n) => ((n + statement) % 3 === 0 ? [n] : []));

  it('always ends in an SqlError, wherever a statement is cut off', () => {
    let refused = 0;
    for (const [statement, sql] of corpus.entries()) {
      const parts = pieces(sql);
      for (const n of everyThird(parts, statement)) {
        try {
          parseBatch(parts.slice(0, n).join(''));
        } catch (error) {
          if (!(error instanceof SqlError)) throw new Error(`${String(error)} in ${sql}`, { cause: error });
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(corpus.length * 5);
  });

  it('always ends in an SqlError, whichever piece is missing or doubled', () => {
    let refused = 0;
    for (const [statement, sql] of corpus.entries()) {
      const parts = pieces(sql);
      for (const n of everyThird(parts, statement)) {
        for (const text of [parts.toSpliced(n, 1), parts.toSpliced(n, 0, parts[n]!)]) {
          try {
            parseBatch(text.join(''));
          } catch (error) {
            if (!(error instanceof SqlError)) throw new Error(`${String(error)} in ${sql}`, { cause: error });
            refused++;
          }
        }
      }
    }
    expect(refused).toBeGreaterThan(corpus.length * 5);
  });
});
