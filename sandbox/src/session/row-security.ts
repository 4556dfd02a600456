import type { RowFilter } from '../engine/binder/bind-context.ts';
import type * as ast from '../parser/ast.ts';
import type { Database } from '../storage/database.ts';
import type { SecurityPredicate, StoredTable } from '../storage/table.ts';
import { ExecutionContext } from './execution-context.ts';
import type { Session } from './session.ts';

/** The FILTER predicates of enabled policies on a table; they hold for everybody, also for dbo. */
export function rowFiltersOf(
  session: Session,
  database: Database,
  table: StoredTable,
): readonly RowFilter[] | undefined {
  const predicates = predicatesOn(database, table).filter(predicate => predicate.type === 'FILTER');
  if (predicates.length === 0) return undefined;
  const context = predicateContext(session, database);
  return predicates.map(({ functionName, args }) => ({ functionName, args, context }));
}

export function predicatesOn(database: Database, table: StoredTable): readonly SecurityPredicate[] {
  return database
    .policiesOn(table.objectId)
    .flatMap(policy => policy.predicates.filter(predicate => predicate.table.objectId === table.objectId));
}

/** Predicate functions run with the rights of the policy's owner, and what they read is not filtered. */
export const predicateContext = (session: Session, database: Database): ExecutionContext =>
  new ExecutionContext(session, {
    database,
    defaultSchema: 'dbo',
    chainOwner: 1,
    frame: undefined,
    unfiltered: true,
    trusted: true,
  });

/** `EXISTS (SELECT 1 FROM function(args))`, over the table's columns. */
export function predicateNode(predicate: Pick<SecurityPredicate, 'functionName' | 'args'>): ast.Predicate {
  const line = 1;
  const source: ast.TableFunction = {
    kind: 'table function',
    line,
    name: predicate.functionName,
    args: predicate.args,
    schema: undefined,
    alias: 'p',
    columnAliases: undefined,
  };
  const one: ast.SelectExpression = {
    kind: 'expression',
    line,
    expression: { kind: 'literal', line, type: { name: 'int' }, value: 1 },
    alias: 'one',
  };
  const query: ast.Query = {
    kind: 'query',
    line,
    ctes: [],
    body: {
      kind: 'select',
      line,
      distinct: false,
      top: undefined,
      items: [one],
      into: undefined,
      from: [source],
      where: undefined,
      groupBy: undefined,
      having: undefined,
      windows: [],
    },
    orderBy: [],
    offset: undefined,
    fetch: undefined,
    for: undefined,
    hints: [],
  };
  return { kind: 'exists', line, query };
}
