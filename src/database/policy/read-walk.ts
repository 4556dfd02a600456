import { type PolicyRule, Refusal } from './refusal.js';
import { isHintPlace, type Level, newLevel, type Nesting } from './level.js';
import { NameRules } from './name-rules.js';
import type { ReadRules } from './read-rules.js';
import { readDottedName, TokenReader } from './token-reader.js';
import { QUOTED, type Tokens, VARIABLE, WORD } from './tsql-lexer.js';
import { isStarter, type Word, wordOf } from './tsql-words.js';
import { hasOwnParentheses, isUnreserved, legitimateUse } from './word-rules.js';
import { readWithHeader } from './with-header.js';

const MAX_DEPTH = 2_000;
const OPEN = '('.charCodeAt(0);
const CLOSE = ')'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const SEMICOLON = ';'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
const DOT = '.'.charCodeAt(0);
const BRACE = '{'.charCodeAt(0);
const ODBC_ESCAPES = new Set(['fn', 'd', 't', 'ts', 'oj', 'guid', 'interval', 'limit', 'escape']);
/**
 * Reads the tokens of a statement once, from left to right, and throws a Refusal at the first that a single reading
 * statement would not have. Nothing is parsed: what is not T-SQL at all is left to the server to refuse.
 * (A little over 300 lines: one walk over one list of tokens, and its steps read best in one place.)
 */
export class ReadWalk {
  private readonly reader: TokenReader;
  private readonly levels: Level[] = [newLevel('statement')];
  private readonly names: NameRules;
  /** The SELECT that a statement at the outermost level may have without UNION before it. */
  private mainSelect = -1;
  private at = 0;

  constructor(
    text: string,
    tokens: Tokens,
    private readonly rules: ReadRules,
  ) {
    this.reader = new TokenReader(text, tokens);
    this.names = new NameRules(this.reader, rules);
  }

  run(): void {
    const { reader } = this;
    while (reader.isSign(this.at, ';')) this.at++;
    if (this.at >= reader.tokens.count) throw new Refusal('empty', 0, '');
    this.beginStatement();
    while (this.at < reader.tokens.count) this.step();
    if (this.levels.length > 1) throw new Refusal('unbalanced', reader.text.length, '(');
  }

