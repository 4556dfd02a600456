import { SqlError } from '../engine/sql-error.ts';
import type { ErrorOrigin } from './error-policy.ts';
import type { Frame } from './frame.ts';

/** The origin of an error decides what it ends; an error without an entry is an ordinary error of its statement. */
const origins = new WeakMap<SqlError, ErrorOrigin>();

export function withOrigin(error: SqlError, origin: ErrorOrigin): SqlError {
  origins.set(error, origin);
  return error;
}
export const originOf = (error: SqlError): ErrorOrigin => origins.get(error) ?? 'statement';

/** Marks errors of name resolution and typing: a TRY of the same frame does not catch them. */
export function compiling<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SqlError && !origins.has(error) ? withOrigin(error, 'compile') : error;
  }
}

/** An error on its way to the CATCH block that will handle it. */
export class Raised extends Error {
  readonly error: SqlError;
  /** TRY blocks of this frame don't catch it. */
  readonly passing: Frame | undefined;

  constructor(error: SqlError, passing: Frame | undefined) {
    super(error.message);
    this.error = error;
    this.passing = passing;
  }
}

/** The error has been reported; the frame ends and its caller goes on. */
export class ScopeEnded extends Error {
  readonly frame: Frame;

  constructor(frame: Frame) {
    super('scope ended');
    this.frame = frame;
  }
}

/** The error has been reported; nothing more of the request runs. */
export class BatchEnded extends Error {}
