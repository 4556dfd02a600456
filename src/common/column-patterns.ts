/** A column as the patterns of `protected_columns` name it. */
export interface ColumnPlace {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

type Matcher = (name: string) => boolean;

/** Each part tests a name alone; a part that the pattern lacks is undefined. */
export interface ColumnPattern {
  readonly column: Matcher;
  readonly table: Matcher | undefined;
  readonly schema: Matcher | undefined;
}

/**
 * Reads the tenant setting `protected_columns`. A pattern is a column (`iban`), a column of a table (`Persons.name`) or
 * one with its schema (`hr.Persons.*`); `*` stands for any characters, and case is ignored.
 */
export function columnPatterns(patterns: readonly string[]): readonly ColumnPattern[] {
  return patterns.map(pattern => {
    const [column = '', table, schema] = pattern.split('.').reverse();
    return { column: matcherOf(column), table: optionalMatcher(table), schema: optionalMatcher(schema) };
  });
}

/** Returns the test whether a column whose place is known is protected. */
export function protectedColumns(texts: readonly string[]): (place: ColumnPlace) => boolean {
  const patterns = columnPatterns(texts);
  return place =>
    patterns.some(
      ({ column, table, schema }) =>
        column(place.column) && table?.(place.table) !== false && schema?.(place.schema) !== false,
    );
}

function optionalMatcher(pattern: string | undefined): Matcher | undefined {
  return pattern === undefined ? undefined : matcherOf(pattern);
}

/** Finds the parts between the stars one after the other, in linear time: a regular expression would try all their places. */
function matcherOf(pattern: string): Matcher {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const last = rest.pop();
  return name => {
    const text = name.toLowerCase();
    if (last === undefined) return text === first;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  };
}
