import { protectedColumns } from './column-patterns.js';

const name = { schema: 'hr', table: 'Persons', column: 'name' };

describe('patterns of columns', () => {
  it.each<[string, boolean]>([
    ['name', true],
    ['NAME', true],
    ['n*e', true],
    ['nam', false],
    ['Persons.name', true],
    ['Pers*.*', true],
    ['Products.name', false],
    ['hr.Persons.name', true],
    ['HR.persons.*', true],
    ['sales.Persons.name', false],
    ['Sales.hr.Persons.name', true],
    ['hr.name', false],
    ['', false],
  ])('%j stands for the column hr.Persons.name: %s', (pattern, stands) => {
    expect(protectedColumns([pattern])(name)).toBe(stands);
  });

  it('hold when one of several does', () => {
    expect(protectedColumns(['iban', 'Persons.na*'])(name)).toBe(true);
    expect(protectedColumns([])(name)).toBe(false);
  });

  it('know a column with a dot in its name by the parts of its place', () => {
    expect(protectedColumns(['Persons.*'])({ ...name, column: 'e.mail' })).toBe(true);
    expect(protectedColumns(['*mail'])({ ...name, column: 'e.mail' })).toBe(true);
  });

  it('need no more time for a pattern of many stars', () => {
    const isProtected = protectedColumns([`${'*a'.repeat(60)}*c`]);
    expect(isProtected({ ...name, column: `${'a'.repeat(120)}b` })).toBe(false);
  });
});
