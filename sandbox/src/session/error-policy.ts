import { CancelledError } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import { DuplicateKey, type MemoryTable } from '../storage/memory-table.ts';
import { RowLocked } from '../storage/transaction.ts';

/*
 * Determines what an error ends. SQL Server's documentation has no list of this; these sets follow
 * Erland Sommarskog, "Error and Transaction Handling in SQL Server" (sommarskog.se/error_handling/Part2.html).
 */

/** These errors end their statement only, while XACT_ABORT is OFF. */
const STATEMENT_TERMINATING = new Set([
  201, 213, 214, 217, 220, 229, 230, 232, 262, 266, 349, 391, 512, 515, 517, 530, 535, 544, 545, 547, 550, 574, 628,
  911, 916, 1007, 1750, 1769, 1776, 1778, 1785, 1801, 1902, 1907, 1911, 1913, 2601, 2627, 2628, 2705, 2714, 2715, 2744,
  2760, 2812, 2627, 3609, 3621, 3701, 3702, 3705, 3708, 3726, 3728, 3727, 3729, 3732, 3733, 3902, 3903, 3728, 4606,
  4610, 4617, 4701, 4712, 4902, 4916, 4922, 4924, 5074, 6401, 8101, 8102, 8115, 8134, 8144, 8145, 8146, 8152, 8162,
  8178, 8179, 8672, 10708, 11700, 11728, 15023, 15025, 15135, 15151, 15190, 15225, 15233, 15247, 15248, 15281, 15404,
  15517, 15664, 15665, 15666, 15217, 15003, 15110, 16916, 33504, 33513,
]);

/** These errors undo the whole transaction and end the batch. */
const TRANSACTION_ABORTING = new Set([
  241, 242, 245, 244, 248, 295, 235, 236, 293, 296, 8114, 8169, 1205, 3930, 3998, 13609, 9420,
]);

/** Where an error was raised; SET XACT_ABORT ON does not turn errors of RAISERROR into an abort. */
export type ErrorOrigin = 'statement' | 'raiserror' | 'throw' | 'compile' | 'syntax';

export type Consequence = 'continue' | 'end scope' | 'end batch' | 'end transaction';

/** The effect of an error that no TRY catches, and whether it dooms the transaction when a TRY does. */
export function consequenceOf(error: SqlError, origin: ErrorOrigin, xactAbort: boolean): Consequence {
  if (error.number === 1205 || error.severity >= 20) return 'end transaction';
  // "Compile errors, such as syntax errors, aren't affected by SET XACT_ABORT" (SET XACT_ABORT, Remarks).
  if (origin === 'raiserror' || origin === 'syntax') return 'continue';
  if (origin === 'compile') return xactAbort ? 'end transaction' : 'end scope';
  if (xactAbort) return 'end transaction';
  if (origin === 'throw') return 'end batch';
  if (TRANSACTION_ABORTING.has(error.number)) return 'end transaction';
  if (STATEMENT_TERMINATING.has(error.number) || error.severity < 16) return 'continue';
  return error.number >= 15000 && error.number < 16000 ? 'continue' : 'end batch';
}

/** Internal errors become message 50000, so that the session survives them. */
export function toSqlError(thrown: unknown): SqlError {
  if (thrown instanceof CancelledError || thrown instanceof RowLocked) throw thrown;
  if (thrown instanceof SqlError) return thrown;
  if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) {
    return new SqlError(
      8631,
      'Internal error: Server stack limit has been reached. Please look for potentially deep nesting in your query, and try to simplify it.',
      17,
    );
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const error = new SqlError(50000, `Internal error of the sandbox: ${message}`);
  if (thrown instanceof Error && thrown.stack) error.stack = thrown.stack;
  return error;
}

/** Errors 2627 and 2601. */
export function duplicateKeyError(table: MemoryTable, error: DuplicateKey, key: string): SqlError {
  const object = `${table.lifetime === 'permanent' ? table.schema : 'dbo'}.${table.name}`;
  if (!error.index.constraint) {
    return new SqlError(
      2601,
      `Cannot insert duplicate key row in object '${object}' with unique index '${error.index.name}'. The duplicate key value is (${key}).`,
      14,
    );
  }
  const kind = error.index.constraint === 'UNIQUE' ? 'UNIQUE KEY' : 'PRIMARY KEY';
  return new SqlError(
    2627,
    `Violation of ${kind} constraint '${error.index.name}'. Cannot insert duplicate key in object '${object}'. The duplicate key value is (${key}).`,
    14,
  );
}
