import { positionOf } from './refusal.js';
import { STRING, type Tokens, WORD } from './lexer/tsql-lexer.js';

const BEYOND_ASCII = /[^\u0000-\u007f]/;
const SHOWN = 3;

/**
 * Warns of string literals that have letters beyond ASCII and no N before them: such a literal has the code page of the
 * database, and SQL Server replaces letters outside of it by ? without a word. Undefined when there are none.
 */
export function literalWarning(text: string, tokens: Tokens): string | undefined {
  if (!BEYOND_ASCII.test(text)) return undefined;
  const places: string[] = [];
  let count = 0;
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kinds[i] !== STRING) continue;
    const start = tokens.starts[i] ?? 0;
    const national = i > 0 && tokens.kinds[i - 1] === WORD && /^N$/i.test(text.slice(tokens.starts[i - 1], start));
    if (national || !BEYOND_ASCII.test(text.slice(start, tokens.ends[i]))) continue;
    if (++count > SHOWN) continue;
    const { line, column } = positionOf(text, start);
    places.push(`line ${line}, column ${column}`);
  }
  if (count === 0) return undefined;
  const more = count > SHOWN ? ` and ${count - SHOWN} more` : '';
  return `Warning: a text with letters beyond ASCII has no N before it (${places.join('; ')}${more}). Letters outside of the database's code page became "?". Write N'…', or pass the text in "parameters".`;
}
