import type { ResultColumn, Steps } from '../engine/contracts.ts';
import type { CompiledQuery } from '../engine/query/compiled-query.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import { isUnicode } from '../engine/types.ts';
import type * as ast from '../parser/ast.ts';
import { queryPlan } from './compile.ts';
import { selectInto } from './ddl/select-into.ts';
import { finish } from './finish.ts';
import type { Frame } from './frame.ts';
import { assertAffordable, estimatedRows } from './query-cost.ts';
import { isRow } from './row.ts';
import type { SessionState } from './session-state.ts';
import { MAX_TEXT_SIZE } from './set-options.ts';
import { planDocument, requireShowPlan, sendStatistics } from './show-plan.ts';
import { atomically, prepareReads, stopWaiting } from './statement-runner.ts';
import { assignVariable } from './variables.ts';

export function* executeSelect(session: SessionState, frame: Frame, statement: ast.SelectStatement): Steps {
  const plan = queryPlan(session, frame, statement.query);
  if (session.options.costLimit > 0) assertAffordable(session, estimatedRows(session, frame, statement.query));
  const text = frame.text.slice(statement.start, statement.end);
  const started = performance.now();
  if (plan.into) {
    yield* selectInto(session, frame, plan, plan.into);
    return;
  }
  if (plan.assignments) {
    yield* assignFromRows(session, frame, plan);
    return;
  }
  const measured = session.options.statisticsXml && !frame.insideFunction;
  if (measured) requireShowPlan(session);
  const rows = yield* sendRows(session, frame, plan, measured);
  finish(session, frame, rows, 'select');
  if (measured) sendStatistics(session, frame, text, plan.plan(), rows);
  remember(session, frame, statement, { rows, duration: (performance.now() - started) * 1_000, plan });
}

interface Remembered {
  readonly rows: number;
  readonly duration: number;
  readonly plan: CompiledQuery;
}

function remember(
  { database: { planCache, queryStore } }: SessionState,
  { text, declarations }: Frame,
  { start, end }: ast.SelectStatement,
  { rows, duration, plan }: Remembered,
): void {
  const prefix = declarations === '' ? '' : `(${declarations})`;
  const statement = text.slice(start, end);
  const run = { rows, duration, plan: () => planDocument(statement, plan.plan()) };
  const batch = prefix + text;
  planCache.record(`${start} ${batch}`, {
    ...run,
    text: batch,
    start: prefix.length + start,
    end: prefix.length + end,
  });
  if (!queryStore.enabled) return;
  const stored = prefix + statement;
  queryStore.record(stored, { ...run, text: stored, start: prefix.length, end: stored.length });
}

function* sendRows(session: SessionState, frame: Frame, plan: CompiledQuery, measured: boolean): Steps<number> {
  const cut = textCutter(plan.columns, session.options.textSize);
  const limit = session.options.rowLimit || Infinity;
  const { sink } = frame;
  return yield* atomically(session, { writes: false }, function* (transaction) {
    prepareReads(session, plan.reads, transaction);
    let count = 0;
    for (const row of plan.run(null, session.ticker, measured)) {
      if (!isRow(row)) {
        yield row;
        continue;
      }
      if (count++ === 0) {
        sink.columns(plan.columns);
        stopWaiting(session);
      }
      if (sink.row(cut(row))) yield sink.drained;
      if (count >= limit) break;
    }
    if (count === 0) sink.columns(plan.columns);
    return count;
  });
}

/** SELECT @a = x: the last row stays. Run again after a lock wait, it starts with the values of before. */
function* assignFromRows(session: SessionState, frame: Frame, plan: CompiledQuery): Steps {
  const assignments = plan.assignments!;
  const before = assignments.map(({ variable }) => frame.variable(variable)?.value ?? null);
  const limit = session.options.rowLimit || Infinity;
  const rows = yield* atomically(session, { writes: false }, function* (transaction) {
    assignments.forEach(({ variable }, i) => {
      const target = frame.variable(variable);
      if (target) target.value = before[i]!;
    });
    prepareReads(session, plan.reads, transaction);
    let count = 0;
    for (const row of plan.run(null, session.ticker)) {
      if (!isRow(row)) {
        yield row;
        continue;
      }
      assignments.forEach(({ variable }, i) => assignVariable(frame, variable, plan.columns[i]!.type, row[i]!));
      if (++count >= limit) break;
    }
    return count;
  });
  session.rowCount = rows;
}

const LARGE = ['text', 'ntext', 'image'];
/** FOR JSON and FOR XML go out in pieces, which TEXTSIZE doesn't cut. */
const STREAMED = /^(JSON|XML)_F52E2B61/;

/** SET TEXTSIZE cuts what a SELECT sends of large types, in bytes. */
function textCutter(columns: readonly ResultColumn[], textSize: number): (row: readonly Value[]) => readonly Value[] {
  if (textSize >= MAX_TEXT_SIZE) return row => row;
  const cut = columns.flatMap((column, i) =>
    isLarge(column.type) && !STREAMED.test(column.name) ? [{ i, unicode: isUnicode(column.type) }] : [],
  );
  if (cut.length === 0) return row => row;
  return row => {
    const values = [...row];
    for (const { i, unicode } of cut) {
      const value = values[i]!;
      if (typeof value === 'string') values[i] = value.slice(0, unicode ? textSize >> 1 : textSize);
      else if (value instanceof Uint8Array) values[i] = value.subarray(0, textSize);
    }
    return values;
  };
}

const isLarge = (type: SqlType): boolean => type.length === -1 || LARGE.includes(type.name);
