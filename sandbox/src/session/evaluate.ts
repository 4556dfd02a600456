import type { TableRead } from '../engine/binder/bind-context.ts';
import type { Steps } from '../engine/contracts.ts';
import { converter } from '../engine/convert.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import { NVARCHAR_MAX } from '../engine/types.ts';
import type * as ast from '../parser/ast.ts';
import { RowLocked } from '../storage/transaction.ts';
import { expressionPlan, predicatePlan } from './compile.ts';
import type { Frame } from './frame.ts';
import type { SessionState } from './session-state.ts';
import { atomically, prepareReads } from './statement-runner.ts';

export interface Evaluated {
  readonly value: Value;
  readonly type: SqlType;
}

/** Evaluates an expression of a control or SET statement. */
export function* evaluate(
  session: SessionState,
  frame: Frame,
  _statement: ast.Statement,
  expression: ast.Expression,
): Steps<Evaluated> {
  const plan = expressionPlan(session, frame, expression);
  const value = yield* reading(session, plan.reads, () => plan.evaluate([], session.ticker));
  return { value, type: plan.type };
}

export function* evaluateAs(
  session: SessionState,
  frame: Frame,
  statement: ast.Statement,
  expression: ast.Expression,
  type: SqlType,
): Steps<Value> {
  const result = yield* evaluate(session, frame, statement, expression);
  return result.value === null ? null : converter(result.type, type, { implicit: true })(result.value);
}

export function* evaluateText(
  session: SessionState,
  frame: Frame,
  statement: ast.Statement,
  expression: ast.Expression,
): Steps<string | null> {
  return (yield* evaluateAs(session, frame, statement, expression, NVARCHAR_MAX)) as string | null;
}

export function* test(
  session: SessionState,
  frame: Frame,
  _statement: ast.Statement,
  predicate: ast.Predicate,
): Steps<boolean | null> {
  const plan = predicatePlan(session, frame, predicate);
  return yield* reading(session, plan.reads, () => plan.evaluate([], session.ticker));
}

/** Runs something that may read tables, itself or in the functions it calls, and waits for locks. */
function* reading<T>(session: SessionState, reads: readonly TableRead[], work: () => T): Steps<T> {
  if (reads.length > 0) {
    // eslint-disable-next-line require-yield -- an expression runs without pauses
    return yield* atomically(session, { writes: false }, function* (transaction) {
      prepareReads(session, reads, transaction);
      return work();
    });
  }
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RowLocked) || session.frame.insideFunction) throw error;
      yield* session.waits.wait(session, error.owners);
    }
  }
}
