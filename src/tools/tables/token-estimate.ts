/** Words of our own texts and of types, which are a token or two each. */
const KNOWN: ReadonlySet<string> = new Set(
  'int bigint smallint tinyint bit decimal numeric money float real date datetime time char varchar nchar nvarchar text xml binary varbinary uniqueidentifier dbo'.split(
    ' ',
  ),
);
/** Pieces as o200k cuts them before it looks for tokens: words by their case, up to three digits, single signs. */
const PIECES = /\p{Lu}*\p{Ll}+|\p{Lu}+|\p{Nd}{1,3}|\s+|[^\p{L}\p{Nd}\s]/gu;
/** Every vowel has at most two consonants before it, as in a word that can be spoken. */
const SPOKEN = /^(?:[^aeiouy]{0,2}[aeiouy]+)+[^aeiouy]{0,2}$/i;

/**
 * About how many tokens of o200k a text of names and types has, rather too many: a piece that can't be spoken counts a
 * token for each of its bytes, which is the most that it can have. docs/results.md has the measurement.
 */
export function estimatedTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(PIECES)) {
    const bytes = Buffer.byteLength(piece);
    // A space belongs to the word after it.
    if (piece === ' ') continue;
    if (KNOWN.has(piece)) tokens += 2;
    else if (/^[\p{Nd}\s]/u.test(piece) || bytes === 1) tokens += 1;
    else tokens += bytes === piece.length && SPOKEN.test(piece) ? Math.ceil(bytes / 2.2) : bytes;
  }
  return tokens;
}
