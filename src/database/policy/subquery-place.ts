import type { TokenReader } from './lexer/token-reader.js';
import { NUMBER, QUOTED, SIGN, WORD } from './lexer/tsql-lexer.js';
import { isUnreserved } from './word-rules.js';

/** Words that an operand may follow and that tsql-words doesn't list. They are reserved, or act so in their place. */
const BEFORE_OPERAND = new Set('and any between by escape in like offset or some then ties when zone'.split(' '));

/**
 * Whether a parenthesised query belongs to the statement before it. After an operand it does not: `SELECT 1 (SELECT 2)`
 * are two statements. `lastOpened` is the opening token of the parenthesis that was closed last.
 */
export function isSubqueryPlace(reader: TokenReader, i: number, lastOpened: number): boolean {
  if (mayPrecedeOperand(reader, i - 1, lastOpened)) return true;
  // COALESCE((SELECT …), 0) is a call, but an alias cannot be called: `1 AS a ((SELECT 2))`.
  const called = reader.isSign(i + 1, '(') && (reader.kind(i - 1) === WORD || reader.kind(i - 1) === QUOTED);
  return called && !reader.isWord(i - 2, 'AS') && mayPrecedeOperand(reader, i - 2, lastOpened);
}

function mayPrecedeOperand(reader: TokenReader, i: number, lastOpened: number): boolean {
  switch (reader.kind(i)) {
    case SIGN:
      // TOP (5) (SELECT …)
      return reader.isSign(i, ')') ? reader.isWord(lastOpened - 1, 'TOP') : !reader.isSign(i, '}');
    case NUMBER:
      return reader.isWord(i - 1, 'TOP');
    case WORD: {
      const number = reader.wordAt(i);
      if (number === 0) return BEFORE_OPERAND.has(reader.shown(i).toLowerCase());
      return !reader.isWord(i, 'END') && (!isUnreserved(number) || reader.isWord(i, 'APPLY', 'NEXT', 'FIRST'));
    }
    default:
      return false;
  }
}
