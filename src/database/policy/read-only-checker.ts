import { type PolicyRule, Refusal } from './refusal.js';
import { Clauses } from './clauses.js';
import { isHintPlace } from './lexer/nesting.js';
import { NameRules } from './name-rules.js';
import type { PolicyRules } from './policy-rules.js';
import { readDottedName, TokenReader } from './lexer/token-reader.js';
import { isSubqueryPlace } from './subquery-place.js';
import { NUMBER, QUOTED, SIGN, type Tokens, VARIABLE, WORD } from './lexer/tsql-lexer.js';
import { isStatementKeyword, type Word, wordOf } from './lexer/tsql-words.js';
import { isConversationStatement, isOdbcEscape, isRemoteRowset, isUnreserved, legitimateUse } from './word-rules.js';
import { readWithHeader } from './with-header.js';

const OPEN = '('.charCodeAt(0);
const CLOSE = ')'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const SEMICOLON = ';'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
const DOT = '.'.charCodeAt(0);
const BRACE = '{'.charCodeAt(0);

/**
 * Reads the tokens of a statement once, from left to right, and throws a Refusal at the first token that a single reading
 * statement cannot have. It does not parse the statement: the server itself refuses what is not T-SQL.
 *
 * The file has more than 200 lines because each step moves the same position `at` forward: in two classes the rules of one
 * token would stand in two places.
 */
export class ReadOnlyChecker {
  private readonly reader: TokenReader;
  private readonly clauses: Clauses;
  private readonly names: NameRules;
  /** The token of the SELECT that needs no UNION before it, outside of parentheses. */
  private mainSelect = -1;
  private at = 0;

  constructor(
    text: string,
    tokens: Tokens,
    private readonly rules: PolicyRules,
  ) {
    this.reader = new TokenReader(text, tokens);
    this.clauses = new Clauses(this.reader);
    this.names = new NameRules(this.reader, rules);
  }

  run(): void {
    const { reader } = this;
    while (reader.isSign(this.at, ';')) this.at++;
    if (this.at >= reader.tokens.count) throw new Refusal('empty', 0, '');
    this.beginStatement();
    while (this.at < reader.tokens.count) this.step();
    this.clauses.end();
  }

  /**
   * Accepts SELECT and WITH … SELECT, also in parentheses. Where several statements are allowed, DECLARE and SET
   * @variable too.
   */
  private beginStatement(): void {
    const { reader } = this;
    let i = this.at;
    while (reader.isSign(i, '(')) i++;
    if (reader.isWord(i, 'SELECT')) {
      this.mainSelect = i;
      return;
    }
    if (i === this.at && reader.isWord(i, 'WITH')) {
      const { main, defined } = readWithHeader(reader, i);
      this.mainSelect = main;
      this.names.define(defined);
      return;
    }
    const variables = reader.isWord(i, 'DECLARE', 'SET') && reader.kind(i + 1) === VARIABLE;
    if (this.rules.allowMultipleStatements && i === this.at && variables) {
      this.mainSelect = -1;
      this.at = i + 1;
      return;
    }
    if (reader.isWord(i, 'GO') && reader.aloneOnLine(i)) throw this.refuse('batch-separator', i);
    throw this.refuse('first-word', i);
  }

  private step(): void {
    const { reader } = this;
    const i = this.at;
    switch (reader.kind(i)) {
      case WORD: {
        const number = reader.wordAt(i);
        const mayBeName = this.clauses.current.expectsTable || reader.isSign(i + 1, '.');
        if (number !== 0 && !(mayBeName && isUnreserved(number))) return this.word(i, number);
        return this.name(i);
      }
      case QUOTED:
      case VARIABLE:
        return this.name(i);
      default:
        return this.sign(i, reader.signAt(i));
    }
  }

  private sign(i: number, sign: number): void {
    const { reader } = this;
    this.at++;
    switch (sign) {
      case OPEN:
        return this.open(i);
      case CLOSE:
        return this.clauses.close(i);
      case COMMA:
        return this.clauses.comma();
      case SEMICOLON:
        return this.semicolon(i);
      case COLON: {
        const double = reader.isSign(i + 1, ':') || reader.isSign(i - 1, ':');
        // JSON_OBJECT('a':1) has colons too, inside its parentheses.
        if (!double && this.clauses.outermost) throw this.refuse('label', i);
        return;
      }
      case DOT:
        // `.t` and `..t` are tables without their schema.
        if (this.clauses.current.expectsTable) {
          this.at = i;
          this.name(i);
        }
        return;
      case BRACE:
        // The steps of a graph: MATCH (SHORTEST_PATH (a (-(b)->c) {1,3})).
        if (reader.kind(i + 1) === NUMBER) return;
        if (!isOdbcEscape(reader, i)) throw this.refuse('forbidden-word', i + 1);
        // `{oj a LEFT JOIN b …}`: the tables follow the word.
        this.at = i + 2;
        return;
      default:
        return;
    }
  }

