import { SqlError } from '../engine/sql-error.ts';
import type * as ast from './ast.ts';

/*
 * Refuses NEXT VALUE FOR where SQL Server does (learn.microsoft.com: NEXT VALUE FOR, "Limitations and restrictions"):
 * numbers are assigned row by row, so a clause that sorts, filters or reorders rows must not contain it.
 */
const TEXTS: Readonly<Record<number, string>> = {
  11719:
    'NEXT VALUE FOR function is not allowed in check constraints, default objects, computed columns, views, user-defined functions, user-defined aggregates, user-defined table types, sub-queries, common table expressions, derived tables or return statements.',
  11720:
    'NEXT VALUE FOR function is not allowed in the TOP, OVER, OUTPUT, ON, WHERE, GROUP BY, HAVING, or ORDER BY clauses.',
  11721:
    'NEXT VALUE FOR function cannot be used directly in a statement that uses a DISTINCT, UNION, UNION ALL, EXCEPT or INTERSECT operator.',
  11723:
    'NEXT VALUE FOR function cannot be used directly in a statement that contains an ORDER BY clause unless the OVER clause is specified.',
  11739: 'NEXT VALUE FOR function cannot be used if ROWCOUNT option has been set, or the query contains TOP or OFFSET.',
  11741: 'NEXT VALUE FOR function cannot be used within CASE, CHOOSE, COALESCE, IIF, ISNULL and NULLIF.',
};

const CLAUSES = new Set(['top', 'over', 'output', 'on', 'where', 'groupBy', 'having', 'orderBy', 'from', 'windows']);
const CHOOSING = new Set(['simple case', 'searched case', 'iif']);
const CHOOSING_FUNCTIONS = new Set(['COALESCE', 'ISNULL', 'NULLIF', 'CHOOSE']);
const NOT_ONE_TEXT = new Set(['create view', 'create function', 'check', 'computed']);

export function checkSequencePlacement(statements: readonly ast.Statement[]): void {
  for (const statement of statements) visit(statement, undefined);
}

function visit(node: unknown, error: number | undefined): void {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return;
  if (Array.isArray(node)) {
    for (const item of node) visit(item, error);
    return;
  }
  const { kind, name } = node as { kind?: unknown; name?: unknown };
  if (kind === 'next value') {
    if (error === undefined || (error === 11723 && (node as ast.NextValue).over)) return;
    throw new SqlError(error, TEXTS[error]!, 15, 1, (node as ast.NextValue).line);
  }
  if (kind === 'select statement') return ownQuery((node as ast.SelectStatement).query);
  if (kind === 'insert' && (node as ast.Insert).source.kind === 'query') {
    const { source, ...rest } = node as ast.Insert & { readonly source: { readonly query: ast.Query } };
    visit(rest, error);
    return ownQuery(source.query);
  }
  if (kind === 'query' || (typeof kind === 'string' && NOT_ONE_TEXT.has(kind))) return children(node, 11719);
  if (typeof kind === 'string' && CHOOSING.has(kind)) return children(node, error ?? 11741);
  if (kind === 'function' && Array.isArray(name) && CHOOSING_FUNCTIONS.has(String(name[0]).toUpperCase())) {
    return children(node, error ?? 11741);
  }
  children(node, error);
}

function children(node: object, error: number | undefined): void {
  for (const [key, value] of Object.entries(node)) {
    if (key === 'line' || key === 'start' || key === 'end') continue;
    if (CLAUSES.has(key)) visit(value, error ?? 11720);
    else visit(value, key === 'computed' ? 11719 : error);
  }
}

/** The query of a statement or the source of an INSERT: its select list may contain NEXT VALUE FOR. */
function ownQuery(query: ast.Query): void {
  const { body, ...rest } = query;
  visit(rest.ctes, 11719);
  if (body.kind !== 'select') return children(body, 11721);
  const items = body.distinct ? 11721 : body.top || query.offset ? 11739 : query.orderBy.length > 0 ? 11723 : undefined;
  visit(body.items, items);
  const { items: _, ...clauses } = body;
  children(clauses, undefined);
  visit(query.orderBy, 11720);
}
