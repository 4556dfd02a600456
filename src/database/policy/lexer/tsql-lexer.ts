import { DIGIT, isOddLineEnd, kindOf, NAME, OTHER, resemblesAscii, SPACE } from './characters.js';
import { lookUp, lookUpFolded } from './tsql-words.js';

export const WORD = 1;
/** `[…]` or `"…"`, because the session sets QUOTED_IDENTIFIER ON. */
export const QUOTED = 2;
export const STRING = 3;
export const NUMBER = 4;
export const VARIABLE = 5;
export const SIGN = 6;

export type LexicalRule =
  | 'unclosed-comment'
  | 'unclosed-string'
  | 'unclosed-name'
  | 'odd-character'
  | 'ambiguous-line-end'
  | 'glued-word'
  | 'lookalike-word';

export interface LexicalFault {
  readonly rule: LexicalRule;
  readonly offset: number;
  readonly text: string;
}

/** The tokens in parallel arrays, because a statement of one megabyte may have a million of them. */
export interface Tokens {
  readonly count: number;
  readonly kinds: Uint8Array;
  /** For a WORD its number in tsql-words, or 0 for a name; for a SIGN its character code. */
  readonly codes: Uint16Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly fault: LexicalFault | undefined;
  /** A line comment contains a carriage return without a line feed, which ends the comment for some parsers. */
  readonly loneReturn: boolean;
}

const LF = 10;
const CR = 13;
const code = (character: string): number => character.charCodeAt(0);
const QUOTE = code("'");
const DOUBLE = code('"');
const OPEN_BRACKET = code('[');
const CLOSE_BRACKET = code(']');
const DASH = code('-');
const SLASH = code('/');
const STAR = code('*');
const DOT = code('.');
const AT = code('@');
const DOLLAR = code('$');
const ZERO = code('0');

/** Splits T-SQL into tokens in one pass, without backtracking. It drops comments and spaces. */
export function tokenize(text: string, returnEndsComment = false): Tokens {
  return new Lexer(text, returnEndsComment).run();
}

/** One class of more than 200 lines, because every rule reads and moves the same position in the same pass. */
class Lexer {
  private readonly kinds: Uint8Array;
  private readonly codes: Uint16Array;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private count = 0;
  private at = 0;
  private fault: LexicalFault | undefined;
  private loneReturn = false;

  constructor(
    private readonly text: string,
    private readonly returnEndsComment: boolean,
  ) {
    this.kinds = new Uint8Array(text.length);
    this.codes = new Uint16Array(text.length);
    this.starts = new Int32Array(text.length);
    this.ends = new Int32Array(text.length);
  }

  run(): Tokens {
    const { text } = this;
    // Editors may leave a byte order mark at the beginning.
    if (text.charCodeAt(0) === 0xfeff) this.at = 1;
    while (this.at < text.length && this.fault === undefined) this.token(text.charCodeAt(this.at));
    const { count, kinds, codes, starts, ends, fault, loneReturn } = this;
    return { count, kinds, codes, starts, ends, fault, loneReturn };
  }

  private token(first: number): void {
    switch (kindOf(first)) {
      case SPACE:
        this.at++;
        return;
      case NAME:
        return first === DOLLAR && this.startsMoney() ? this.money() : this.word();
      case DIGIT:
        return this.number();
      case OTHER:
        return this.sign(first);
      default:
        return this.fail('odd-character', this.at, this.at + 1);
    }
  }

  private sign(first: number): void {
    const next = this.text.charCodeAt(this.at + 1);
    if (first === QUOTE) return this.quoted(STRING, QUOTE, 'unclosed-string');
    if (first === DOUBLE) return this.quoted(QUOTED, DOUBLE, 'unclosed-name');
    if (first === OPEN_BRACKET) return this.quoted(QUOTED, CLOSE_BRACKET, 'unclosed-name');
    if (first === DASH && next === DASH) return this.lineComment();
    if (first === SLASH && next === STAR) return this.blockComment();
    if (first === DOT && kindOf(next || 0) === DIGIT && !this.followsName()) return this.number();
    this.add(SIGN, first, this.at, this.at + 1);
    this.at++;
  }

  /** Whether the previous token is a name that ends right here: then a dot continues the name. */
  private followsName(): boolean {
    const kind = this.kinds[this.count - 1];
    return (
      this.count > 0 && this.ends[this.count - 1] === this.at && (kind === WORD || kind === QUOTED || kind === VARIABLE)
    );
  }

  private word(): void {
    const start = this.at;
    let ascii = true;
    let foreign = false;
    while (this.at < this.text.length) {
      const unit = this.text.charCodeAt(this.at);
      const kind = kindOf(unit);
      if (kind !== NAME && kind !== DIGIT) break;
      if (unit > 0x7f) {
        ascii = false;
        foreign ||= !resemblesAscii(unit);
      }
      this.at++;
    }
    const first = this.text.charCodeAt(start);
    if (first === AT) return this.add(VARIABLE, 0, start, this.at);
    // Reserved words have only the letters A to Z. To the server a lookalike is a name, so it must neither count as
    // SELECT or CASE here nor be skipped.
    if (!ascii && !foreign && lookUpFolded(this.text.slice(start, this.at)) !== 0) {
      return this.fail('lookalike-word', start, this.at);
    }
    this.add(WORD, ascii ? lookUp(this.text, start, this.at) : 0, start, this.at);
    // `$` alone is a money constant of zero, and a word may follow it without a space.
    if (first === DOLLAR) this.suspect(start + 1, this.at);
  }

