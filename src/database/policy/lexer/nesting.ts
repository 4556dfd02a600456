/** The clause of a SELECT that is being read. */
export type Clause = 'none' | 'select' | 'from' | 'on' | 'after';
/** What an opening parenthesis begins. */
export type NestingKind = 'statement' | 'expression' | 'table' | 'hints' | 'options' | 'table-tail';

export interface Nesting {
  readonly kind: NestingKind;
  /** The token of the opening parenthesis. */
  readonly opened: number;
  clause: Clause;
  /** Whether the next name is a table. */
  expectsTable: boolean;
  openCases: number;
}

export function isHintPlace(kind: NestingKind): boolean {
  return kind === 'hints' || kind === 'options' || kind === 'table-tail';
}

export function newNesting(kind: NestingKind, opened: number): Nesting {
  return { kind, opened, clause: 'none', expectsTable: false, openCases: 0 };
}
