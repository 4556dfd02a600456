import { isHintPlace, type Nesting, newNesting, type NestingKind } from './lexer/nesting.js';
import { Refusal } from './refusal.js';
import type { TokenReader } from './lexer/token-reader.js';
import type { Word } from './lexer/tsql-words.js';

const MAX_DEPTH = 2_000;

/** The place of the next name. */
export type Place = 'table' | 'hint' | 'expression';

/** Tracks the clauses of a statement within its parentheses, to know where the next name is a table. */
export class Clauses {
  private readonly nestings: Nesting[] = [newNesting('statement', -1)];

  /** The opening token of the parenthesis that was closed last. */
  lastOpened = -1;

  constructor(private readonly reader: TokenReader) {}

  get current(): Nesting {
    return this.nestings[this.nestings.length - 1] as Nesting;
  }

  /** Whether the reader is outside of all parentheses. */
  get outermost(): boolean {
    return this.nestings.length === 1;
  }

  get place(): Place {
    const { expectsTable, kind } = this.current;
    if (expectsTable) return 'table';
    return isHintPlace(kind) ? 'hint' : 'expression';
  }

  /** Begins another statement outside of all parentheses. */
  restart(): void {
    this.nestings[0] = newNesting('statement', -1);
  }

  open(i: number): void {
    const { reader, current } = this;
    if (this.nestings.length >= MAX_DEPTH) throw this.refuse('too-deep', i);
    const before = reader.wordBefore(i);
    // UPDATE TOP (5) t: the table follows the parentheses.
    if (before === 'TOP') {
      this.nestings.push(newNesting('expression', i));
      return;
    }
    let kind: NestingKind = 'expression';
    if (before === 'WITH' || current.kind === 'hints') kind = 'hints';
    else if (before === 'OPTION' || current.kind === 'options') kind = 'options';
    else if (current.expectsTable) kind = 'table';
    else if (current.clause === 'from') kind = 'table-tail';
    current.expectsTable = false;
    const inner = newNesting(kind, i);
    if (kind === 'table') {
      inner.clause = 'from';
      inner.expectsTable = true;
    }
    this.nestings.push(inner);
  }

  close(i: number): void {
    if (this.outermost) throw this.refuse('unbalanced', i);
    this.lastOpened = this.current.opened;
    this.nestings.pop();
  }

  comma(): void {
    const { current } = this;
    if (current.clause !== 'from' && current.clause !== 'on') return;
    current.clause = 'from';
    current.expectsTable = true;
  }

  end(): void {
    if (!this.outermost) throw this.refuse('unbalanced', this.current.opened);
  }

  /** Reads a word that may begin a clause. Returns false when it does not; then the caller has to read it. */
  word(i: number, word: Word | undefined): boolean {
    const { reader, current } = this;
    switch (word) {
      case 'SELECT':
        current.clause = 'select';
        current.expectsTable = false;
        return true;
      case 'FROM':
        if (this.isFromClause(i)) this.expectTable('from');
        return true;
      case 'JOIN':
        // The JOIN in OPTION (MERGE JOIN) joins no table.
        if (current.kind !== 'options') this.expectTable('from');
        return true;
      case 'APPLY':
        if (!this.inTables || current.kind === 'options') return false;
        this.expectTable('from');
        return true;
      case 'TABLE':
      case 'DATA':
        // VECTOR_SEARCH (TABLE = t …), PREDICT (… DATA = t)
        if (current.kind !== 'table-tail' || !reader.isSign(i + 1, '=')) return false;
        current.expectsTable = true;
        return true;
      case 'VALUES':
        current.clause = 'none';
        current.expectsTable = false;
        return true;
      case 'FOR':
        // FOR JSON PATH, ROOT('x'): its commas separate no tables. FOR SYSTEM_TIME and a graph's FOR PATH belong to
        // one.
        if (this.inTables && /^(?:json|xml|browse)$/i.test(reader.shown(i + 1))) current.clause = 'after';
        return true;
      case 'WINDOW':
        // WINDOW w AS (…), v AS (…)
        if (!this.inTables || !reader.isWord(i + 2, 'AS') || !reader.isSign(i + 3, '(')) return false;
        current.clause = 'after';
        return true;
      case 'ON':
        if (current.clause === 'from') current.clause = 'on';
        return true;
      case 'WHERE':
      case 'GROUP':
      case 'HAVING':
      case 'ORDER':
      case 'UNION':
      case 'EXCEPT':
      case 'INTERSECT':
      case 'OPTION':
        // WITHIN GROUP (ORDER BY …) and OVER (… ORDER BY …) stand in parentheses of their own.
        if (current.clause !== 'none') current.clause = 'after';
        current.expectsTable = false;
        return true;
      default:
        return false;
    }
  }

  expectTable(clause: Nesting['clause']): void {
    const { current } = this;
    current.clause = clause;
    current.expectsTable = true;
  }

  private get inTables(): boolean {
    const { clause } = this.current;
    return clause === 'from' || clause === 'on';
  }

  /** False in TRIM(x FROM y), IS [NOT] DISTINCT FROM, and FOR SYSTEM_TIME FROM. */
  private isFromClause(i: number): boolean {
    const { reader } = this;
    if (this.current.clause === 'none') return false;
    if (reader.isWord(i - 1, 'DISTINCT') && reader.isWord(i - 2, 'IS', 'NOT')) return false;
    return !(this.inTables && reader.isWord(i - 1, 'SYSTEM_TIME') && reader.isWord(i - 2, 'FOR'));
  }

  private refuse(rule: 'too-deep' | 'unbalanced', i: number): Refusal {
    return new Refusal(rule, this.reader.start(i), this.reader.shown(i));
  }
}
