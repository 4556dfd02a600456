import { Clauses } from './clauses.js';
import { NameRules } from './name-rules.js';
import type { PolicyRules } from './policy-rules.js';
import { type PolicyRule, Refusal } from './refusal.js';
import { readDottedName, TokenReader } from './lexer/token-reader.js';
import { type RefusedWord, refusedWord } from './refused-words.js';
import { NUMBER, QUOTED, type Tokens, VARIABLE, WORD } from './lexer/tsql-lexer.js';
import { type Word, wordOf } from './lexer/tsql-words.js';
import { isOdbcEscape, isUnreserved, legitimateUse } from './word-rules.js';

const FIRST_WORDS = new Set([
  'select',
  'with',
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'create',
  'alter',
  'drop',
  'declare',
  'set',
  'if',
  'begin',
  'while',
  'print',
  'raiserror',
  'throw',
  'return',
]);

/** Words after which no clause of the statement before goes on. */
const BEGINS_ANEW: ReadonlySet<Word> = new Set<Word>([
  'BEGIN',
  'DECLARE',
  'EXEC',
  'EXECUTE',
  'IF',
  'PRINT',
  'RAISERROR',
  'RETURN',
  'WHILE',
]);

/** Which words a text may begin with, and which it may not have. */
export interface WordRules {
  /** In lower case. */
  readonly first: ReadonlySet<string>;
  refused(reader: TokenReader, i: number): RefusedWord | undefined;
}

const STATEMENT_WORDS: WordRules = { first: FIRST_WORDS, refused: refusedWord };

/**
 * Refuses what no statement may do even where writing is allowed: end our transaction, change the session or its user,
 * run code that this check can't see, or reach outside of the database. Within the database the login's permissions
 * decide.
 */
export class WriteChecker {
  private readonly reader: TokenReader;
  private readonly clauses: Clauses;
  private readonly names: NameRules;
  private at = 0;

  /** The rules of single words: those of a statement by default. */
  constructor(
    text: string,
    tokens: Tokens,
    rules: PolicyRules,
    private readonly words: WordRules = STATEMENT_WORDS,
  ) {
    this.reader = new TokenReader(text, tokens);
    this.clauses = new Clauses(this.reader);
    this.names = new NameRules(this.reader, rules);
  }

  run(): void {
    const { reader } = this;
    let first = 0;
    while (reader.isSign(first, ';') || reader.isSign(first, '(')) first++;
    if (first >= reader.tokens.count) throw new Refusal('empty', 0, '');
    // If the first word of a batch does not begin a statement, it is the name of a procedure to execute.
    const begins = this.words.first.has(reader.shown(first).toLowerCase());
    if (!begins) {
      this.refuseWord(first);
      throw this.refuse('first-word', first);
    }
    while (this.at < reader.tokens.count) this.step();
    this.clauses.end();
  }

  private step(): void {
    const { reader, clauses } = this;
    const i = this.at;
    switch (reader.kind(i)) {
      case WORD: {
        const number = reader.wordAt(i);
        const mayBeName = clauses.current.expectsTable || reader.isSign(i + 1, '.');
        if (number !== 0 && !reader.isSign(i - 1, '.') && !(mayBeName && isUnreserved(number))) return this.word(i);
        return this.name(i);
      }
      case QUOTED:
      case VARIABLE:
        return this.name(i);
      default:
        return this.sign(i);
    }
  }

  private sign(i: number): void {
    const { reader, clauses } = this;
    this.at++;
    if (reader.isSign(i, '(')) clauses.open(i);
    else if (reader.isSign(i, ')')) clauses.close(i);
    else if (reader.isSign(i, ',')) clauses.comma();
    else if (reader.isSign(i, ';') && clauses.outermost) clauses.restart();
    else if (reader.isSign(i, '{') && !isOdbcEscape(reader, i) && reader.kind(i + 1) !== NUMBER) {
      throw this.refuse('unseen-code', i + 1);
    } else if (reader.isSign(i, '.') && clauses.current.expectsTable) {
      this.at = i;
      this.name(i);
    }
  }

  private word(i: number): void {
    const { reader, clauses } = this;
    const word = wordOf(reader.wordAt(i));
    const skip = legitimateUse(reader, i, clauses.current.kind);
    this.at = i + Math.max(skip, 1);
    if (skip > 0) return;
    this.refuseWord(i);
    this.beginStatement(word);
    if (this.target(i, word) || clauses.word(i, word)) return;
    const callable = reader.isSign(this.at, '.') || reader.isSign(this.at, '(');
    if (callable && isUnreserved(reader.wordAt(i))) this.name(i);
  }

  /** DROP TABLE IF EXISTS goes on. */
  private beginStatement(word: Word | undefined): void {
    const { clauses } = this;
    if (word === undefined || !BEGINS_ANEW.has(word)) return;
    if (clauses.outermost && !clauses.current.expectsTable) clauses.restart();
  }

  private refuseWord(i: number): void {
    const refused = this.words.refused(this.reader, i);
    if (refused !== undefined) throw this.refuse(refused.rule, refused.token, refused.last);
  }

  /** Reads a word after which a changing statement names its table. Returns false when the word is not one. */
  private target(i: number, word: Word | undefined): boolean {
    const { reader, clauses } = this;
    const { kind, clause } = clauses.current;
    const beginning = kind === 'statement' && clause === 'none';
    switch (word) {
      case 'INSERT':
      case 'UPDATE':
      case 'DELETE':
      case 'MERGE':
        clauses.expectTable('select');
        return true;
      case 'INTO':
      case 'IDENTITY_INSERT':
        clauses.expectTable(clause);
        return true;
      case 'USING':
        clauses.expectTable('from');
        return true;
      case 'TABLE':
      case 'VIEW':
        // DECLARE @t TABLE (…) names no table.
        if (kind === 'options' || kind === 'table-tail' || reader.isSign(i + 1, '(')) return false;
        clauses.expectTable('from');
        return true;
      case 'ON':
        // CREATE INDEX i ON t
        if (beginning) clauses.expectTable('none');
        return beginning;
      case 'FOR': {
        // CREATE SYNONYM s FOR t; NEXT VALUE FOR s
        const named = beginning || (reader.isWord(i - 1, 'VALUE') && reader.isWord(i - 2, 'NEXT'));
        if (named) clauses.expectTable(clause);
        return named;
      }
      case 'SET':
        clauses.current.clause = 'select';
        clauses.current.expectsTable = false;
        return true;
      case 'CREATE':
      case 'ALTER':
      case 'DROP':
        if (kind === 'statement') clauses.restart();
        return true;
      default:
        return false;
    }
  }

  private name(i: number): void {
    const { reader, clauses } = this;
    const dotted = readDottedName(reader, i);
    this.at = Math.max(dotted.next, i + 1);
    const place = clauses.current.expectsTable ? 'table' : 'expression';
    clauses.current.expectsTable = false;
    // In `INSERT t (a)` and `CREATE INDEX i ON t (a)` the parentheses hold columns and not arguments.
    const columns = place === 'table' && reader.isWord(i - 1, 'INSERT', 'INTO', 'ON', 'TABLE', 'VIEW');
    this.names.check(i, columns ? { ...dotted, call: false } : dotted, place);
  }

  private refuse(rule: PolicyRule, i: number, last = i): Refusal {
    return new Refusal(rule, this.reader.start(i), this.reader.shown(i, last));
  }
}
