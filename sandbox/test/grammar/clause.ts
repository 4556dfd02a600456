import type { Expectation } from '../corpus/corpus-case.ts';

/** A clause that takes effect: what shows it. */
export interface HonouredClause {
  readonly sql: string;
  readonly expect: Expectation;
}

/** A clause that can't change what a statement does here; `plain` is the statement without it, which has to do the same. */
export interface IndifferentClause {
  readonly sql: string;
  readonly plain: string;
  /** Run first, once for each of the two. */
  readonly before?: string;
  readonly after?: string;
}

/** A clause that the sandbox doesn't have: error 50000 with its name, or SQL Server's own error. */
export interface RefusedClause {
  readonly sql: string;
  readonly error?: number;
  /** A part of the message. */
  readonly names: string;
}
