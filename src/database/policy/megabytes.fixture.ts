const fill = (piece: string): string => piece.repeat(Math.ceil(1_000_000 / piece.length));

/** A million characters of each input that could make a lexer or checker backtrack. */
export const MEGABYTES: readonly (readonly [name: string, text: string])[] = [
  ['columns', `SELECT ${fill('a,')}a`],
  ['numbers', `SELECT * FROM t WHERE x IN (${fill('12345,')}1)`],
  ['doubled quotes', `SELECT '${fill("''")}'`],
  ['comments', `SELECT 1 ${fill('/* x */ ')}`],
  ['nested comments', `SELECT ${'/*'.repeat(500_000)}`],
  ['dotted names', `SELECT ${fill('dbo.t.column_name + ')}1`],
  ['one long name', `SELECT a${fill('.a')}`],
  ['half numbers', `SELECT ${fill('1e')}`],
  ['parentheses', fill('(')],
  ['CASE', `SELECT ${fill('CASE WHEN x THEN 1 END,')}1`],
  ['line comments', `SELECT ${fill('-- x\n')}1`],
  ['brackets', `SELECT ${fill('[a]]')}`],
  ['tables', `SELECT 1 FROM ${fill('t,')}t`],
  ['other letters', `SELECT ${fill('é,')}1`],
  ['small parentheses', `SELECT ${fill('((((((((((1)))))))))),')}1`],
  ['subqueries', `SELECT 1 WHERE ${fill('a IN (SELECT 1) AND ')}1 = 1`],
  ['everything', `SELECT ${fill("'a''b', [x]]y], /* /* */ */ (1+2), ")}1`],
];
