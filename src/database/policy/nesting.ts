/** Where in its SELECT a nesting level stands. */
export type Clause = 'none' | 'select' | 'from' | 'on' | 'after';
/** What an opening parenthesis began. */
export type NestingKind = 'statement' | 'expression' | 'table' | 'hints' | 'options' | 'table-tail';

export interface Nesting {
  readonly nesting: NestingKind;
  /** The token of its parenthesis. */
  readonly opened: number;
  clause: Clause;
  /** The next name is a table. */
  expectsTable: boolean;
  openCases: number;
}

export function isHintPlace(nesting: NestingKind): boolean {
  return nesting === 'hints' || nesting === 'options' || nesting === 'table-tail';
}

export function newNesting(nesting: NestingKind, opened: number): Nesting {
  return { nesting, opened, clause: 'none', expectsTable: false, openCases: 0 };
}
