import type { TokenReader } from './token-reader.js';
import { NUMBER, QUOTED, SIGN, WORD } from './tsql-lexer.js';
import { isUnreserved } from './word-rules.js';

/** Reserved words, and such as act so in their place, that tsql-words doesn't have and an operand may follow. */
const BEFORE_OPERAND = new Set('and any between by escape in like offset or some then ties when zone'.split(' '));

/**
 * Whether the `(` that holds a query belongs to the same statement. Behind an operand it does not: `SELECT 1 (SELECT 2)`
 * are two statements. `lastOpened` is the parenthesis whose counterpart came last.
 */
export function isSubqueryPlace(reader: TokenReader, i: number, lastOpened: number): boolean {
  if (mayPrecedeOperand(reader, i - 1, lastOpened)) return true;
  // COALESCE((SELECT …), 0); but no alias can be called: `1 AS a ((SELECT 2))`.
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
