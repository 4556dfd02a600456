import { SqlError } from '../engine/sql-error.ts';

/** Errors of the parser have severity 15: syntax. */
export function syntaxError(number: number, message: string, line: number): SqlError {
  return new SqlError(number, message, 15, 1, line);
}
