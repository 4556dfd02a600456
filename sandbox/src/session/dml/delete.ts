import type { Steps } from '../../engine/contracts.ts';
import { compileDmlSource } from '../../engine/query/compile-query.ts';
import type * as ast from '../../parser/ast.ts';
import { planned } from '../compile.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { prepareReads, stored } from '../statement-runner.ts';
import { changeData, compileTop } from './change-data.ts';
import { dmlContext } from './dml-context.ts';
import { compileOutput, produceOutput } from './output.ts';
import { writerFor } from './session-writer.ts';
import { targetRows } from './update.ts';

export function* executeDelete(session: SessionState, frame: Frame, statement: ast.Delete): Steps {
  const plan = planned(session, frame, statement, caller => {
    const { context, database } = dmlContext(caller, statement, ['DELETE']);
    const source = compileDmlSource(statement, context);
    const table = stored(source.table);
    const output = compileOutput(session, context, statement.output, {
      table,
      images: ['deleted'],
      scope: source.scope,
    });
    return { source, database, table, output, top: compileTop(session, context, statement.top) };
  });
  const { source, database, table } = plan;
  yield* changeData(session, frame, function* (transaction, log) {
    prepareReads(session, source.reads, transaction, table);
    const found = yield* targetRows(session, source, plan.top);
    yield* writerFor(session, database, 'DELETE', log).delete(
      table,
      found.map(row => row.target!),
    );
    const changed = found.map(({ target, row }) => ({
      deleted: target!.values,
      inserted: null,
      action: 'DELETE' as const,
      row,
    }));
    return { count: found.length, output: yield* produceOutput(session, plan.output, table, changed, log) };
  });
}
