import { PAUSE, type RequestOutcome, type Steps } from '../engine/contracts.ts';
import { converter } from '../engine/convert.ts';
import { SqlError } from '../engine/sql-error.ts';
import { INT } from '../engine/types.ts';
import type * as ast from '../parser/ast.ts';
import { consequenceOf, toSqlError } from './error-policy.ts';
import { BatchEnded, compiling, originOf, Raised, ScopeEnded } from './errors.ts';
import { evaluate, test } from './evaluate.ts';
import type { Frame } from './frame.ts';
import { revertFrame } from './impersonation.ts';
import { messageOf } from './messages.ts';
import { parseFrame } from './parse-frame.ts';
import type { SessionState } from './session-state.ts';
import { checkAlone, explainBatch } from './show-plan.ts';
import { executeStatement } from './statements.ts';
import { declareBranches } from './variables.ts';

/** How control leaves a statement: to the next one, out of a loop, or out of the frame with a return status. */
export type Flow = 'next' | 'break' | 'continue' | 'return';

/** The return status of a frame that an error ended. */
const FAILED_STATUS = -6;

/** Runs the whole request of a client; an error that nothing catches is reported and ends it. */
export function* runRequest(session: SessionState, run: () => Steps<number>): Steps<number> {
  let status: number;
  try {
    status = yield* run();
  } catch (error) {
    if (error instanceof BatchEnded) status = FAILED_STATUS;
    else if (error instanceof ScopeEnded) status = FAILED_STATUS;
    else {
      report(session, toSqlError(error));
      status = FAILED_STATUS;
    }
  }
  if (session.transactions.doomed) {
    session.transactions.rollbackAll(session.frame.sink);
    report(
      session,
      new SqlError(
        3998,
        'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.',
        16,
        1,
        1,
      ),
    );
  }
  return status;
}

export function* runBatch(session: SessionState, frame: Frame): Steps<RequestOutcome> {
  const returnStatus = yield* runRequest(session, () => {
    const statements = parseFrame(session.options, frame);
    checkAlone(statements);
    const explains = session.options.showPlan && statements[0]?.kind !== 'set switch';
    return explains ? explained(session, frame, statements) : runFrame(session, frame, statements);
  });
  return { returnStatus, outputs: [] };
}

// eslint-disable-next-line require-yield -- a batch that is only planned runs nothing that could pause
function* explained(session: SessionState, frame: Frame, statements: readonly ast.Statement[]): Steps<number> {
  explainBatch(session, frame, statements);
  return 0;
}

/** Runs one frame to its return status, and drops its local objects. */
export function* runFrame(session: SessionState, frame: Frame, statements: readonly ast.Statement[]): Steps<number> {
  const caller = session.frame;
  session.frame = frame;
  try {
    declareBranches(session, frame, statements);
    yield* runStatements(session, frame, statements);
    return frame.status;
  } catch (error) {
    if (error instanceof ScopeEnded && error.frame === frame) return FAILED_STATUS;
    throw error;
  } finally {
    session.frame = caller;
    // EXECUTE AS of a batch lasts as long as the session.
    if (frame.kind !== 'batch') revertFrame(session, frame);
    if (frame.kind !== 'batch' && frame.temporaryTables.size > 0) {
      frame.temporaryTables.clear();
      session.planVersion++;
    }
  }
}

function* runStatements(session: SessionState, frame: Frame, statements: readonly ast.Statement[]): Steps<Flow> {
  for (const statement of statements) {
    const flow = yield* runStatement(session, frame, statement);
    if (flow !== 'next') return flow;
  }
  return 'next';
}

function* runStatement(session: SessionState, frame: Frame, statement: ast.Statement): Steps<Flow> {
  if (session.ticker.tick()) yield PAUSE;
  session.statementTime = undefined;
  session.statementNumber++;
  try {
    session.onStatement?.(statement, frame);
    const flow = yield* control(session, frame, statement);
    return flow;
  } catch (thrown) {
    if (thrown instanceof BatchEnded || thrown instanceof ScopeEnded || thrown instanceof Raised) throw thrown;
    const error = toSqlError(thrown);
    error.line ??= statement.line;
    error.procedure ||= frame.procedureName;
    handle(session, frame, statement, error);
    return 'next';
  }
}

