import { NUMBER, QUOTED, STRING, tokenize, WORD } from './tsql-lexer.js';

/**
 * The statement without its values: `?` stands for each literal, and comments are gone. A text in double quotes counts as
 * a literal too, because a session without QUOTED_IDENTIFIER reads it as one. Undefined for a text that servers may read
 * in two ways.
 */
export function maskedText(text: string): string | undefined {
  const { count, kinds, starts, ends, fault, loneReturn } = tokenize(text);
  if (fault !== undefined || loneReturn) return undefined;
  let masked = '';
  let end = 0;
  for (let i = 0; i < count; i++) {
    const start = starts[i] ?? 0;
    const shown = text.slice(start, ends[i]);
    if (start > end && masked !== '') masked += ' ';
    end = ends[i] ?? start;
    if (isNationalPrefix(shown, kinds[i], kinds[i + 1], end === starts[i + 1])) continue;
    masked += isLiteral(kinds[i], shown) ? '?' : shown;
  }
  return masked;
}

function isLiteral(kind: number | undefined, shown: string): boolean {
  return kind === STRING || kind === NUMBER || (kind === QUOTED && shown.startsWith('"')) || shown === '$';
}

/** The N of N'…'. */
function isNationalPrefix(
  shown: string,
  kind: number | undefined,
  next: number | undefined,
  isAdjacent: boolean,
): boolean {
  return kind === WORD && next === STRING && isAdjacent && /^n$/i.test(shown);
}