  private semicolon(i: number): void {
    const { reader } = this;
    while (reader.isSign(this.at, ';')) this.at++;
    if (this.at >= reader.tokens.count) return;
    if (!this.rules.allowMultipleStatements || !this.clauses.outermost)
      throw this.refuse('several-statements', this.at);
    this.newStatement();
    this.beginStatement();
    if (this.at <= i) this.at = i + 1;
  }

  private open(i: number): void {
    const { reader, clauses } = this;
    if (clauses.outermost && i > this.mainSelect) {
      let inner = i + 1;
      while (reader.isSign(inner, '(')) inner++;
      if (reader.isWord(inner, 'SELECT') && !isSubqueryPlace(reader, i, clauses.lastOpened)) {
        throw this.refuse('several-statements', inner);
      }
    }
    clauses.open(i);
  }

  private word(i: number, number: number): void {
    const { reader, clauses } = this;
    this.at++;
    const word = wordOf(number);
    if (isStatementKeyword(number)) return this.statementKeyword(i, word);
    if (word === 'SELECT') this.selectWord(i);
    if (word === 'CONVERSATION' && isConversationStatement(reader, i)) throw this.refuse('forbidden-word', i);
    if (clauses.word(i, word)) return;
    const { current } = clauses;
    switch (word) {
      case 'CASE':
        // After a dot CASE could only be a name, and an END that follows would not belong to it.
        if (!reader.isSign(i - 1, '.')) current.openCases++;
        return;
      case 'END':
        if (current.openCases === 0) throw this.refuse('forbidden-word', i);
        current.openCases--;
        return;
      case 'NEXT':
        if (reader.isWord(i + 1, 'VALUE') && reader.isWord(i + 2, 'FOR')) throw this.refuse('next-value', i);
        return;
      case 'GO':
        if (reader.aloneOnLine(i)) throw this.refuse('batch-separator', i);
        return;
      case 'XLOCK':
      case 'UPDLOCK':
      case 'TABLOCKX':
        if (!reader.isSign(i - 1, '.') && isHintPlace(current.kind)) throw this.refuse('exclusive-lock', i);
        return;
      case 'RECEIVE':
        if (this.endsOperand(i - 1) && (reader.isSign(i + 1, '*') || reader.isWord(i + 1, 'TOP'))) {
          throw this.refuse('forbidden-word', i);
        }
        return;
      default:
        // The word is a name, and possibly that of a function.
        if (isUnreserved(number) && (reader.isSign(this.at, '.') || reader.isSign(this.at, '('))) this.name(i);
        return;
    }
  }

  /** Whether the token may end an expression. */
  private endsOperand(i: number): boolean {
    const { reader } = this;
    const kind = reader.kind(i);
    return (kind !== 0 && kind !== SIGN && reader.wordAt(i) === 0) || reader.isSign(i, ')') || reader.isWord(i, 'END');
  }

  private statementKeyword(i: number, word: Word | undefined): void {
    const skip = legitimateUse(this.reader, i, this.clauses.current.kind);
    if (skip > 0) {
      this.at = i + skip;
      return;
    }
    if (word === 'INTO') throw this.refuse('select-into', i);
    if (word === 'UPDATE' && this.reader.isWord(i - 1, 'FOR')) throw this.refuse('exclusive-lock', i - 1, i);
    if (isRemoteRowset(word) && this.reader.isSign(i + 1, '(')) throw this.refuse('outward-function', i);
    const variables = (word === 'DECLARE' || word === 'SET') && this.reader.kind(i + 1) === VARIABLE;
    if (!variables || !this.rules.allowMultipleStatements || !this.clauses.outermost)
      throw this.refuse('forbidden-word', i);
    this.newStatement();
  }

  /** Forgets the definitions of the statement before. */
  private newStatement(): void {
    this.clauses.restart();
    this.names.define(new Map());
  }

  private selectWord(i: number): void {
    const { reader } = this;
    if (!this.clauses.outermost || i === this.mainSelect) return;
    const afterSetOperator =
      reader.isWord(i - 1, 'UNION', 'EXCEPT', 'INTERSECT') ||
      (reader.isWord(i - 1, 'ALL') && reader.isWord(i - 2, 'UNION'));
    if (afterSetOperator) return;
    if (!this.rules.allowMultipleStatements) throw this.refuse('several-statements', i);
    this.newStatement();
    this.mainSelect = i;
  }

  private name(i: number): void {
    const { reader } = this;
    const { current, place } = this.clauses;
    const next = reader.signAt(i + 1);
    if (next !== DOT && next !== OPEN && !reader.isSign(i, '.') && this.names.isFree(i, place)) {
      this.at = i + 1;
      current.expectsTable = false;
      return;
    }
    const dotted = readDottedName(reader, i);
    this.at = Math.max(dotted.next, i + 1);
    current.expectsTable = false;
    // `WITH x (a, b) AS` defines x and does not call it.
    if (this.clauses.outermost && i < this.mainSelect) return;
    this.names.check(i, dotted, place);
  }

  private refuse(rule: PolicyRule, i: number, last = i): Refusal {
    return new Refusal(rule, this.reader.start(i), this.reader.shown(i, last));
  }
}
