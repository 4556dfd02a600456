import type { NestingKind } from './lexer/nesting.js';
import type { TokenReader } from './lexer/token-reader.js';
import { STRING, VARIABLE } from './lexer/tsql-lexer.js';
import { isStatementKeyword, type Word, wordNumber, wordOf } from './lexer/tsql-words.js';

/** Words that matter in their place but are not reserved: tables and columns may have these names without quotes. */
const UNRESERVED = numbersOf([
  'APPLY',
  'CONVERSATION',
  'DATA',
  'DISTRIBUTED',
  'FIRST',
  'GET',
  'GO',
  'HINT',
  'MOVE',
  'NEXT',
  'RECEIVE',
  'ROW',
  'ROWS',
  'SYSTEM_TIME',
  'TABLOCKX',
  'THROW',
  'UPDLOCK',
  'USING',
  'VALUE',
  'WINDOW',
  'XLOCK',
  'XMLNAMESPACES',
]);

function numbersOf(words: readonly Word[]): ReadonlySet<number> {
  return new Set(words.map(wordNumber));
}

export function isUnreserved(number: number): boolean {
  return UNRESERVED.has(number);
}

/** True for BEGIN, END, GET, MOVE, SEND ON and BEGIN DIALOG CONVERSATION. Otherwise the word is a name. */
export function isConversationStatement(reader: TokenReader, i: number): boolean {
  if (reader.isWord(i - 1, 'ON')) return reader.shown(i - 2).toLowerCase() === 'send';
  // In CASE … END conversation, … the word is an alias.
  if (reader.isWord(i - 1, 'END')) return reader.kind(i + 1) === VARIABLE || reader.kind(i + 1) === STRING;
  return reader.isWord(i - 1, 'BEGIN', 'GET', 'MOVE') || reader.shown(i - 1).toLowerCase() === 'dialog';
}

const ODBC_ESCAPES = new Set(['fn', 'd', 't', 'ts', 'oj', 'guid', 'interval', 'limit', 'escape']);

/** True for `{fn NOW()}` and `{d '2024-01-01'}`; false for `{call p}`. */
export function isOdbcEscape(reader: TokenReader, brace: number): boolean {
  return ODBC_ESCAPES.has(reader.shown(brace + 1).toLowerCase());
}

/** Whether the word is a rowset function that reads an external source. */
export function isRemoteRowset(word: Word | undefined): boolean {
  return word === 'OPENROWSET' || word === 'OPENQUERY' || word === 'OPENDATASOURCE';
}

/** The number of tokens of a statement keyword within a join hint, a query option, or OFFSET … FETCH; otherwise 0. */
export function legitimateUse(reader: TokenReader, i: number, kind: NestingKind): number {
  const number = reader.wordAt(i);
  if (!isStatementKeyword(number)) return 0;
  switch (wordOf(number)) {
    case 'MERGE': {
      // INNER MERGE JOIN; OPTION (MERGE JOIN), OPTION (MERGE UNION)
      const hint = reader.isWord(i + 1, 'JOIN') && reader.isWord(i - 1, 'INNER', 'LEFT', 'RIGHT', 'FULL', 'OUTER');
      return hint || (kind === 'options' && reader.isWord(i + 1, 'JOIN', 'UNION')) ? 1 : 0;
    }
    case 'USE':
      return kind === 'options' && reader.isWord(i + 1, 'HINT', 'PLAN') ? 1 : 0;
    case 'FETCH': {
      // ORDER BY x OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY; never from a cursor.
      const page = reader.isWord(i - 1, 'ROW', 'ROWS') && reader.isWord(i + 1, 'NEXT', 'FIRST');
      return page && !reader.isWord(i + 2, 'FROM') ? 2 : 0;
    }
    default:
      return 0;
  }
}