  /** SELECT, WITH … SELECT, or either in parentheses; with several statements DECLARE and SET @variable too. */
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
        const mayBeName = this.level.expectsTable || reader.isSign(i + 1, '.');
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
        if (this.levels.length === 1) throw this.refuse('unbalanced', i);
        this.levels.pop();
        return;
      case COMMA:
        if (this.level.clause === 'from' || this.level.clause === 'on') {
          this.level.clause = 'from';
          this.level.expectsTable = true;
        }
        return;
      case SEMICOLON:
        return this.semicolon(i);
      case COLON: {
        const double = reader.isSign(i + 1, ':') || reader.isSign(i - 1, ':');
        // JSON_OBJECT('a':1) has colons too, inside its parentheses.
        if (!double && this.levels.length === 1) throw this.refuse('label', i);
        return;
      }
      case DOT:
        // `.t` and `..t` are tables without their schema.
        if (this.level.expectsTable) {
          this.at = i;
          this.name(i);
        }
        return;
      case BRACE:
        if (!ODBC_ESCAPES.has(reader.shown(i + 1).toLowerCase())) throw this.refuse('forbidden-word', i);
        // `{oj a LEFT JOIN b …}`: what follows the word stands where the brace stood.
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
    if (!this.rules.allowMultipleStatements || this.levels.length > 1) throw this.refuse('several-statements', this.at);
    this.levels[0] = newLevel('statement');
    this.beginStatement();
    if (this.at <= i) this.at = i + 1;
  }

  private open(i: number): void {
    const { reader } = this;
    if (this.levels.length >= MAX_DEPTH) throw this.refuse('too-deep', i);
    const { level } = this;
    let nesting: Nesting = 'expression';
    if (reader.isWord(i - 1, 'WITH') || level.nesting === 'hints') nesting = 'hints';
    else if (reader.isWord(i - 1, 'OPTION') || level.nesting === 'options') nesting = 'options';
    else if (level.expectsTable) nesting = 'table';
    else if (level.clause === 'from') nesting = 'table-tail';
    level.expectsTable = false;
    const inner = newLevel(nesting);
    if (nesting === 'table') {
      inner.clause = 'from';
      inner.expectsTable = true;
    }
    this.levels.push(inner);
  }

  private word(i: number, number: number): void {
    const { reader, level } = this;
    this.at++;
    const word = wordOf(number);
    if (isStarter(number)) return this.starter(i, word);
    switch (word) {
      case 'SELECT':
        this.selectWord(i);
        level.clause = 'select';
        level.expectsTable = false;
        return;
      case 'FROM':
        if (this.isFromClause(i)) {
          level.clause = 'from';
          level.expectsTable = true;
        }
        return;
      case 'JOIN':
      case 'APPLY':
        // OPTION (MERGE JOIN) joins nothing; APPLY may be a column.
        if (level.nesting === 'options' || (word === 'APPLY' && level.clause !== 'from' && level.clause !== 'on'))
          return;
        level.clause = 'from';
        level.expectsTable = true;
        return;
      case 'VALUES':
        level.clause = 'none';
        level.expectsTable = false;
        return;
      case 'FOR':
        // FOR JSON PATH, ROOT('x'): its commas separate no tables. FOR SYSTEM_TIME belongs to one.
        if ((level.clause === 'from' || level.clause === 'on') && !reader.isWord(i + 1, 'SYSTEM_TIME'))
          level.clause = 'after';
        return;
      case 'ON':
        if (level.clause === 'from') level.clause = 'on';
        if (reader.isWord(i + 1, 'CONVERSATION')) throw this.refuse('forbidden-word', i + 1);
        return;
      case 'WHERE':
      case 'GROUP':
      case 'HAVING':
      case 'ORDER':
      case 'UNION':
      case 'EXCEPT':
      case 'INTERSECT':
      case 'OPTION':
        // WITHIN GROUP (ORDER BY …) and OVER (… ORDER BY …) stand in levels of their own.
        if (level.clause !== 'none') level.clause = 'after';
        level.expectsTable = false;
        return;
      case 'CASE':
        level.openCases++;
        return;
      case 'END':
        if (level.openCases === 0) throw this.refuse('forbidden-word', i);
        level.openCases--;
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
        if (!reader.isSign(i - 1, '.') && isHintPlace(level.nesting)) throw this.refuse('exclusive-lock', i);
        return;
      case 'MOVE':
      case 'GET':
        if (reader.isWord(i + 1, 'CONVERSATION')) throw this.refuse('forbidden-word', i);
        return;
      case 'RECEIVE':
        if (this.endsOperand(i - 1) && (reader.isSign(i + 1, '*') || reader.isWord(i + 1, 'TOP'))) {
          throw this.refuse('forbidden-word', i);
        }
        return;
      default:
        // A non-reserved word as a name, with a call behind it.
        if (reader.isSign(this.at, '.') || reader.isSign(this.at, '(')) {
          if (!hasOwnParentheses(number)) this.name(i);
        }
        return;
    }
  }

  /** Whether the token may be the last of an expression. */
  private endsOperand(i: number): boolean {
    const { reader } = this;
    const kind = reader.kind(i);
    return (kind !== 0 && kind !== 6 && reader.wordAt(i) === 0) || reader.isSign(i, ')') || reader.isWord(i, 'END');
  }

  private starter(i: number, word: Word | undefined): void {
    const skip = legitimateUse(this.reader, i, this.level.nesting);
    if (skip > 0) {
      this.at = i + skip;
      return;
    }
    if (word === 'INTO') throw this.refuse('select-into', i);
    const variables = (word === 'DECLARE' || word === 'SET') && this.reader.kind(i + 1) === VARIABLE;
    if (!variables || !this.rules.allowMultipleStatements || this.levels.length > 1)
      throw this.refuse('forbidden-word', i);
    this.levels[0] = newLevel('statement');
  }

  private selectWord(i: number): void {
    const { reader } = this;
    if (this.levels.length > 1 || i === this.mainSelect) return;
    const afterSetOperator =
      reader.isWord(i - 1, 'UNION', 'EXCEPT', 'INTERSECT') ||
      (reader.isWord(i - 1, 'ALL') && reader.isWord(i - 2, 'UNION'));
    if (afterSetOperator) return;
    if (!this.rules.allowMultipleStatements) throw this.refuse('several-statements', i);
    this.levels[0] = newLevel('statement');
    this.mainSelect = i;
  }

  /** Not in TRIM(x FROM y), IS [NOT] DISTINCT FROM, and FOR SYSTEM_TIME FROM. */
  private isFromClause(i: number): boolean {
    const { reader, level } = this;
    if (level.clause === 'none') return false;
    if (reader.isWord(i - 1, 'DISTINCT') && reader.isWord(i - 2, 'IS', 'NOT')) return false;
    const temporal = reader.isWord(i - 1, 'SYSTEM_TIME') && reader.isWord(i - 2, 'FOR');
    return !(temporal && (level.clause === 'from' || level.clause === 'on'));
  }

  private name(i: number): void {
    const { reader, level } = this;
    const next = reader.signAt(i + 1);
    const plain = next !== DOT && next !== OPEN && reader.kind(i) === WORD;
    if (plain && !level.expectsTable) {
      this.at = i + 1;
      return;
    }
    const dotted = readDottedName(reader, i);
    this.at = Math.max(dotted.next, i + 1);
    const place = level.expectsTable ? 'table' : level.nesting === 'hints' ? 'hint' : 'expression';
    level.expectsTable = false;
    this.names.check(i, dotted, place);
  }

  private get level(): Level {
    return this.levels[this.levels.length - 1] as Level;
  }

  private refuse(rule: PolicyRule, i: number): Refusal {
    return new Refusal(rule, this.reader.start(i), this.reader.shown(i));
  }
}
