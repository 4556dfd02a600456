import type { SqlError } from '../engine/sql-error.ts';
import type { ObjectName } from './ast.ts';
import { isReserved, Lexer, type Token } from './lexer.ts';
import { syntaxError } from './syntax-error.ts';

/** How deep parentheses, subqueries, CASE and blocks may nest. Deeper text could exhaust the stack further on. */
const DEEPEST = 150;
/** How many operators of one precedence may follow each other (they nest to the left). */
const LONGEST_CHAIN = 1000;

const TOO_DEEP =
  'Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.';

/** The tokens of a batch and the current position; all parts of the parser extend this class. */
export abstract class TokenStream {
  protected readonly source: string;
  /** Set when the batch contains NEXT VALUE FOR. */
  protected takesSequenceValues = false;
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(source: string, quotedIdentifiers = true) {
    this.source = source;
    this.tokens = new Lexer(source, quotedIdentifiers).tokens();
  }

  protected get token(): Token {
    return this.tokens[this.at]!;
  }

  protected get previous(): Token | undefined {
    return this.tokens[this.at - 1];
  }

  protected get position(): number {
    return this.at;
  }

  protected peek(distance = 1): Token {
    return this.tokens[Math.min(this.at + distance, this.tokens.length - 1)]!;
  }

  protected advance(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  /** Whether the next token is one of these keywords or symbols. */
  protected is(...words: readonly string[]): boolean {
    const { upper } = this.token;
    return upper !== '' && words.includes(upper);
  }

  /** Whether these keywords and symbols come next, in this order. */
  protected ahead(...words: readonly string[]): boolean {
    return words.every((word, i) => this.peek(i).upper === word);
  }

  protected eat(...words: readonly string[]): boolean {
    if (!this.ahead(...words)) return false;
    this.at += words.length;
    return true;
  }

  /** Consumes the next token if it is one of these words, and returns it. */
  protected eatOne<W extends string>(...words: readonly W[]): W | undefined {
    const word = words.find(w => this.token.upper === w);
    if (word !== undefined) this.at++;
    return word;
  }

  protected need(...words: readonly string[]): void {
    for (const word of words) {
      if (this.token.upper !== word) throw this.unexpected();
      this.at++;
    }
  }

  /** Error 102 or 156; at the end of the batch it names the last token. */
  protected unexpected(token = this.token): SqlError {
    const shown = token.kind === 'end' ? (this.tokens[this.tokens.length - 2] ?? token) : token;
    if (isReserved(shown) && token.kind !== 'end') {
      return syntaxError(156, `Incorrect syntax near the keyword '${shown.text}'.`, token.line);
    }
    return syntaxError(102, `Incorrect syntax near '${this.shown(shown)}'.`, shown.line);
  }

  protected shown(token: Token): string {
    return ['binary', 'money'].includes(token.kind) ? this.source.slice(token.start, token.end) : token.text;
  }

  protected get isName(): boolean {
    const { token } = this;
    return token.kind === 'quoted' || (token.kind === 'word' && !isReserved(token));
  }

  protected identifier(): string {
    if (!this.isName) throw this.unexpected();
    const { kind, text, line } = this.advance();
    if (kind === 'quoted' && text === '') {
      const message =
        'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. ' +
        'For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. ' +
        'Change the alias to a valid name.';
      throw syntaxError(1038, message, line);
    }
    return text;
  }

  /** a, a.b, a..b, a.b.c.d. */
  protected name(): ObjectName {
    const parts = [this.identifier()];
    while (this.eat('.')) parts.push(this.is('.') ? '' : this.identifier());
    if (parts.length > 4) {
      const shown = parts.join('.');
      const message = `The object name '${shown}' contains more than the maximum number of prefixes. The maximum is 3.`;
      throw syntaxError(117, message, this.previous!.line);
    }
    return parts;
  }

  /** A name, or a table variable as ['@t']. */
  protected tableName(): ObjectName {
    return this.token.kind === 'variable' ? [this.variableName()] : this.name();
  }

  protected variableName(): string {
    if (this.token.kind !== 'variable') throw this.unexpected();
    return this.advance().text;
  }

  protected string(): string {
    if (this.token.kind !== 'string') throw this.unexpected();
    return this.advance().text;
  }

  /** A whole number with an optional sign. */
  protected integer(): bigint {
    const negative = this.eat('-');
    if (!negative) this.eat('+');
    const { token } = this;
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw this.unexpected();
    this.at++;
    const value = BigInt(token.text);
    return negative ? -value : value;
  }

  protected list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.eat(',')) items.push(item());
    return items;
  }

  protected parenthesized<T>(item: () => T): T[] {
    this.need('(');
    const items = this.list(item);
    this.need(')');
    return items;
  }

  protected nested<T>(parse: () => T): T {
    if (++this.depth > DEEPEST) throw syntaxError(191, TOO_DEEP, this.token.line);
    const result = parse();
    this.depth--;
    return result;
  }

  protected checkChain(length: number): void {
    if (length > LONGEST_CHAIN) throw syntaxError(191, TOO_DEEP, this.token.line);
  }

  /** The text of the tokens from `first` on, without parentheses that enclose all of it. */
  protected definitionText(first: number): string {
    let from = first;
    let to = this.at - 1;
    while (this.tokens[from]!.upper === '(' && this.closing(from) === to && to - from > 1) {
      from++;
      to--;
    }
    return this.source.slice(this.tokens[from]!.start, this.tokens[to]!.end);
  }

  private closing(open: number): number {
    let depth = 0;
    for (let i = open; i < this.at; i++) {
      const { upper } = this.tokens[i]!;
      if (upper === '(') depth++;
      else if (upper === ')' && --depth === 0) return i;
    }
    return -1;
  }
}
