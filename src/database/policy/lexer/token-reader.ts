import { QUOTED, SIGN, type Tokens, VARIABLE, WORD } from './tsql-lexer.js';
import { type Word, wordOf } from './tsql-words.js';

/** Reads tokens by their index. */
export class TokenReader {
  constructor(
    readonly text: string,
    readonly tokens: Tokens,
  ) {}

  kind(i: number): number {
    return i >= 0 && i < this.tokens.count ? (this.tokens.kinds[i] ?? 0) : 0;
  }

  start(i: number): number {
    return this.tokens.starts[i] ?? this.text.length;
  }

  /** The token as it was written, or the text up to and including the token `last`. */
  shown(i: number, last = i): string {
    return this.text.slice(this.start(i), this.tokens.ends[last]);
  }

  /** The number of a word in tsql-words; 0 for all other tokens. */
  wordAt(i: number): number {
    return this.kind(i) === WORD ? (this.tokens.codes[i] ?? 0) : 0;
  }

  isWord(i: number, ...words: readonly Word[]): boolean {
    const word = wordOf(this.wordAt(i));
    return word !== undefined && words.includes(word) && !this.isSign(i - 1, '.');
  }

  /** The word of tsql-words right before a token, if there is one. */
  wordBefore(i: number): Word | undefined {
    const number = this.wordAt(i - 1);
    return number === 0 || this.isSign(i - 2, '.') ? undefined : wordOf(number);
  }

  isSign(i: number, sign: string): boolean {
    return this.kind(i) === SIGN && this.tokens.codes[i] === sign.charCodeAt(0);
  }

  signAt(i: number): number {
    return this.kind(i) === SIGN ? (this.tokens.codes[i] ?? 0) : 0;
  }

  /** Whether the token is a plain word, a quoted name or a variable. */
  isName(i: number): boolean {
    const kind = this.kind(i);
    return kind === WORD || kind === QUOTED || kind === VARIABLE;
  }

  /** Returns a name without its quotes. */
  nameAt(i: number): string {
    const shown = this.shown(i);
    if (this.kind(i) !== QUOTED) return shown;
    const inner = shown.slice(1, -1);
    return shown.startsWith('[') ? inner.replaceAll(']]', ']') : inner.replaceAll('""', '"');
  }

  /** Whether a token stands alone on its line, apart from a count, as GO does. */
  aloneOnLine(i: number): boolean {
    const before = this.text.slice(this.tokens.ends[i - 1] ?? 0, this.start(i));
    const after = this.text.slice(this.tokens.ends[i] ?? 0, (this.tokens.ends[i] ?? 0) + 200);
    return (i === 0 || /[\n\r]/.test(before)) && /^[^\S\n\r]*\d*[^\S\n\r]*(?:[\n\r]|$|--)/.test(after);
  }
}

/** A dotted name such as `t`, `s.t`, `db..t` or `.t`. Empty parts are ''. */
export interface DottedName {
  readonly parts: readonly string[];
  /** The token after the name. */
  readonly next: number;
  readonly call: boolean;
  readonly variable: boolean;
}

const DOT = '.'.charCodeAt(0);

/** Reads the name that begins at a token, which is a name or a leading dot. */
export function readDottedName(reader: TokenReader, from: number): DottedName {
  const parts: string[] = [];
  let i = from;
  let expectsPart = true;
  for (;;) {
    if (expectsPart && reader.isName(i)) {
      parts.push(reader.nameAt(i));
      i++;
      expectsPart = false;
    } else if (reader.signAt(i) === DOT) {
      if (expectsPart) parts.push('');
      i++;
      expectsPart = true;
    } else break;
  }
  // In `t.*` the star is not a part of the name.
  const call = !expectsPart && reader.isSign(i, '(');
  return { parts, next: i, call, variable: reader.kind(from) === VARIABLE };
}
