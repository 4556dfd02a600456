import { PAUSE, type Steps } from '../../engine/contracts.ts';
import { compileDmlSource } from '../../engine/query/compile-query.ts';
import type { DmlRow, DmlSource } from '../../engine/query/compiled-query.ts';
import type { Value } from '../../engine/sql-type.ts';
import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import { planned } from '../compile.ts';
import type { ExecutionContext } from '../execution-context.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { prepareReads, stored } from '../statement-runner.ts';
import { changeData, compileTop, type RowBound } from './change-data.ts';
import { tableRules } from './compile-rules.ts';
import { dmlContext } from './dml-context.ts';
import { compileOutput, produceOutput, type OutputPlan } from './output.ts';
import type { RowChange } from './row-writer.ts';
import { writerFor } from './session-writer.ts';
import { SetClauses } from './set-clauses.ts';

interface UpdatePlan {
  readonly source: DmlSource;
  readonly database: Database;
  readonly table: MemoryTable;
  readonly set: SetClauses;
  readonly output: readonly OutputPlan[];
  readonly top: RowBound;
}

export function* executeUpdate(session: SessionState, frame: Frame, statement: ast.Update): Steps {
  const plan = planned(session, frame, statement, context => compileUpdate(session, context, statement));
  const { table, database } = plan;
  const variables = plan.set.setsVariables.map(name => ({ name, value: frame.variable(name)?.value ?? null }));
  yield* changeData(session, frame, function* (transaction, log) {
    for (const { name, value } of variables) {
      const variable = frame.variable(name);
      if (variable) variable.value = value;
    }
    prepareReads(session, plan.source.reads, transaction, table);
    const found = yield* targetRows(session, plan.source, plan.top);
    const rules = tableRules(session, database, table);
    const changes: (RowChange & { readonly row: readonly Value[] })[] = [];
    for (const { target, row } of found) {
      if (session.ticker.tick()) yield PAUSE;
      changes.push({ before: target!, values: plan.set.apply(target!.values, row, rules, frame), row });
    }
    const rows = yield* writerFor(session, database, 'UPDATE', log).update(table, changes);
    const changed = changes.map((change, i) => ({
      deleted: change.before.values,
      inserted: rows[i]!.values,
      action: 'UPDATE' as const,
      row: change.row,
    }));
    return { count: rows.length, output: yield* produceOutput(session, plan.output, table, changed, log) };
  });
}

/** Each target row once, with the row of FROM that came first; all are found before one is changed. */
export function* targetRows(session: SessionState, source: DmlSource, top: RowBound): Steps<DmlRow[]> {
  const seen = new Set<number>();
  const rows: DmlRow[] = [];
  for (const item of source.run(session.ticker)) {
    if (typeof item !== 'object' || !('target' in item)) {
      yield item;
      continue;
    }
    if (!item.target || seen.has(item.target.id)) continue;
    seen.add(item.target.id);
    rows.push(item);
  }
  const limit = top.limit(rows.length);
  return limit < rows.length ? rows.slice(0, limit) : rows;
}

function compileUpdate(session: SessionState, caller: ExecutionContext, statement: ast.Update): UpdatePlan {
  const { context, database } = dmlContext(caller, statement, ['UPDATE']);
  const source = compileDmlSource(statement, context);
  const table = stored(source.table);
  const set = new SetClauses(statement.set, source.scope, database, table, name => source.targetColumn(name));
  const output = compileOutput(session, context, statement.output, {
    table,
    images: ['inserted', 'deleted'],
    scope: source.scope,
  });
  return { source, database, table, set, output, top: compileTop(session, context, statement.top) };
}
