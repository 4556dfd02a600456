import { readDottedName, TokenReader } from '../../database/policy/lexer/token-reader.js';
import { tokenize } from '../../database/policy/lexer/tsql-lexer.js';

/** Columns of two tables that a query compared, in the same order. A table is `schema.name`, or a name alone. */
export interface UsedJoin {
  readonly tables: readonly [string, string];
  readonly columns: readonly (readonly [string, string])[];
}

/** A longer query is rarely written by hand, and costs more time. */
const MAX_LENGTH = 30_000;
const MAX_TOKENS = 8_000;
const AFTER_TABLE: ReadonlySet<string> = new Set([
  ...[
    'on',
    'join',
    'inner',
    'left',
    'right',
    'full',
    'cross',
    'outer',
    'where',
    'group',
    'order',
    'having',
    'with',
    'for',
  ],
]);

/**
 * Reads which columns of which tables a query compares for equality. A name that stands for two tables, in two parts of
 * a query, is left out, and so is what the lexer can't read. Values of the query are not looked at.
 */
export function usedJoins(query: string): readonly UsedJoin[] {
  if (query.length > MAX_LENGTH) return [];
  const tokens = tokenize(query);
  if (tokens.fault !== undefined || tokens.count > MAX_TOKENS) return [];
  const reader = new TokenReader(query, tokens);
  const tables = tablesByAlias(reader, tokens.count);
  const pairs = new Map<string, { tables: [string, string]; columns: (readonly [string, string])[] }>();
  for (let i = 0; i < tokens.count; i++) {
    if (!reader.isSign(i, '=')) continue;
    const left = columnBefore(reader, i);
    const right = reader.isName(i + 1) ? readDottedName(reader, i + 1) : undefined;
    if (left === undefined || right === undefined || right.call || right.variable || right.parts.length < 2) continue;
    add(pairs, tables, columnOf(left), columnOf(right.parts));
  }
  return [...pairs.values()];
}

interface QualifiedColumn {
  readonly qualifier: string;
  readonly column: string;
}

function columnOf(parts: readonly string[]): QualifiedColumn {
  return { qualifier: parts.slice(0, -1).join('.').toLowerCase(), column: parts.at(-1) ?? '' };
}

function add(
  pairs: Map<string, { tables: [string, string]; columns: (readonly [string, string])[] }>,
  tables: ReadonlyMap<string, string | undefined>,
  left: QualifiedColumn,
  right: QualifiedColumn,
): void {
  const [first, second] = left.qualifier < right.qualifier ? [left, right] : [right, left];
  const from = tables.get(first.qualifier);
  const to = tables.get(second.qualifier);
  if (from === undefined || to === undefined || first.qualifier === second.qualifier) return;
  const key = `${first.qualifier}\n${second.qualifier}`;
  const pair = pairs.get(key) ?? { tables: [from, to], columns: [] };
  if (!pair.columns.some(([a, b]) => a === first.column && b === second.column))
    pair.columns.push([first.column, second.column]);
  pairs.set(key, pair);
}

/** The dotted name that ends right before a token, if it has a qualifier. */
function columnBefore(reader: TokenReader, end: number): readonly string[] | undefined {
  let start = end - 1;
  if (!reader.isName(start)) return undefined;
  while (reader.isSign(start - 1, '.') && reader.isName(start - 2)) start -= 2;
  const { parts, next, variable } = readDottedName(reader, start);
  return next === end && !variable && parts.length > 1 ? parts : undefined;
}

/** The tables by the names that the query uses for them; undefined for a name with two meanings. */
function tablesByAlias(reader: TokenReader, count: number): ReadonlyMap<string, string | undefined> {
  const tables = new Map<string, string | undefined>();
  const put = (alias: string, table: string): void => {
    const name = alias.toLowerCase();
    tables.set(name, tables.has(name) && tables.get(name) !== table ? undefined : table);
  };
  let inFrom = false;
  for (let i = 0; i < count; i++) {
    const word = reader.shown(i).toLowerCase();
    if (word === 'from' || word === 'join') inFrom = true;
    else if (inFrom && (word === 'where' || word === 'select' || word === 'group' || word === 'order')) inFrom = false;
    const begins = word === 'from' || word === 'join' || (inFrom && word === ',');
    if (!begins || !reader.isName(i + 1)) continue;
    const name = readDottedName(reader, i + 1);
    if (name.call || name.variable || name.parts.length > 2) continue;
    const table = name.parts.join('.').toLowerCase();
    const at = reader.shown(name.next).toLowerCase() === 'as' ? name.next + 1 : name.next;
    const alias = reader.isName(at) && !AFTER_TABLE.has(reader.shown(at).toLowerCase()) ? reader.nameAt(at) : undefined;
    if (alias === undefined) {
      put(table, table);
      put(name.parts.at(-1) ?? '', table);
    } else put(alias, table);
  }
  return tables;
}
