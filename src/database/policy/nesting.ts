/** Where in its SELECT a nesting level stands. */
export type Clause = 'none' | 'select' | 'from' | 'on' | 'after';
/** What an opening parenthesis began. */
export type NestingKind = 'statement' | 'expression' | 'table' | 'hints' | 'options' | 'table-tail';

export interface Nesting {
  readonly kind: NestingKind;
  /** The token of its parenthesis. */
  readonly opened: number;
  clause: Clause;
  /** The next name is a table. */
  expectsTable: boolean;
  openCases: number;
}

export function isHintPlace(kind: NestingKind): boolean {
  return kind === 'hints' || kind === 'options' || kind === 'table-tail';
}

export function newNesting(kind: NestingKind, opened: number): Nesting {
  return { kind, opened, clause: 'none', expectsTable: false, openCases: 0 };
}
