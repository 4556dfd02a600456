import type { ResultSink, Steps } from '../../engine/contracts.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import { Frame } from '../frame.ts';
import { runDynamicText } from '../interpreter.ts';
import { checkNesting, checkTransactionCount } from '../routines.ts';
import type { Session } from '../session.ts';

export interface DynamicParameter {
  readonly name: string;
  readonly type: SqlType;
  readonly value: Value;
  /** Takes the last value, for OUTPUT. */
  readonly assign?: (value: Value, type: SqlType) => void;
}

/** A text as a batch of its own within another: what it SETs, and the database it USEs, end with it. */
export function* runDynamic(
  session: Session,
  caller: Frame,
  sink: ResultSink,
  text: string,
  parameters: readonly DynamicParameter[],
): Steps<number> {
  checkNesting(caller);
  const frame = new Frame({ kind: 'dynamic', text, sink, parent: caller });
  for (const { name, type, value } of parameters) frame.declare(name, type, value);
  const options = session.options.copy();
  const { database, identityInsert } = session;
  const transactions = session.transactions.count;
  let status: number;
  try {
    status = yield* runDynamicText(session, frame);
  } finally {
    session.options.restore(options);
    session.identityInsert = identityInsert;
    session.planVersion++;
    if (session.database !== database) session.useDatabase(database.name, sink);
  }
  for (const { name, assign, type } of parameters) assign?.(frame.variable(name)!.value, type);
  checkTransactionCount(session, transactions);
  return status;
}
