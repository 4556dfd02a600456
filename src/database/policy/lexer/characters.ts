/** The kinds of characters outside of quotes. */
export const SPACE = 1;
export const NAME = 2;
export const DIGIT = 3;
export const OTHER = 4;
/**
 * An invisible character, a surrogate, a foreign quote, or a character outside of T-SQL: servers may disagree about it.
 */
const FORBIDDEN = 5;

const kinds = new Uint8Array(0x1_0000);

/** The kind of a UTF-16 unit; each unit is classified once. */
export function kindOf(code: number): number {
  const known = kinds[code] ?? FORBIDDEN;
  if (known !== 0) return known;
  const kind = classify(code);
  kinds[code] = kind;
  return kind;
}

const NEXT_LINE = 0x85;
/** Outside of quotes it joins the lines of a binary constant, so that `0x1\⏎FINTO` hides a word (T-SQL, Backslash). */
const BACKSLASH = 0x5c;

function classify(code: number): number {
  if (code === 0 || code === BACKSLASH) return FORBIDDEN;
  if (code <= 0x20 || code === NEXT_LINE) return SPACE;
  if (code < 0x7f) return classifyAscii(String.fromCharCode(code));
  const character = String.fromCharCode(code);
  if (/^[\p{Zs}\p{Zl}\p{Zp}\u180e]$/u.test(character)) return SPACE;
  // Typographic quotes are not quotes in T-SQL, but other parsers may accept them.
  if (/^[\p{Pi}\p{Pf}＂＇［］]$/u.test(character)) return FORBIDDEN;
  // Fillers and variation selectors are invisible letters and marks.
  if (/^\p{Default_Ignorable_Code_Point}$/u.test(character)) return FORBIDDEN;
  if (/^[\p{L}\p{Nl}\p{Nd}\p{M}\p{Pc}]$/u.test(character)) return NAME;
  // Currency signs begin money constants; the server itself reports other visible signs as errors.
  return /^[\p{Sc}\p{P}\p{Sm}\p{Sk}\p{So}\p{No}]$/u.test(character) ? OTHER : FORBIDDEN;
}

function classifyAscii(character: string): number {
  if (/[A-Za-z_@#$]/.test(character)) return NAME;
  return /[0-9]/.test(character) ? DIGIT : OTHER;
}

/** Whether some parser ends a line here, apart from \n and \r: vertical tab, form feed, FS–US, NEL, LS, PS. */
export function isOddLineEnd(code: number): boolean {
  return (
    code === 0x0b ||
    code === 0x0c ||
    (code >= 0x1c && code <= 0x1f) ||
    code === NEXT_LINE ||
    code === 0x2028 ||
    code === 0x2029
  );
}

const UNKNOWN = 0;
const RESEMBLES = 1;
const FOREIGN = 2;
const resemblances = new Uint8Array(0x1_0000);

/** Whether a character is a variant of a letter A to Z: full-width, a ligature, the Turkish i, the long s. */
export function resemblesAscii(code: number): boolean {
  if (code < 0x80) return true;
  if (resemblances[code] === UNKNOWN) {
    resemblances[code] = /^[A-Z]+$/.test(foldToAscii(String.fromCharCode(code))) ? RESEMBLES : FOREIGN;
  }
  return resemblances[code] === RESEMBLES;
}

/** Replaces variants of the letters A to Z by these letters. */
export function foldToAscii(word: string): string {
  return word.normalize('NFKC').replaceAll('\u0130', 'I').toUpperCase();
}
