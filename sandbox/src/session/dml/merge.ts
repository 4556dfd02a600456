import type { ObjectPermission } from '../../engine/binder/bind-context.ts';
import { bindExpression } from '../../engine/binder/bind-expression.ts';
import { bindPredicate } from '../../engine/binder/bind-predicate.ts';
import type { BoundExpression, Steps } from '../../engine/contracts.ts';
import type { Predicate } from '../../engine/operators.ts';
import { compileMergeSource } from '../../engine/query/compile-query.ts';
import type { DmlRow, DmlSource } from '../../engine/query/compiled-query.ts';
import { SqlError } from '../../engine/sql-error.ts';
import { INT } from '../../engine/types.ts';
import type * as ast from '../../parser/ast.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import type { StoredRow } from '../../storage/table.ts';
import { planned } from '../compile.ts';
import type { ExecutionContext } from '../execution-context.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { prepareReads, stored } from '../statement-runner.ts';
import { changeData, compileTop, type RowBound } from './change-data.ts';
import { tableRules } from './compile-rules.ts';
import { dmlContext } from './dml-context.ts';
import { resolveInsertTarget } from './insert-target.ts';
import { compileOutput, produceOutput, type ChangedRow, type OutputPlan } from './output.ts';
import { DEFAULT_VALUE, RowInserter } from './row-inserter.ts';
import { writerFor } from './session-writer.ts';
import { SetClauses } from './set-clauses.ts';

type MergeAction =
  | { readonly kind: 'update'; readonly set: SetClauses }
  | { readonly kind: 'delete' }
  | {
      readonly kind: 'insert';
      readonly ordinals: readonly number[];
      readonly values: readonly (BoundExpression | typeof DEFAULT_VALUE)[];
    };

interface Clause {
  readonly when: ast.MergeClause['when'];
  readonly condition: Predicate | undefined;
  readonly action: MergeAction;
}

interface MergePlan {
  readonly source: DmlSource;
  readonly database: Database;
  readonly table: MemoryTable;
  readonly clauses: readonly Clause[];
  readonly output: readonly OutputPlan[];
  readonly top: RowBound;
}

const PERMISSIONS = { insert: 'INSERT', update: 'UPDATE', delete: 'DELETE' } as const satisfies Record<
  string,
  ObjectPermission
>;

interface Step {
  readonly found: DmlRow;
  readonly clause: Clause;
}

export function* executeMerge(session: SessionState, frame: Frame, statement: ast.Merge): Steps {
  const plan = planned(session, frame, statement, context => compileMerge(session, context, statement));
  const { table, database } = plan;
  let identity: bigint | null = null;
  yield* changeData(session, frame, function* (transaction, log) {
    prepareReads(session, plan.source.reads, transaction, table);
    const steps = yield* decide(session, plan);
    const writer = writerFor(session, database, 'MERGE', log);
    const rules = tableRules(session, database, table);
    const changes = new Map<Step, ChangedRow>();
    const updates = steps.flatMap(step =>
      step.clause.action.kind === 'update'
        ? [
            {
              step,
              before: step.found.target!,
              values: step.clause.action.set.apply(step.found.target!.values, step.found.row, rules, frame),
            },
          ]
        : [],
    );
    const deletes = steps.filter(step => step.clause.action.kind === 'delete');
    yield* writer.delete(
      table,
      deletes.map(step => step.found.target!),
    );
    for (const step of deletes)
      changes.set(step, { deleted: step.found.target!.values, inserted: null, action: 'DELETE', row: step.found.row });
    const updated = yield* writer.update(table, updates);
    updates.forEach(({ step, before }, i) =>
      changes.set(step, {
        deleted: before.values,
        inserted: updated[i]!.values,
        action: 'UPDATE',
        row: step.found.row,
      }),
    );
    const inserted: StoredRow[] = [];
    for (const step of steps) {
      const { action } = step.clause;
      if (action.kind !== 'insert') continue;
      const types = action.values.map((value, i) =>
        value === DEFAULT_VALUE ? table.columns[action.ordinals[i]!]!.type : value.type,
      );
      const inserter = new RowInserter(session, writer, database, table, action.ordinals, types);
      const row = inserter.insert(
        action.values.map(value =>
          value === DEFAULT_VALUE ? value : value.evaluate({ row: step.found.row, outer: null }),
        ),
      );
      identity = inserter.lastIdentity ?? identity;
      if (!row) continue;
      inserted.push(row);
      changes.set(step, { deleted: null, inserted: row.values, action: 'INSERT', row: step.found.row });
    }
    yield* writer.checkParents(table, inserted);
    const inOrder = steps.flatMap(step => changes.get(step) ?? []);
    return { count: inOrder.length, output: yield* produceOutput(session, plan.output, table, inOrder, log) };
  });
  if (identity !== null && table.lifetime !== 'variable') {
    session.lastIdentity = identity;
    frame.scopeIdentity = identity;
  }
}

