import type { TableRead } from '../../engine/binder/bind-context.ts';
import { PAUSE, type Steps } from '../../engine/contracts.ts';
import { converter } from '../../engine/convert.ts';
import { compileExpression, compileQuery } from '../../engine/query/compile-query.ts';
import type { CompiledQuery, StandaloneExpression } from '../../engine/query/compiled-query.ts';
import { SqlError } from '../../engine/sql-error.ts';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import { INT, unify, UNTYPED_NULL } from '../../engine/types.ts';
import type * as ast from '../../parser/ast.ts';
import { planned } from '../compile.ts';
import type { ExecutionContext } from '../execution-context.ts';
import type { Frame } from '../frame.ts';
import { captureExecution } from '../procedures/execute.ts';
import { isRow } from '../row.ts';
import type { SessionState } from '../session-state.ts';
import { prepareReads } from '../statement-runner.ts';
import { changeData, compileTop, type RowBound } from './change-data.ts';
import { identityNeedsList, resolveInsertTarget, type InsertTarget } from './insert-target.ts';
import { compileOutput, produceOutput, type OutputPlan } from './output.ts';
import { DEFAULT_VALUE, RowInserter, type InsertValue } from './row-inserter.ts';
import { writerFor } from './session-writer.ts';

type ValueCell = StandaloneExpression | typeof DEFAULT_VALUE;

interface InsertPlan {
  readonly target: InsertTarget;
  readonly source:
    | { readonly kind: 'rows'; readonly cells: readonly (readonly ValueCell[])[]; readonly types: readonly SqlType[] }
    | { readonly kind: 'query'; readonly query: CompiledQuery }
    | { readonly kind: 'execute'; readonly statement: ast.ExecuteStatement };
  readonly reads: readonly TableRead[];
  readonly output: readonly OutputPlan[];
  readonly top: RowBound;
}

export function* executeInsert(session: SessionState, frame: Frame, statement: ast.Insert): Steps {
  const plan = planned(session, frame, statement, context => compileInsert(session, context, statement));
  const { target } = plan;
  let identity: bigint | null = null;
  yield* changeData(session, frame, function* (transaction, log) {
    prepareReads(session, plan.reads, transaction);
    const { rows, types } = yield* sourceRows(session, frame, plan);
    const writer = writerFor(session, target.database, 'INSERT', log);
    const inserter = new RowInserter(session, writer, target.database, target.table, target.ordinals, types);
    const limit = Math.min(plan.top.limit(rows.length), rows.length);
    for (let i = 0; i < limit; i++) {
      if (session.ticker.tick()) yield PAUSE;
      inserter.insert(rows[i]!);
    }
    yield* writer.checkParents(target.table, inserter.inserted);
    identity = inserter.lastIdentity;
    const changes = inserter.inserted.map(row => ({
      deleted: null,
      inserted: row.values,
      action: 'INSERT' as const,
      row: [],
    }));
    return {
      count: inserter.inserted.length,
      output: yield* produceOutput(session, plan.output, target.table, changes, log),
    };
  });
  noteIdentity(session, frame, target, identity);
}

function noteIdentity(session: SessionState, frame: Frame, { table }: InsertTarget, identity: bigint | null): void {
  if (table.lifetime === 'variable') return;
  session.lastIdentity = identity;
  if (identity !== null) frame.scopeIdentity = identity;
}

function compileInsert(session: SessionState, context: ExecutionContext, statement: ast.Insert): InsertPlan {
  const { name } = statement.target;
  const target = resolveInsertTarget(session, context, name, statement.columns, statement.target.line);
  const output = compileOutput(session, context, statement.output, { table: target.table, images: ['inserted'] });
  const top = compileTop(session, context, statement.top);
  const { source } = statement;
  switch (source.kind) {
    case 'default values':
      return {
        target: { ...target, ordinals: [] },
        source: { kind: 'rows', cells: [[]], types: [] },
        reads: [],
        output,
        top,
      };
    case 'execute':
      return { target, source: { kind: 'execute', statement: source.statement }, reads: [], output, top };
    case 'query': {
      const ctes = [...statement.ctes, ...source.query.ctes];
      const query = compileQuery(
        { ...source.query, ctes, hints: [...source.query.hints, ...statement.hints] },
        context,
      );
      checkSelectCount(target, query.columns.length);
      return { target, source: { kind: 'query', query }, reads: query.reads, output, top };
    }
    case 'values': {
      const cells = source.rows.map(row => {
        checkValueCount(target, row.length);
        return row.map(value => (value.kind === 'default' ? DEFAULT_VALUE : compileExpression(value, context)));
      });
      const reads = cells.flatMap(row => row.flatMap(cell => (cell === DEFAULT_VALUE ? [] : cell.reads)));
      return {
        target,
        source: { kind: 'rows', cells, types: valueTypes(cells, target.ordinals.length) },
        reads,
        output,
        top,
      };
    }
  }
}

