import type { PolicyRule } from './refusal.js';
import type { TokenReader } from './lexer/token-reader.js';
import { VARIABLE } from './lexer/tsql-lexer.js';
import { type Word, wordOf } from './lexer/tsql-words.js';
import { isConversationStatement } from './word-rules.js';

/** Objects of CREATE, ALTER and DROP that are not data, or that could contain code that this check does not see. */
const SERVER_THINGS = new Set(
  [
    'aggregate any application assembly asymmetric authorization availability broker certificate column',
    'credential cryptographic database default endpoint event external fulltext function login master message',
    'partition proc procedure queue remote resource role route rule search security sensitivity server service',
    'signature symmetric trigger user workload xml',
  ].flatMap(line => line.split(' ')),
);

export interface RefusedWord {
  readonly rule: PolicyRule;
  /** The token that the message points at. */
  readonly token: number;
  /** The last token that the message shows; absent: the same. */
  readonly last?: number;
}

/** The rule that refuses the word at token `i` in a statement that may write, if there is one. */
export function refusedWord(reader: TokenReader, i: number): RefusedWord | undefined {
  const word = wordOf(reader.wordAt(i));
  switch (word) {
    case 'COMMIT':
    case 'ROLLBACK':
    case 'SAVE':
    case 'TRAN':
    case 'TRANSACTION':
      return { rule: 'transaction-control', token: i };
    case 'BEGIN':
      if (reader.isWord(i + 1, 'TRAN', 'TRANSACTION', 'DISTRIBUTED')) return { rule: 'transaction-control', token: i };
      // BEGIN DIALOG [CONVERSATION] @h FROM SERVICE …
      if (reader.shown(i + 1).toLowerCase() === 'dialog') return { rule: 'server-statement', token: i + 1 };
      return undefined;
    case 'EXEC':
    case 'EXECUTE':
    case 'PROC':
    case 'PROCEDURE':
      return { rule: 'unseen-code', token: i };
    case 'OPENDATASOURCE':
    case 'OPENQUERY':
    case 'OPENROWSET':
      return { rule: 'outward-function', token: i };
    case 'BACKUP':
    case 'BULK':
    case 'CHECKPOINT':
    case 'DBCC':
    case 'DENY':
    case 'DUMP':
    case 'GRANT':
    case 'KILL':
    case 'LOAD':
    case 'RECONFIGURE':
    case 'RESTORE':
    case 'REVERT':
    case 'REVOKE':
    case 'SETUSER':
    case 'SHUTDOWN':
    case 'TRIGGER':
    case 'WAITFOR':
      return { rule: 'server-statement', token: i };
    case 'USE':
      return { rule: 'session-setting', token: i };
    case 'SET':
      if (!assigns(reader, i)) return { rule: 'session-setting', token: i + 1 };
      return undefined;
    case 'CREATE':
    case 'ALTER':
    case 'DROP':
    case 'ADD':
      return refusedDefinition(reader, i, word);
    case 'GO':
      if (reader.aloneOnLine(i)) return { rule: 'batch-separator', token: i };
      return undefined;
    case 'ON':
      if (reader.isWord(i + 1, 'CONVERSATION') && isConversationStatement(reader, i + 1)) {
        return { rule: 'server-statement', token: i + 1 };
      }
      return undefined;
    case 'CONVERSATION':
      if (isConversationStatement(reader, i)) return { rule: 'server-statement', token: i };
      return undefined;
    default:
      return undefined;
  }
}

/**
 * Whether SET assigns a variable or a column, or applies to a table. Any other SET changes an option of the session.
 */
export function assigns(reader: TokenReader, i: number): boolean {
  const ofTable = reader.isSign(i + 1, '(') || reader.isWord(i - 1, 'DELETE', 'UPDATE');
  if (ofTable || reader.kind(i + 1) === VARIABLE || reader.isWord(i + 1, 'IDENTITY_INSERT')) return true;
  // `a = 1`, `a += 1`, `t.a = 1`, `a.modify(…)`; but not `LOCK_TIMEOUT -1`.
  if (reader.isSign(i + 2, '=') || reader.isSign(i + 2, '.')) return true;
  return ['+', '-', '*', '/', '%', '&', '^', '|'].some(sign => reader.isSign(i + 2, sign)) && reader.isSign(i + 3, '=');
}

function refusedDefinition(reader: TokenReader, i: number, word: Word): RefusedWord | undefined {
  const thing = reader.shown(i + 1).toLowerCase();
  // ALTER TABLE t ADD column …, ALTER COLUMN … and DROP COLUMN … change parts of a table.
  const partOfTable = ['column', 'default'].includes(thing) && i > 0 && word !== 'CREATE';
  if (word === 'ADD') {
    return thing === 'signature' || thing === 'sensitivity' ? { rule: 'server-statement', token: i } : undefined;
  }
  return SERVER_THINGS.has(thing) && !partOfTable ? { rule: 'server-statement', token: i + 1 } : undefined;
}