/** Applies the first matching clause to each row. Changing a target row twice is error 8672. */
function* decide(session: SessionState, plan: MergePlan): Steps<Step[]> {
  const steps: Step[] = [];
  const seen = new Set<number>();
  for (const item of plan.source.run(session.ticker)) {
    if (typeof item !== 'object' || !('target' in item)) {
      yield item;
      continue;
    }
    const when = item.target ? (item.sourceMatched ? 'matched' : 'not matched by source') : 'not matched by target';
    const env = { row: item.row, outer: null };
    const clause = plan.clauses.find(
      candidate => candidate.when === when && (!candidate.condition || candidate.condition(env) === true),
    );
    if (!clause) continue;
    if (item.target) {
      if (seen.has(item.target.id)) {
        throw new SqlError(
          8672,
          'The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.',
        );
      }
      seen.add(item.target.id);
    }
    steps.push({ found: item, clause });
  }
  return steps.slice(0, Math.min(plan.top.limit(steps.length), steps.length));
}

function compileMerge(session: SessionState, caller: ExecutionContext, statement: ast.Merge): MergePlan {
  const permissions = [...new Set(statement.clauses.map(clause => PERMISSIONS[clause.action.kind]))];
  const { context, database } = dmlContext(caller, statement, permissions);
  const source = compileMergeSource(statement, context);
  const table = stored(source.table);
  const clauses = statement.clauses.map(clause => ({
    when: clause.when,
    condition: clause.condition && bindPredicate(clause.condition, source.scope),
    action: compileAction(session, context, statement, clause.action, source, database, table),
  }));
  const output = compileOutput(session, context, statement.output, {
    table,
    images: ['inserted', 'deleted'],
    scope: source.scope,
    action: true,
  });
  return { source, database, table, clauses, output, top: compileTop(session, context, statement.top) };
}

function compileAction(
  session: SessionState,
  context: ExecutionContext,
  statement: ast.Merge,
  action: ast.MergeClause['action'],
  source: DmlSource,
  database: Database,
  table: MemoryTable,
): MergeAction {
  switch (action.kind) {
    case 'delete':
      return { kind: 'delete' };
    case 'update':
      return {
        kind: 'update',
        set: new SetClauses(action.set, source.scope, database, table, name => source.targetColumn(name)),
      };
    case 'insert': {
      const target = resolveInsertTarget(session, context, statement.target.name, action.columns, statement.line);
      if (!action.values) return { kind: 'insert', ordinals: [], values: [] };
      if (action.values.length !== target.ordinals.length) {
        throw new SqlError(
          action.values.length < target.ordinals.length ? 10709 : 10710,
          'The number of columns for each row in a table value constructor must be the same.',
        );
      }
      const values = action.values.map(value =>
        value.kind === 'default' ? DEFAULT_VALUE : typed(bindExpression(value, source.scope)),
      );
      return { kind: 'insert', ordinals: target.ordinals, values };
    }
  }
}

const typed = (value: BoundExpression): BoundExpression => (value.type.untypedNull ? { ...value, type: INT } : value);
