import type { ResultSink, Steps } from '../../engine/contracts.ts';
import type { Database } from '../../storage/database.ts';
import { Frame } from '../frame.ts';
import { parseDynamic } from '../parse-frame.ts';
import { checkNesting, checkTransactionCount } from '../routines.ts';
import type { SessionState } from '../session-state.ts';
import type { DynamicParameter } from './parameters.ts';

/**
 * Runs a text as a batch within another one, in `target` or in the session's database; its SET options and its USE end
 * with it.
 */
export function* runDynamic(
  session: SessionState,
  caller: Frame,
  sink: ResultSink,
  text: string,
  parameters: readonly DynamicParameter[],
  target: Database = session.database,
  declarations = '',
): Steps<number> {
  checkNesting(caller);
  const frame = new Frame({ kind: 'dynamic', text, sink, parent: caller, declarations });
  for (const { name, type, value } of parameters) frame.declare(name, type, value);
  const options = session.options.copy();
  const { database, identityInsert } = session;
  const transactions = session.transactions.count;
  let status: number;
  session.database = target;
  session.planVersion++;
  try {
    status = yield* session.runFrame(frame, parseDynamic(session.options, frame));
  } finally {
    session.options.restore(options);
    session.identityInsert = identityInsert;
    session.planVersion++;
    // Only a USE of the text has told the client of another database.
    if (session.database === target) session.database = database;
    else if (session.database !== database) session.useDatabase(database.name, sink);
  }
  for (const { name, assign, type } of parameters) assign?.(frame.variable(name)!.value, type);
  checkTransactionCount(session, transactions);
  return status;
}
