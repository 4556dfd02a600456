import type { Steps } from '../../engine/contracts.ts';
import { converter } from '../../engine/convert.ts';
import { compileExpression } from '../../engine/query/compile-query.ts';
import { notSupported, SqlError } from '../../engine/sql-error.ts';
import { BIGINT, FLOAT } from '../../engine/types.ts';
import type * as ast from '../../parser/ast.ts';
import type { Transaction } from '../../storage/transaction.ts';
import type { ExecutionContext } from '../execution-context.ts';
import { finish } from '../finish.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { atomically } from '../statement-runner.ts';
import type { OutputRows } from './output.ts';
import { VariableLog } from './session-writer.ts';

export interface Changed {
  readonly count: number;
  readonly output: OutputRows | undefined;
}

/** Runs an INSERT, UPDATE, DELETE or MERGE as a whole, then sends its OUTPUT and its count. */
export function* changeData(
  session: SessionState,
  frame: Frame,
  work: (transaction: Transaction, log: VariableLog) => Steps<Changed>,
): Steps {
  const changed = yield* atomically(session, { writes: true }, function* (transaction) {
    const log = new VariableLog(session);
    try {
      const result = yield* work(transaction, log);
      log.keep();
      return result;
    } catch (error) {
      log.undo();
      throw error;
    }
  });
  if (changed.output) {
    frame.sink.columns(changed.output.columns);
    for (const row of changed.output.rows) if (frame.sink.row(row)) yield frame.sink.drained;
  }
  finish(session, frame, changed.count, 'dml');
}

export interface RowBound {
  /** The number of rows that the statement may change, of the rows that it found. */
  limit(count: number): number;
}

/** TOP of a DML statement together with SET ROWCOUNT. */
export function compileTop(session: SessionState, context: ExecutionContext, top: ast.Top | undefined): RowBound {
  if (!top) return { limit: () => session.options.rowLimit || Infinity };
  if (top.withTies)
    throw new SqlError(1062, 'The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.', 15);
  const compiled = compileExpression(top.expression, context);
  if (compiled.reads.length > 0) throw notSupported('a subquery in TOP of a DML statement', top.line);
  const convert = converter(compiled.type, top.percent ? FLOAT : BIGINT, { implicit: true });
  return {
    limit(count) {
      const given = compiled.evaluate([], session.ticker);
      const value = given === null ? null : Number(convert(given));
      if (value === null || value < 0)
        throw new SqlError(127, 'A TOP N or FETCH rowcount value may not be negative.', 15);
      if (top.percent && value > 100) throw new SqlError(1031, 'Percent values must be between 0 and 100.', 15);
      const rows = top.percent ? Math.ceil((count * value) / 100) : value;
      return Math.min(rows, session.options.rowLimit || Infinity);
    },
  };
}
