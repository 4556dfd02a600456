import { readDottedName, type TokenReader } from '../lexer/token-reader.js';
import { QUOTED, VARIABLE, WORD } from '../lexer/tsql-lexer.js';
import { isStatementKeyword, wordOf } from '../lexer/tsql-words.js';
import type { PolicyRule } from '../refusal.js';
import { assigns, type RefusedWord } from '../refused-words.js';
import { isConversationStatement } from '../word-rules.js';
import { behind, lower } from './module-header.js';
import { createsOwn, isOwnTable, removesOwn } from './own-tables.js';

const SESSION_OPTIONS: ReadonlySet<string> = new Set(
  (
    'nocount xact_abort ansi_nulls ansi_null_dflt_on ansi_padding ansi_warnings arithabort arithignore concat_null_yields_null ' +
    'numeric_roundabort quoted_identifier datefirst dateformat language lock_timeout rowcount'
  ).split(' '),
);
const ISOLATION = /^(?:read\s+(?:un)?committed|repeatable\s+read)$/i;

/**
 * The words that may begin a statement of a module that reads: a closed list. Everything else that T-SQL reserves for a
 * statement is refused, also what later versions of SQL Server reserve and tsql-words lists by then.
 */
export function refusedInModule(reader: TokenReader, i: number): RefusedWord | undefined {
  const number = reader.wordAt(i);
  const word = wordOf(number);
  switch (word) {
    case 'IF':
    case 'WHILE':
    case 'BREAK':
    case 'CONTINUE':
    case 'RETURN':
    case 'PRINT':
      return undefined;
    case 'BEGIN':
      return refusedBlock(reader, i);
    case 'RAISERROR':
      return refusedRaise(reader, i);
    case 'DECLARE':
      return reader.kind(i + 1) === VARIABLE ? undefined : refuse('module-statement', i);
    case 'SET':
      return refusedSetting(reader, i);
    case 'TRANSACTION':
      // SET TRANSACTION ISOLATION LEVEL, which was judged at SET.
      return reader.isWord(i - 1, 'SET') ? undefined : refuse('transaction-control', i);
    case 'COMMIT':
    case 'ROLLBACK':
    case 'SAVE':
    case 'TRAN':
      return refuse('transaction-control', i);
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'MERGE':
      return refusedChange(reader, i);
    case 'INTO':
      return isOwnTable(reader, i + 1) ? undefined : refuse('module-write', i, i + 1);
    case 'CREATE':
      return createsOwn(reader, i) ? undefined : refuse('module-write', i, i + 1);
    case 'DROP':
    case 'TRUNCATE':
      return removesOwn(reader, i) ? undefined : refuse('module-write', i, i + 1);
    case 'EXEC':
    case 'EXECUTE':
      return executedName(reader, i) === undefined ? refuse('unseen-code', i) : undefined;
    case 'OPENROWSET':
    case 'OPENQUERY':
    case 'OPENDATASOURCE':
      return refuse('outward-function', i);
    case 'NEXT':
      return reader.isWord(i + 1, 'VALUE') && reader.isWord(i + 2, 'FOR') ? refuse('next-value', i) : undefined;
    case 'XLOCK':
    case 'UPDLOCK':
    case 'TABLOCKX':
      return refuse('exclusive-lock', i);
    case 'RECEIVE':
      return refuse('server-statement', i);
    case 'ON':
      // SEND ON CONVERSATION: the write policy takes what follows ON for a name.
      return reader.isWord(i + 1, 'CONVERSATION') && isConversationStatement(reader, i + 1)
        ? refuse('server-statement', i + 1)
        : undefined;
    case 'CONVERSATION':
      return isConversationStatement(reader, i) ? refuse('server-statement', i) : undefined;
    case 'GO':
      return reader.aloneOnLine(i) ? refuse('batch-separator', i) : undefined;
    default:
      return isStatementKeyword(number) ? refuse('module-statement', i) : undefined;
  }
}

/** The procedure that EXEC at token `i` names; undefined for a text, a variable, EXECUTE AS and a numbered procedure. */
export function executedName(reader: TokenReader, i: number): readonly string[] | undefined {
  let at = i + 1;
  if (reader.kind(at) === VARIABLE && reader.isSign(at + 1, '=')) at += 2;
  const isName = reader.kind(at) === QUOTED || (reader.kind(at) === WORD && reader.wordAt(at) === 0);
  if (!isName) return undefined;
  const { parts, next } = readDottedName(reader, at);
  const isNumbered = reader.isSign(next, ';') && /^\d/.test(reader.shown(next + 1));
  return isNumbered || parts.length > 3 ? undefined : parts;
}

function refuse(rule: PolicyRule, token: number, last = token): RefusedWord {
  return { rule, token, last };
}

function refusedBlock(reader: TokenReader, i: number): RefusedWord | undefined {
  if (reader.isWord(i + 1, 'TRAN', 'TRANSACTION', 'DISTRIBUTED')) return refuse('transaction-control', i);
  return ['dialog', 'atomic'].includes(lower(reader, i + 1)) ? refuse('server-statement', i + 1) : undefined;
}

/** WITH LOG writes to the logs of the server. */
function refusedRaise(reader: TokenReader, i: number): RefusedWord | undefined {
  let at = reader.isSign(i + 1, '(') ? behind(reader, i + 1) : i + 1;
  if (!reader.isWord(at, 'WITH')) return undefined;
  do {
    if (lower(reader, ++at) === 'log') return refuse('server-statement', at);
  } while (reader.isSign(++at, ','));
  return undefined;
}

function refusedSetting(reader: TokenReader, i: number): RefusedWord | undefined {
  if (reader.isWord(i + 1, 'TRANSACTION')) {
    const level = reader.shown(i + 4, i + 5);
    const isLevel = lower(reader, i + 2) === 'isolation' && lower(reader, i + 3) === 'level' && ISOLATION.test(level);
    return isLevel ? undefined : refuse('session-setting', i + 1);
  }
  if (!reader.isWord(i + 1, 'IDENTITY_INSERT') && assigns(reader, i)) return undefined;
  for (let at = i + 1; ; at += 2) {
    if (!SESSION_OPTIONS.has(lower(reader, at))) return refuse('session-setting', at);
    if (!reader.isSign(at + 1, ',')) return undefined;
  }
}

/** INSERT, UPDATE, DELETE and MERGE of anything but a table of the module's own. */
function refusedChange(reader: TokenReader, i: number): RefusedWord | undefined {
  // WHEN MATCHED THEN UPDATE …: the table is the MERGE's.
  if (lower(reader, i - 1) === 'then') return undefined;
  let at = i + 1;
  if (reader.isWord(at, 'TOP')) at = reader.isSign(at + 1, '(') ? behind(reader, at + 1) : at + 2;
  if (reader.isWord(at, 'PERCENT')) at++;
  if (reader.isWord(at, reader.isWord(i, 'DELETE') ? 'FROM' : 'INTO')) at++;
  return isOwnTable(reader, at) ? undefined : refuse('module-write', i, at);
}
