import { assignmentConverter } from '../../engine/convert.ts';
import { compileExpression, compilePredicate } from '../../engine/query/compile-query.ts';
import type { Value } from '../../engine/sql-type.ts';
import type { Database } from '../../storage/database.ts';
import type { MemoryTable } from '../../storage/memory-table.ts';
import { predicateContext, tableContext } from '../contexts.ts';
import { predicateNode, predicatesOn } from '../row-security.ts';
import type { SessionState } from '../session-state.ts';
import { tableScope } from '../table-scope.ts';
import { fullName } from './full-name.ts';
import type { BlockOperation, TableRules } from './table-rules.ts';

const OPERATIONS: readonly BlockOperation[] = ['AFTER INSERT', 'AFTER UPDATE', 'BEFORE UPDATE', 'BEFORE DELETE'];

const cache = new WeakMap<
  SessionState,
  WeakMap<MemoryTable, { readonly version: string; readonly rules: TableRules }>
>();

/** A table's defaults, computed columns, checks and block predicates, compiled once for a session and a shape. */
export function tableRules(session: SessionState, database: Database, table: MemoryTable): TableRules {
  let ofSession = cache.get(session);
  if (!ofSession) cache.set(session, (ofSession = new WeakMap()));
  const version = `${table.version}.${database.version}.${session.database.databaseId}`;
  const known = ofSession.get(table);
  if (known?.version === version) return known.rules;
  const rules = compileTableRules(session, database, table);
  ofSession.set(table, { version, rules });
  return rules;
}

export function compileTableRules(session: SessionState, database: Database, table: MemoryTable): TableRules {
  const context = tableContext(session, database, table.schema);
  const columns = tableScope(table.columns);
  const defaults = table.columns.map(column => {
    if (!column.default) return () => null;
    const compiled = compileExpression(column.default.expression, context);
    const convert = assignmentConverter(compiled.type, column.type, {
      table: fullName(database, table),
      column: column.name,
    });
    return () => {
      const value = compiled.evaluate([], session.ticker);
      return value === null ? null : convert(value);
    };
  });
  const computed = table.columns.flatMap((column, ordinal) => {
    if (!column.computed) return [];
    const compiled = compileExpression(column.computed.expression, context, columns);
    return [{ ordinal, evaluate: (row: readonly Value[]) => compiled.evaluate(row, session.ticker) }];
  });
  const checks = table.checks.map(constraint => {
    const compiled = compilePredicate(constraint.predicate, context, columns);
    return { constraint, evaluate: (row: readonly Value[]) => compiled.evaluate(row, session.ticker) };
  });
  return { defaults, computed, checks, blocks: blocksOf(session, database, table, columns) };
}

function blocksOf(
  session: SessionState,
  database: Database,
  table: MemoryTable,
  columns: ReturnType<typeof tableScope>,
): TableRules['blocks'] {
  const predicates =
    table.lifetime === 'permanent' ? predicatesOn(database, table).filter(predicate => predicate.type === 'BLOCK') : [];
  const context = predicateContext(session, database);
  const blocks: Record<BlockOperation, ((row: readonly Value[]) => boolean | null)[]> = {
    'AFTER INSERT': [],
    'AFTER UPDATE': [],
    'BEFORE UPDATE': [],
    'BEFORE DELETE': [],
  };
  for (const predicate of predicates) {
    const compiled = compilePredicate(predicateNode(predicate), context, columns);
    const operations = predicate.operation ? [predicate.operation] : OPERATIONS;
    for (const operation of operations) blocks[operation].push(row => compiled.evaluate(row, session.ticker));
  }
  return blocks;
}
