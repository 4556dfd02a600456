import { ProtectedColumns } from './protected-columns.js';

const columns = (...names: string[]) => names.map(name => ({ name, type: 'int' }));
const of = (patterns: readonly string[], statement: string) => new ProtectedColumns(patterns, statement);
const refused = expect.objectContaining({ code: 'PERMISSION_DENIED' });

describe('protected columns', () => {
  it.each<[string, readonly string[], string]>([
    ['a name', ['iban'], 'SELECT iban FROM t'],
    ['a name in another case', ['iban'], 'SELECT IBAN FROM t'],
    ['a name in brackets', ['iban'], 'SELECT [iban] AS x FROM t'],
    ['a name in quotes', ['iban'], 'SELECT "iban" AS x FROM t'],
    ['a name with its table', ['iban'], 'SELECT t.iban FROM t'],
    ['a name in WHERE', ['iban'], `SELECT 1 AS x FROM t WHERE iban LIKE 'DE%'`],
    ['a name with a bracket in it', ['a]b'], 'SELECT [a]]b] AS x FROM t'],
    ['a pattern', ['*salary*'], 'SELECT base_salary_eur FROM t'],
    ['a column of a named table', ['Persons.name'], 'SELECT p.name FROM hr.Persons AS p'],
    ['every column of a table', ['hr.Persons.*'], 'SELECT 1 AS x FROM hr.Persons'],
  ])('refuse a statement with %s', (_what, patterns, statement) => {
    expect(() => of(patterns, statement)).toThrow(refused);
  });

  it.each<[string, readonly string[], string]>([
    ['other names', ['iban'], 'SELECT ibanx, xiban FROM t'],
    ['a text or a comment', ['iban'], `SELECT 'iban' AS x /* iban */ FROM t -- iban`],
    ['the column of another table', ['Persons.name'], 'SELECT name FROM dbo.Products'],
    ['dots and signs as they are', ['a.c', 'x+'], 'SELECT abc, xx FROM t'],
  ])('admit %s', (_what, patterns, statement) => {
    expect(() => of(patterns, statement)).not.toThrow();
  });

  it('leave out what * brings', () => {
    const some = of(['iban', 'Persons.na*'], 'SELECT * FROM hr.Persons');
    expect(some.allowed(columns('id', 'IBAN', 'name', 'city'))).toEqual([0, 3]);
    expect(some.allowed(columns('id', 'city'))).toBeUndefined();
    expect(() => some.allowed(columns('iban'))).toThrow(refused);
  });

  it('need no more time for a pattern of many stars', () => {
    const judged = of([`${'*a'.repeat(60)}*c`], `SELECT ${'a'.repeat(120)}b FROM t`);
    expect(judged.allowed(columns('b'))).toBeUndefined();
  });

  it.each([
    ['a*', 'a', true],
    ['a*a', 'a', false],
    ['a*a', 'aba', true],
    ['*b*', 'abc', true],
    ['*b*b*', 'abc', false],
    ['**b', 'ab', true],
  ])('read %s so that %s is one of them: %s', (pattern, name, isOne) => {
    expect(of([pattern], '-- nothing').allowed(columns(name, '~')) !== undefined).toBe(isOne);
  });
});
