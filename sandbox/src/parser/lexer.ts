import { notSupported } from '../engine/sql-error.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import { syntaxError } from './syntax-error.ts';

export type TokenKind =
  'word' | 'quoted' | 'string' | 'number' | 'money' | 'binary' | 'variable' | 'global' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Without quotes; for binary without 0x, for money without the sign. */
  readonly text: string;
  /** Keywords are compared with this: the word in upper case, the symbol itself, '' for all other tokens. */
  readonly upper: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** N'…'. */
  readonly unicode: boolean;
}

const SYMBOLS_OF_TWO: ReadonlySet<string> = new Set([
  '<>',
  '!=',
  '>=',
  '<=',
  '!<',
  '!>',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '::',
  '<<',
  '>>',
]);
const SYMBOLS = '+-*/%&|^~=<>(),.;:!';
/** sysname is nvarchar(128). */
const LONGEST_NAME = 128;
/** How much of an unclosed string the error shows. */
const SHOWN = 30;

const WORD = /[\p{L}_#][\p{L}\p{M}\p{N}_$#@]*/uy;
const DOLLAR_WORD = /\$[a-z]+/iy;
const VARIABLE = /@@?[\p{L}\p{M}\p{N}_$#@]*/uy;
// 1e is a float too, but not the beginning of 1else.
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:e(?:[+-]?\d+|(?![\p{L}\p{N}_$#@])))?/iuy;
const MONEY = /[$£€¥](?:\d+\.?\d*|\.\d+)?/y;
const BINARY = /0x(?:[0-9a-f]|\\\r?\n)*/iy;
/** A backslash at the end of a line continues a string or binary constant: neither it nor the line break is part of it. */
const CONTINUATION = /\\\r?\n/g;
const OTHER_SPACE = /[\s\ufeff]/;

/** Splits a batch into tokens, in time linear in its length. */
export class Lexer {
  private readonly source: string;
  private readonly quotedIdentifiers: boolean;
  private readonly tokenList: Token[] = [];
  private at = 0;
  private line = 1;

  /** `quotedIdentifiers`: SET QUOTED_IDENTIFIER; when it is off, "…" is a string. */
  constructor(source: string, quotedIdentifiers = true) {
    this.source = source;
    this.quotedIdentifiers = quotedIdentifiers;
  }

  tokens(): readonly Token[] {
    while (this.skipBlanks()) this.next();
    const end = this.source.length;
    this.tokenList.push({ kind: 'end', text: '', upper: '', start: end, end, line: this.line, unicode: false });
    return this.tokenList;
  }

  /** False at the end of the text. */
  private skipBlanks(): boolean {
    const source = this.source;
    for (;;) {
      const c = source[this.at];
      if (c === undefined) return false;
      if (c === '\n') {
        this.line++;
        this.at++;
      } else if (c <= ' ' || (c > '\x7f' && OTHER_SPACE.test(c))) this.at++;
      else if (c === '-' && source[this.at + 1] === '-') {
        const end = source.indexOf('\n', this.at);
        this.at = end < 0 ? source.length : end;
      } else if (c === '/' && source[this.at + 1] === '*') this.skipComment();
      else return true;
    }
  }

  /** Comments nest. */
  private skipComment(): void {
    const source = this.source;
    let depth = 0;
    do {
      const two = source.slice(this.at, this.at + 2);
      if (two === '/*' || two === '*/') {
        depth += two === '/*' ? 1 : -1;
        this.at += 2;
        continue;
      }
      if (two === '') throw syntaxError(113, "Missing end comment mark '*/'.", this.line);
      if (two[0] === '\n') this.line++;
      this.at++;
    } while (depth > 0);
  }

  private next(): void {
    const source = this.source;
    const c = source[this.at]!;
    const next = source[this.at + 1] ?? '';
    if (c === "'") return this.quoted('string', "'", false);
    if ((c === 'N' || c === 'n') && next === "'") {
      this.at++;
      return this.quoted('string', "'", true);
    }
    if (c === '[') return this.quoted('quoted', ']', false);
    if (c === '"') return this.quoted(this.quotedIdentifiers ? 'quoted' : 'string', '"', false);
    if (c === '0' && (next === 'x' || next === 'X')) return this.binary();
    if ((c >= '0' && c <= '9') || (c === '.' && next >= '0' && next <= '9')) return this.matched('number', NUMBER);
    if (c === '@') return this.matched(next === '@' ? 'global' : 'variable', VARIABLE);
    if (c === '$' && /[a-z]/i.test(next)) return this.matched('word', DOLLAR_WORD);
    if ('$£€¥'.includes(c)) return this.matched('money', MONEY, 1);
    WORD.lastIndex = this.at;
    if (WORD.test(source)) return this.matched('word', WORD);
    const symbol = SYMBOLS_OF_TWO.has(c + next) ? c + next : c;
    if (symbol === c && !SYMBOLS.includes(c)) {
      if (c === '{') throw notSupported('ODBC escape sequences ({ … })', this.line);
      throw syntaxError(
        102,
        `Incorrect syntax near '${String.fromCodePoint(source.codePointAt(this.at)!)}'.`,
        this.line,
      );
    }
    const start = this.at;
    this.at += symbol.length;
    this.push('symbol', symbol, symbol, start, this.line, false);
  }

  private binary(): void {
    BINARY.lastIndex = this.at;
    const text = BINARY.exec(this.source)![0];
    const [start, line] = [this.at, this.line];
    this.at += text.length;
    this.line += text.split('\n').length - 1;
    this.push('binary', text.slice(2).replaceAll(CONTINUATION, ''), '', start, line, false);
  }

  private matched(kind: TokenKind, pattern: RegExp, prefix = 0): void {
    pattern.lastIndex = this.at;
    const text = pattern.exec(this.source)![0];
    const start = this.at;
    this.at += text.length;
    if (kind === 'word' || kind === 'variable') this.checkLength(text);
    this.push(kind, text.slice(prefix), kind === 'word' ? text.toUpperCase() : '', start, this.line, false);
  }

  private quoted(kind: 'string' | 'quoted', close: string, unicode: boolean): void {
    const source = this.source;
    const start = unicode ? this.at - 1 : this.at;
    const line = this.line;
    const open = this.at + 1;
    let from = open;
    for (;;) {
      const end = source.indexOf(close, from);
      if (end < 0) {
        const shown = source.slice(open, open + SHOWN);
        throw syntaxError(105, `Unclosed quotation mark after the character string '${shown}'.`, line);
      }
      from = end + 1;
      if (source[from] === close) {
        from++;
        continue;
      }
      let text = source.slice(open, end);
      if (text.includes(close)) text = text.replaceAll(close + close, close);
      if (kind === 'string' && text.includes('\\')) text = text.replaceAll(CONTINUATION, '');
      for (let i = source.indexOf('\n', open); i >= 0 && i < end; i = source.indexOf('\n', i + 1)) this.line++;
      this.at = from;
      if (kind === 'quoted') this.checkLength(text);
      return this.push(kind, text, '', start, line, unicode);
    }
  }

  private checkLength(name: string): void {
    if (name.length <= LONGEST_NAME) return;
    const message = `The identifier that starts with '${name.slice(0, LONGEST_NAME)}' is too long. Maximum length is 128.`;
    throw syntaxError(103, message, this.line);
  }

  private push(kind: TokenKind, text: string, upper: string, start: number, line: number, unicode: boolean): void {
    this.tokenList.push({ kind, text, upper, start, end: this.at, line, unicode });
  }
}

export const isReserved = (token: Token): boolean => token.kind === 'word' && RESERVED_WORDS.has(token.upper);
