import { QUOTED, tokenize, WORD } from './lexer/tsql-lexer.js';

/**
 * The names and words of a statement, without brackets or quotes and in lower case: every column that it names is among
 * them. Columns that `*` stands for are not.
 */
export function namedIdentifiers(statement: string): ReadonlySet<string> {
  const { count, kinds, starts, ends } = tokenize(statement);
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    if (kinds[i] === WORD) names.add(statement.slice(starts[i], ends[i]).toLowerCase());
    if (kinds[i] === QUOTED) names.add(unquoted(statement.slice(starts[i], ends[i])).toLowerCase());
  }
  return names;
}

function unquoted(text: string): string {
  const close = text.startsWith('[') ? ']' : '"';
  return text.slice(1, -1).replaceAll(close + close, close);
}
