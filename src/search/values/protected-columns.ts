/** A column as the patterns of `protected_columns` name it. */
export interface ColumnPlace {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/**
 * Tests whether a column matches one of the patterns of the tenant setting `protected_columns`. A pattern is a column
 * (`iban`), a column of a table (`Persons.name`) or one with its schema (`hr.Persons.*`); `*` stands for any characters,
 * and case is ignored. Statistics and lookups then give away no value of it.
 */
export function protectedColumns(patterns: readonly string[]): (place: ColumnPlace) => boolean {
  const tests = patterns.map(pattern => ({ test: regExpOf(pattern), parts: pattern.split('.').length }));
  return ({ schema, table, column }) =>
    tests.some(({ test, parts }) => {
      if (parts === 1) return test.test(column);
      return test.test(parts === 2 ? `${table}.${column}` : `${schema}.${table}.${column}`);
    });
}

/** A run of `*` is one: several would make a pattern that takes exponential time. */
function regExpOf(pattern: string): RegExp {
  const parts = pattern.split(/\*+/).map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'isu');
}