  /**
   * Reads `12`, `1.5`, `.5e-3` or `0x1F`. A word may follow without a space (`1FROM`), and its beginning may be
   * ambiguous.
   */
  private number(): void {
    const start = this.at;
    const second = this.text.charCodeAt(start + 1) | 32;
    if (this.text.charCodeAt(start) === ZERO && second === code('x')) return this.hexadecimal(start);
    this.decimal(start);
  }

  /** True for `$1.50`; false for `$action` and `$IDENTITY`, which are words. */
  private startsMoney(): boolean {
    const next = this.text.charCodeAt(this.at + 1);
    return next === DOT || kindOf(next || 0) === DIGIT;
  }

  /**
   * A money constant ends with its digits: in `$1INTO` a word follows without a space. By its documentation it has no
   * exponent, but a parser of numbers might read one: `$1e5INTO`.
   */
  private money(): void {
    this.at++;
    this.decimal(this.at - 1);
  }

  private decimal(start: number): void {
    this.digits();
    if (this.text.charCodeAt(this.at) === DOT) {
      this.at++;
      this.digits();
    }
    this.exponent();
    this.add(NUMBER, 0, start, this.at);
  }

  private digits(): void {
    while (kindOf(this.text.charCodeAt(this.at) || 0) === DIGIT) this.at++;
  }

  /** `1e`, `1e5` and `1e-5` are numbers. `1else` is a number and a word, and `1einto` is ambiguous. */
  private exponent(): void {
    if ((this.text.charCodeAt(this.at) | 32) !== code('e')) return;
    let end = this.at + 1;
    const sign = this.text[end];
    if (sign === '+' || sign === '-') end++;
    if (kindOf(this.text.charCodeAt(end) || 0) === DIGIT) {
      this.suspectRun(this.at);
      this.at = end;
      this.digits();
      return;
    }
    if (end === this.at + 1 && kindOf(this.text.charCodeAt(end) || 0) === NAME) {
      this.suspectRun(end);
      return;
    }
    if (end === this.at + 1) this.at = end;
  }

  private hexadecimal(start: number): void {
    this.at = start + 2;
    while (/[0-9A-Fa-f]/.test(this.text[this.at] ?? '')) this.at++;
    this.add(NUMBER, 0, start, this.at);
    if (kindOf(this.text.charCodeAt(this.at) || 0) === NAME) this.suspectRun(start + 2);
  }

  /** Checks a run of letters that another parser may read as a word of its own. */
  private suspectRun(start: number): void {
    let end = start;
    while (end < this.text.length && end < start + 32) {
      const kind = kindOf(this.text.charCodeAt(end));
      if (kind !== NAME && kind !== DIGIT) break;
      end++;
    }
    this.suspect(start, end);
  }

  private suspect(start: number, end: number): void {
    if (lookUp(this.text, start, end) !== 0) this.fail('glued-word', start, end);
  }

  private quoted(kind: number, close: number, rule: LexicalRule): void {
    const start = this.at;
    const closing = String.fromCharCode(close);
    let end = this.text.indexOf(closing, start + 1);
    while (end >= 0 && this.text.charCodeAt(end + 1) === close) end = this.text.indexOf(closing, end + 2);
    if (end < 0) return this.fail(rule, start, start + 1);
    this.at = end + 1;
    this.add(kind, 0, start, this.at);
  }

  private lineComment(): void {
    const start = this.at;
    while (this.at < this.text.length) {
      const unit = this.text.charCodeAt(this.at);
      if (unit === LF) return;
      if (unit === CR && this.text.charCodeAt(this.at + 1) !== LF) {
        this.loneReturn = true;
        if (this.returnEndsComment) return;
      } else if (isOddLineEnd(unit)) return this.fail('ambiguous-line-end', start, this.at + 1);
      this.at++;
    }
  }

  /** Comments nest in T-SQL. */
  private blockComment(): void {
    const start = this.at;
    let depth = 0;
    while (this.at < this.text.length) {
      const unit = this.text.charCodeAt(this.at);
      const next = this.text.charCodeAt(this.at + 1);
      if (unit === SLASH && next === STAR) {
        depth++;
        this.at += 2;
      } else if (unit === STAR && next === SLASH) {
        depth--;
        this.at += 2;
        if (depth === 0) return;
      } else this.at++;
    }
    this.fail('unclosed-comment', start, start + 2);
  }

  private add(kind: number, tokenCode: number, start: number, end: number): void {
    this.kinds[this.count] = kind;
    this.codes[this.count] = tokenCode;
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count++;
  }

  private fail(rule: LexicalRule, start: number, end: number): void {
    this.fault ??= { rule, offset: start, text: this.text.slice(start, end) };
  }
}
