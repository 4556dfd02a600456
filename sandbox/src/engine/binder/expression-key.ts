import type * as ast from '../../parser/ast.ts';
import type { Scope } from './scope.ts';

/**
 * Returns equal texts for expressions with the same meaning: it omits positions and the case of names, and names
 * columns by their ordinal in `scope`.
 */
export function expressionKey(node: ast.Expression | ast.Predicate, scope: Scope): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'line' || value === undefined) return undefined;
    if (typeof value === 'bigint') return `${value}n`;
    if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
    if (isColumn(value)) {
      const ordinal = tryFind(scope, value.parts);
      return ordinal >= 0 ? { ordinal } : { column: value.parts.map(part => part.toLowerCase()) };
    }
    if (key === 'name')
      return Array.isArray(value) ? value.map(part => String(part).toLowerCase()) : String(value).toLowerCase();
    return value;
  });
}

const isColumn = (value: unknown): value is ast.ColumnReference =>
  typeof value === 'object' &&
  value !== null &&
  (value as { kind?: unknown }).kind === 'column' &&
  Array.isArray((value as { parts?: unknown }).parts);

function tryFind(scope: Scope, parts: readonly string[]): number {
  try {
    return scope.find(parts);
  } catch {
    return -1;
  }
}

/** Calls `visit` for `node` and every node below it, in subqueries only on request. `false` skips a node's children. */
export function walk(node: unknown, visit: (node: { readonly kind: string }) => boolean): void {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return;
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit);
    return;
  }
  if (typeof (node as { kind?: unknown }).kind === 'string' && !visit(node as { kind: string })) return;
  for (const value of Object.values(node)) if (typeof value === 'object') walk(value, visit);
}

const RANDOM: ReadonlySet<string> = new Set(['NEWID', 'CRYPT_GEN_RANDOM']);

/** Whether an expression may give another value each time it is evaluated over the same row. */
export function changesEachTime(node: ast.Expression): boolean {
  let found = false;
  walk(node, at => {
    if (at.kind === 'function') {
      const { name } = at as ast.FunctionCall;
      if (name.length > 1 || RANDOM.has(name[0]!.toUpperCase())) found = true;
    }
    return !found;
  });
  return found;
}

const SUBQUERIES: ReadonlySet<string> = new Set(['subquery', 'exists', 'in query', 'quantified comparison']);

export function hasSubquery(node: ast.Expression | ast.Predicate): boolean {
  let found = false;
  walk(node, at => {
    if (SUBQUERIES.has(at.kind)) found = true;
    return !found;
  });
  return found;
}