/** The rows of VALUES form one table, whose columns have one type each. */
function valueTypes(cells: readonly (readonly ValueCell[])[], width: number): SqlType[] {
  return Array.from({ length: width }, (_, column) => {
    const types = cells.flatMap(row =>
      row[column] === DEFAULT_VALUE ? [] : [(row[column] as StandaloneExpression).type],
    );
    if (types.length === 0) return UNTYPED_NULL;
    return types.length === 1 ? types[0]! : unify(types);
  });
}

function checkValueCount(target: InsertTarget, count: number): void {
  const wanted = target.ordinals.length;
  if (count === wanted) return;
  if (!target.explicitColumns) throw wrongCount(target, count);
  throw count < wanted
    ? new SqlError(
        109,
        'There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.',
        15,
      )
    : new SqlError(
        110,
        'There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.',
        15,
      );
}

function checkSelectCount(target: InsertTarget, count: number): void {
  const wanted = target.ordinals.length;
  if (count === wanted) return;
  if (!target.explicitColumns) throw wrongCount(target, count);
  const fewer = count < wanted;
  throw new SqlError(
    fewer ? 120 : 121,
    `The select list for the INSERT statement contains ${fewer ? 'fewer' : 'more'} items than the insert list. The number of SELECT values must match the number of INSERT columns.`,
    15,
  );
}

function wrongCount({ table }: InsertTarget, count: number): SqlError {
  const writable = table.columns.filter(column => !column.computed && column.type.name !== 'rowversion');
  if (writable.length === count && writable.some(column => column.identity)) return identityNeedsList(table);
  return new SqlError(213, 'Column name or number of supplied values does not match table definition.');
}

function* sourceRows(
  session: SessionState,
  frame: Frame,
  plan: InsertPlan,
): Steps<{ rows: readonly (readonly InsertValue[])[]; types: readonly SqlType[] }> {
  const { source, target } = plan;
  if (source.kind === 'rows') {
    const rows = source.cells.map(row => {
      const values: Value[] = [];
      return row.map((cell, i) => (cell === DEFAULT_VALUE ? cell : evaluated(session, cell, source.types[i]!, values)));
    });
    return { rows, types: source.types };
  }
  if (source.kind === 'execute') {
    const { sets } = yield* captureExecution(session, frame, source.statement);
    for (const set of sets) {
      if (set.columns.length !== target.ordinals.length) throw wrongCount(target, set.columns.length);
    }
    const types = sets[0]?.columns.map(column => column.type) ?? target.ordinals.map(() => INT);
    const rows = sets.flatMap(set => {
      const convert = set.columns.map((column, i) => converter(column.type, types[i]!));
      return set === sets[0]
        ? set.rows
        : set.rows.map(row => row.map((value, i) => (value === null ? null : convert[i]!(value))));
    });
    return { rows, types };
  }
  // All rows are read before the first is written: the query may read the table itself.
  const rows: (readonly Value[])[] = [];
  for (const row of source.query.run(null, session.ticker)) {
    if (isRow(row)) rows.push(row);
    else yield row;
  }
  return { rows, types: source.query.columns.map(column => column.type) };
}

function evaluated(session: SessionState, cell: StandaloneExpression, type: SqlType, row: readonly Value[]): Value {
  const value = cell.evaluate(row, session.ticker);
  return value === null || cell.type === type ? value : converter(cell.type, type, { implicit: true })(value);
}
