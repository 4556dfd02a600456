import type { TokenReader } from '../lexer/token-reader.js';
import { QUOTED, VARIABLE, WORD } from '../lexer/tsql-lexer.js';
import type { Word } from '../lexer/tsql-words.js';
import { lower } from './module-header.js';

/** `@t` or `#t`: a table that ends with the module. `##t` is everybody's. */
export function isOwnTable(reader: TokenReader, i: number): boolean {
  if (reader.isSign(i + 1, '.') || reader.isSign(i - 1, '.')) return false;
  if (reader.kind(i) === VARIABLE) return !reader.shown(i).startsWith('@@');
  return (reader.kind(i) === WORD || reader.kind(i) === QUOTED) && /^#[^#]/.test(reader.nameAt(i));
}

const BEFORE_TABLE: readonly Word[] = [
  'APPLY',
  'DELETE',
  'EXISTS',
  'FROM',
  'INSERT',
  'INTO',
  'JOIN',
  'MERGE',
  'ON',
  'PERCENT',
  'TABLE',
  'UPDATE',
  'USING',
];

/** Whether token `i` begins with # and may be an alias or a common table expression instead of a temporary table. */
export function isTemporaryAlias(reader: TokenReader, i: number): boolean {
  if (reader.kind(i) !== WORD && reader.kind(i) !== QUOTED) return false;
  if (!reader.nameAt(i).startsWith('#')) return false;
  // `#t.id` is a column.
  if (reader.isSign(i + 1, '.')) return false;
  if (reader.isWord(i - 1, ...BEFORE_TABLE) || reader.isSign(i - 1, '(')) return false;
  // TOP (5) #t
  if (reader.isSign(i - 1, ')')) return !reader.isWord(opening(reader, i - 1) - 1, 'TOP');
  // FROM a, #t; but WITH a AS (…), #t AS (…)
  if (!reader.isSign(i - 1, ',')) return true;
  return reader.isSign(i + 1, '(') || (reader.isWord(i + 1, 'AS') && reader.isSign(i + 2, '('));
}

/** The parenthesis that the one at `i` closes; 0 where there is none. */
function opening(reader: TokenReader, i: number): number {
  let depth = 0;
  for (let at = i; at > 0; at--) {
    if (reader.isSign(at, ')')) depth++;
    else if (reader.isSign(at, '(') && --depth === 0) return at;
  }
  return 0;
}

/** CREATE TABLE #t, CREATE [UNIQUE] [CLUSTERED] INDEX i ON #t. */
export function createsOwn(reader: TokenReader, i: number): boolean {
  if (reader.isWord(i + 1, 'TABLE')) return reader.kind(i + 2) !== VARIABLE && isOwnTable(reader, i + 2);
  let at = i + 1;
  while (['unique', 'clustered', 'nonclustered'].includes(lower(reader, at))) at++;
  return lower(reader, at) === 'index' && reader.isWord(at + 2, 'ON') && isOwnTable(reader, at + 3);
}

/** DROP TABLE [IF EXISTS] #a, #b; TRUNCATE TABLE #t. */
export function removesOwn(reader: TokenReader, i: number): boolean {
  if (!reader.isWord(i + 1, 'TABLE')) return false;
  let at = i + 2;
  if (reader.isWord(at, 'IF') && reader.isWord(at + 1, 'EXISTS')) at += 2;
  for (; ; at += 2) {
    if (!isOwnTable(reader, at)) return false;
    if (!reader.isSign(at + 1, ',')) return true;
  }
}