/** Applies the consequence of a statement's error. It returns if the next statement is to run. */
function handle(session: SessionState, frame: Frame, statement: ast.Statement, error: SqlError): void {
  const origin = originOf(error);
  const consequence = consequenceOf(error, origin, session.options.isOn('XACT_ABORT'));
  session.lastError = error.number;
  session.rowCount = 0;
  const fatal = error.severity >= 20;
  const guarded = origin === 'compile' ? frame.guardedByCaller : frame.guarded;
  if (guarded && !fatal) {
    if (consequence === 'end transaction') session.transactions.doom();
    throw new Raised(error, origin === 'compile' ? frame : undefined);
  }
  if (frame.insideFunction) throw new Raised(error, frame);
  report(session, error);
  if (consequence !== 'end scope' && isDml(statement) && origin === 'statement') terminatedNotice(session, error);
  if (consequence === 'end transaction') session.transactions.rollbackAll(frame.sink);
  if (fatal) session.terminated = true;
  if (consequence === 'end transaction' || consequence === 'end batch') throw new BatchEnded();
  if (consequence === 'end scope') throw new ScopeEnded(frame);
}

const isDml = (statement: ast.Statement): boolean => ['insert', 'update', 'delete', 'merge'].includes(statement.kind);

function terminatedNotice(session: SessionState, error: SqlError): void {
  session.frame.sink.info({
    ...messageOf(error),
    number: 3621,
    state: 0,
    severity: 0,
    message: 'The statement has been terminated.',
  });
}

function report(session: SessionState, error: SqlError): void {
  session.lastError = error.number;
  session.frame.sink.error(messageOf(error));
  session.frame.sink.done(null, { kind: 'other', failed: true });
}

function* control(session: SessionState, frame: Frame, statement: ast.Statement): Steps<Flow> {
  switch (statement.kind) {
    case 'block':
      return yield* runStatements(session, frame, statement.body);
    case 'if': {
      const condition = yield* test(session, frame, statement, statement.condition);
      session.lastError = 0;
      session.rowCount = 0;
      if (condition === true) return yield* runStatement(session, frame, statement.then);
      return statement.otherwise ? yield* runStatement(session, frame, statement.otherwise) : 'next';
    }
    case 'while':
      while ((yield* test(session, frame, statement, statement.condition)) === true) {
        const flow = yield* runStatement(session, frame, statement.body);
        if (flow === 'break') break;
        if (flow === 'return') return flow;
      }
      return 'next';
    case 'break':
    case 'continue':
      return statement.kind;
    case 'return':
      yield* returnValue(session, frame, statement);
      return 'return';
    case 'try':
      return yield* tryCatch(session, frame, statement);
    default:
      yield* executeStatement(session, frame, statement);
      return 'next';
  }
}

function* returnValue(session: SessionState, frame: Frame, statement: ast.Return): Steps {
  if (!statement.value) return;
  if (frame.kind === 'function') {
    const { value, type } = yield* evaluate(session, frame, statement, statement.value);
    frame.result = frame.returns ? converter(type, frame.returns, { implicit: true })(value) : value;
    return;
  }
  if (frame.kind !== 'procedure') {
    throw compiling(() => {
      throw new SqlError(178, 'A RETURN statement with a return value cannot be used in this context.', 15);
    });
  }
  const { value, type } = yield* evaluate(session, frame, statement, statement.value);
  frame.status = value === null ? 0 : Number(converter(type, INT, { implicit: true })(value));
}

function* tryCatch(session: SessionState, frame: Frame, statement: ast.TryCatch): Steps<Flow> {
  let raised: Raised;
  frame.tryDepth++;
  try {
    return yield* runStatements(session, frame, statement.body);
  } catch (error) {
    if (!(error instanceof Raised) || error.passing === frame) throw error;
    raised = error;
  } finally {
    frame.tryDepth--;
  }
  const outer = session.caught;
  session.caught = messageOf(raised.error);
  session.lastError = raised.error.number;
  try {
    return yield* runStatements(session, frame, statement.handler);
  } finally {
    session.caught = outer;
  }
}
