import { isHintPlace, type Nesting, newNesting, type NestingKind } from './nesting.js';
import { Refusal } from './refusal.js';
import type { TokenReader } from './token-reader.js';
import type { Word } from './tsql-words.js';

const MAX_DEPTH = 2_000;

/** What stands where the next name is. */
export type Place = 'table' | 'hint' | 'expression';

/** Follows a statement's clauses, level by level, to know where the next name is a table. */
export class Clauses {
  private readonly levels: Nesting[] = [newNesting('statement', -1)];

  /** The token of the parenthesis that was closed last. */
  lastOpened = -1;

  constructor(private readonly reader: TokenReader) {}

  get level(): Nesting {
    return this.levels[this.levels.length - 1] as Nesting;
  }

  /** Not inside of any parenthesis. */
  get outermost(): boolean {
    return this.levels.length === 1;
  }

  get place(): Place {
    const { expectsTable, nesting } = this.level;
    if (expectsTable) return 'table';
    return isHintPlace(nesting) ? 'hint' : 'expression';
  }

  /** At the outermost level another statement begins. */
  restart(): void {
    this.levels[0] = newNesting('statement', -1);
  }

  open(i: number): void {
    const { reader, level } = this;
    if (this.levels.length >= MAX_DEPTH) throw this.refuse('too-deep', i);
    const before = reader.wordBefore(i);
    // UPDATE TOP (5) t: the table comes behind it.
    if (before === 'TOP') {
      this.levels.push(newNesting('expression', i));
      return;
    }
    let nesting: NestingKind = 'expression';
    if (before === 'WITH' || level.nesting === 'hints') nesting = 'hints';
    else if (before === 'OPTION' || level.nesting === 'options') nesting = 'options';
    else if (level.expectsTable) nesting = 'table';
    else if (level.clause === 'from') nesting = 'table-tail';
    level.expectsTable = false;
    const inner = newNesting(nesting, i);
    if (nesting === 'table') {
      inner.clause = 'from';
      inner.expectsTable = true;
    }
    this.levels.push(inner);
  }

  close(i: number): void {
    if (this.outermost) throw this.refuse('unbalanced', i);
    this.lastOpened = this.level.opened;
    this.levels.pop();
  }

  comma(): void {
    const { level } = this;
    if (level.clause !== 'from' && level.clause !== 'on') return;
    level.clause = 'from';
    level.expectsTable = true;
  }

  end(): void {
    if (!this.outermost) throw this.refuse('unbalanced', this.level.opened);
  }

  /** A word that may begin a clause. Says whether it did; else it is for the caller to read. */
  word(i: number, word: Word | undefined): boolean {
    const { reader, level } = this;
    switch (word) {
      case 'SELECT':
        level.clause = 'select';
        level.expectsTable = false;
        return true;
      case 'FROM':
        if (this.isFromClause(i)) this.expectTable('from');
        return true;
      case 'JOIN':
        // OPTION (MERGE JOIN) joins nothing.
        if (level.nesting !== 'options') this.expectTable('from');
        return true;
      case 'APPLY':
        if (!this.inTables || level.nesting === 'options') return false;
        this.expectTable('from');
        return true;
      case 'TABLE':
      case 'DATA':
        // VECTOR_SEARCH (TABLE = t …), PREDICT (… DATA = t)
        if (level.nesting !== 'table-tail' || !reader.isSign(i + 1, '=')) return false;
        level.expectsTable = true;
        return true;
      case 'VALUES':
        level.clause = 'none';
        level.expectsTable = false;
        return true;
      case 'FOR':
        // FOR JSON PATH, ROOT('x'): its commas separate no tables. FOR SYSTEM_TIME and a graph's FOR PATH belong to one.
        if (this.inTables && /^(?:json|xml|browse)$/i.test(reader.shown(i + 1))) level.clause = 'after';
        return true;
      case 'WINDOW':
        // WINDOW w AS (…), v AS (…)
        if (!this.inTables || !reader.isWord(i + 2, 'AS') || !reader.isSign(i + 3, '(')) return false;
        level.clause = 'after';
        return true;
      case 'ON':
        if (level.clause === 'from') level.clause = 'on';
        return true;
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
        return true;
      default:
        return false;
    }
  }

  expectTable(clause: Nesting['clause']): void {
    const { level } = this;
    level.clause = clause;
    level.expectsTable = true;
  }

  private get inTables(): boolean {
    const { clause } = this.level;
    return clause === 'from' || clause === 'on';
  }

  /** Not in TRIM(x FROM y), IS [NOT] DISTINCT FROM, and FOR SYSTEM_TIME FROM. */
  private isFromClause(i: number): boolean {
    const { reader } = this;
    if (this.level.clause === 'none') return false;
    if (reader.isWord(i - 1, 'DISTINCT') && reader.isWord(i - 2, 'IS', 'NOT')) return false;
    return !(this.inTables && reader.isWord(i - 1, 'SYSTEM_TIME') && reader.isWord(i - 2, 'FOR'));
  }

  private refuse(rule: 'too-deep' | 'unbalanced', i: number): Refusal {
    return new Refusal(rule, this.reader.start(i), this.reader.shown(i));
  }
}
