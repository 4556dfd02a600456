import { foldToAscii } from './characters.js';

/**
 * Reserved words of T-SQL that begin another statement, change data, or reach outside of the database. No SELECT has
 * them.
 */
const STATEMENT_KEYWORDS = [
  'ADD',
  'ALTER',
  'BACKUP',
  'BEGIN',
  'BREAK',
  'BULK',
  'CHECKPOINT',
  'CLOSE',
  'COMMIT',
  'CONTINUE',
  'CREATE',
  'CURSOR',
  'DBCC',
  'DEALLOCATE',
  'DECLARE',
  'DELETE',
  'DENY',
  'DROP',
  'DUMP',
  'EXEC',
  'EXECUTE',
  'EXIT',
  'FETCH',
  'GOTO',
  'GRANT',
  'IF',
  'INSERT',
  'INTO',
  'KILL',
  'LINENO',
  'LOAD',
  'MERGE',
  'NOCHECK',
  'OPEN',
  'OPENDATASOURCE',
  'OPENQUERY',
  'OPENROWSET',
  'PRINT',
  'PROC',
  'PROCEDURE',
  'RAISERROR',
  'READTEXT',
  'RECONFIGURE',
  'RESTORE',
  'RETURN',
  'REVERT',
  'REVOKE',
  'ROLLBACK',
  'SAVE',
  'SET',
  'SETUSER',
  'SHUTDOWN',
  'TRAN',
  'TRANSACTION',
  'TRIGGER',
  'TRUNCATE',
  'UPDATE',
  'UPDATETEXT',
  'USE',
  'WAITFOR',
  'WHILE',
  'WRITETEXT',
] as const;

/** Other words whose place in a statement matters here. */
const STRUCTURE = [
  'ALL',
  'APPLY',
  'AS',
  'CASE',
  'CONVERSATION',
  'DATA',
  'DISTINCT',
  'DISTRIBUTED',
  'ELSE',
  'END',
  'EXCEPT',
  'EXISTS',
  'FIRST',
  'FOR',
  'FROM',
  'FULL',
  'GET',
  'GO',
  'GROUP',
  'HAVING',
  'HINT',
  'IDENTITY_INSERT',
  'INNER',
  'INTERSECT',
  'IS',
  'JOIN',
  'LEFT',
  'MOVE',
  'NEXT',
  'NOT',
  'ON',
  'OPTION',
  'ORDER',
  'OUTER',
  'PERCENT',
  'PLAN',
  'RECEIVE',
  'RIGHT',
  'ROW',
  'ROWS',
  'SELECT',
  'STATISTICS',
  'SYSTEM_TIME',
  'TABLE',
  'TABLOCKX',
  'THROW',
  'TOP',
  'UNION',
  'UPDLOCK',
  'USING',
  'VALUE',
  'VALUES',
  'VIEW',
  'WHERE',
  'WINDOW',
  'WITH',
  'XLOCK',
  'XMLNAMESPACES',
] as const;

export type StatementKeyword = (typeof STATEMENT_KEYWORDS)[number];
export type Word = StatementKeyword | (typeof STRUCTURE)[number];

const WORDS: readonly Word[] = [...STATEMENT_KEYWORDS, ...STRUCTURE];
const NUMBER_OF: ReadonlyMap<string, number> = new Map(WORDS.map((word, i) => [word, i + 1]));
const LONGEST = Math.max(...WORDS.map(word => word.length));

/** The words by length and first letter, so that one look-up rules out most names. */
const BUCKETS: (readonly number[] | undefined)[] = [];
for (const [word, number] of NUMBER_OF) {
  const bucket = word.length * 32 + (word.charCodeAt(0) & 31);
  BUCKETS[bucket] = [...(BUCKETS[bucket] ?? []), number];
}

/** The number of a word; 0 means that it is not listed. */
export function wordNumber(word: Word): number {
  return NUMBER_OF.get(word) ?? 0;
}

export function wordOf(number: number): Word | undefined {
  return WORDS[number - 1];
}

export function isStatementKeyword(number: number): boolean {
  return number > 0 && number <= STATEMENT_KEYWORDS.length;
}

/** The number of the word between two offsets of a text; for ASCII words, case-insensitive. */
export function lookUp(text: string, start: number, end: number): number {
  const length = end - start;
  if (length > LONGEST) return 0;
  const candidates = BUCKETS[length * 32 + (text.charCodeAt(start) & 31)];
  if (candidates === undefined) return 0;
  for (const number of candidates) if (same(text, start, WORDS[number - 1] ?? '')) return number;
  return 0;
}

function same(text: string, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const code = text.charCodeAt(start + i);
    const upper = code >= 97 && code <= 122 ? code - 32 : code;
    if (upper !== word.charCodeAt(i)) return false;
  }
  return true;
}

/** The number of the word that a word with non-ASCII letters resembles. */
export function lookUpFolded(word: string): number {
  return word.length > LONGEST ? 0 : (NUMBER_OF.get(foldToAscii(word)) ?? 0);
}
