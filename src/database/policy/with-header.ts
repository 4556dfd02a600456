import { Refusal } from './refusal.js';
import type { TokenReader } from './lexer/token-reader.js';
import { QUOTED, WORD } from './lexer/tsql-lexer.js';
import { isUnreserved } from './word-rules.js';

export interface WithHeader {
  /** The token of the SELECT that the definitions belong to. */
  readonly main: number;
  /**
   * The defined names as they are written, with the token where each definition begins. In a case-sensitive database
   * another spelling is another table.
   */
  readonly defined: ReadonlyMap<string, number>;
}

/** Reads `WITH a AS (…), b (x) AS (…) SELECT` or `WITH XMLNAMESPACES (…) SELECT`. Throws Refusal for any other WITH. */
export function readWithHeader(reader: TokenReader, from: number): WithHeader {
  const defined = new Map<string, number>();
  const refuse = (i: number): Refusal => {
    const at = Math.min(i, reader.tokens.count - 1);
    return new Refusal('first-word', reader.start(at), reader.shown(at));
  };
  let i = from + 1;
  for (;;) {
    if (reader.isWord(i, 'XMLNAMESPACES') && reader.isSign(i + 1, '(')) i = behindParentheses(reader, i + 1);
    else {
      const number = reader.wordAt(i);
      const named = (reader.kind(i) === WORD && (number === 0 || isUnreserved(number))) || reader.kind(i) === QUOTED;
      if (!named) throw refuse(i);
      defined.set(reader.nameAt(i), i);
      i++;
      if (reader.isSign(i, '(')) i = behindParentheses(reader, i);
      if (!reader.isWord(i, 'AS') || !reader.isSign(i + 1, '(')) throw refuse(i);
      i = behindParentheses(reader, i + 1);
    }
    if (!reader.isSign(i, ',')) break;
    i++;
  }
  while (reader.isSign(i, '(')) i++;
  if (!reader.isWord(i, 'SELECT')) throw refuse(i);
  return { main: i, defined };
}

function behindParentheses(reader: TokenReader, from: number): number {
  let depth = 0;
  for (let i = from; i < reader.tokens.count; i++) {
    if (reader.isSign(i, '(')) depth++;
    else if (reader.isSign(i, ')') && --depth === 0) return i + 1;
  }
  throw new Refusal('unbalanced', reader.start(from), '(');
}
