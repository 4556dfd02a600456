import { readDottedName, TokenReader } from './token-reader.js';
import { QUOTED, tokenize, WORD } from './tsql-lexer.js';

/** A table as a statement names it; without a schema it may be in any. */
export interface NamedTable {
  /** As the statement writes it; undefined for the database that it runs in. */
  readonly database: string | undefined;
  readonly schema: string | undefined;
  readonly name: string;
}

interface Level {
  inFrom: boolean;
  expectsTable: boolean;
}

const ENDS_FROM: ReadonlySet<string> = new Set(
  'where group having order union except intersect select option for window'.split(' '),
);
const MAX_TABLES = 200;

/**
 * The tables that a statement names in FROM, JOIN and APPLY, without those that it defines itself (WITH). It reads words
 * and doesn't parse: whether a person may use a statement is decided by the policy.
 */
export function namedTables(sql: string): readonly NamedTable[] {
  const reader = new TokenReader(sql, tokenize(sql));
  const defined = definedNames(reader);
  const found = new Map<string, NamedTable>();
  const levels: Level[] = [{ inFrom: false, expectsTable: false }];
  for (let i = 0; i < reader.tokens.count && found.size < MAX_TABLES; i++) {
    const level = levels[levels.length - 1];
    if (level === undefined) break;
    const kind = reader.kind(i);
    if (reader.isSign(i, '(')) {
      // `FROM (a JOIN b …)`, if it is not a subquery.
      levels.push({ ...level, inFrom: level.expectsTable });
      level.expectsTable = false;
    } else if (reader.isSign(i, ')')) {
      if (levels.length > 1) levels.pop();
    } else if (reader.isSign(i, ',')) {
      level.expectsTable = level.inFrom;
    } else if (kind === WORD && startsClause(reader.shown(i).toLowerCase(), level)) {
      continue;
    } else if ((kind === WORD || kind === QUOTED) && level.expectsTable) {
      const { parts, next, call } = readDottedName(reader, i);
      const [name = '', schema, database] = [...parts].reverse();
      const isOwn = parts.length === 1 && defined.has(name.toLowerCase());
      if (!call && !isOwn)
        found.set(JSON.stringify([database, schema, name]).toLowerCase(), {
          database: given(database),
          schema: given(schema),
          name,
        });
      level.expectsTable = false;
      i = next - 1;
    }
  }
  return [...found.values()];
}

/** A part may be left out between two dots: `Shop..Orders`. */
function given(part: string | undefined): string | undefined {
  return part === '' ? undefined : part;
}

function startsClause(word: string, level: Level): boolean {
  if (word === 'select' || word === 'values') {
    level.inFrom = false;
    level.expectsTable = false;
    return true;
  }
  if (word === 'from') level.inFrom = true;
  else if (ENDS_FROM.has(word)) level.inFrom = false;
  else if (word !== 'join' && word !== 'apply') return false;
  level.expectsTable = !ENDS_FROM.has(word);
  return true;
}

/** `WITH name AS (` and `, name (a, b) AS (`. */
function definedNames(reader: TokenReader): ReadonlySet<string> {
  const names = new Set<string>();
  for (let i = 1; i < reader.tokens.count; i++) {
    if (reader.shown(i).toLowerCase() !== 'as' || !reader.isSign(i + 1, '(')) continue;
    let before = i - 1;
    if (reader.isSign(before, ')')) while (before > 0 && !reader.isSign(before, '(')) before--;
    const name = reader.isSign(before, '(') ? before - 1 : before;
    if (reader.isName(name)) names.add(reader.nameAt(name).toLowerCase());
  }
  return names;
}
