import type { Expectation } from '../corpus/corpus-case.ts';

/** A clause with an effect, and the statements that show it. */
export interface HonouredClause {
  readonly sql: string;
  readonly expect: Expectation;
}

/** A clause without an effect in the sandbox; `plain` is the statement without it, which must do the same. */
export interface IndifferentClause {
  readonly sql: string;
  readonly plain: string;
  /** Statements that run before each of the two. */
  readonly before?: string;
  readonly after?: string;
}

/** A clause that the sandbox refuses: error 50000 with its name, or SQL Server's own error. */
export interface RefusedClause {
  readonly sql: string;
  readonly error?: number;
  /** A part of the message. */
  readonly names: string;
}
