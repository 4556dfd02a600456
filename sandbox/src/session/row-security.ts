import type * as ast from '../parser/ast.ts';
import type { Database } from '../storage/database.ts';
import type { SecurityPredicate, StoredTable } from '../storage/table.ts';

/** The predicates of enabled policies on a table. */
export function predicatesOn(database: Database, table: StoredTable): readonly SecurityPredicate[] {
  return database
    .policiesOn(table.objectId)
    .flatMap(policy => policy.predicates.filter(predicate => predicate.table.objectId === table.objectId));
}

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
