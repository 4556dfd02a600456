import type { BoundExpression, Env } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import type { Grouping, Scope, ScopeColumn } from './scope.ts';

export interface ResolvedColumn {
  readonly expression: BoundExpression;
  readonly column: ScopeColumn;
  /** 0 for a column of the scope itself, 1 for the query around it … */
  readonly depth: number;
}

/** Resolves a column name from the innermost query outwards. Raises 207, 209, 4104, 8120. */
export function resolveColumn(parts: readonly string[], scope: Scope, line?: number): ResolvedColumn {
  let depth = 0;
  for (let at: Scope | undefined = scope; at; at = at.parent, depth++) {
    const source: Scope = at.grouping ? at.grouping.input : at;
    const ordinal = source.find(parts);
    if (ordinal < 0) continue;
    const column = source.columns[ordinal]!;
    markCorrelated(scope, depth);
    if (!at.grouping) return { expression: at.columnExpression(ordinal, depth), column, depth };
    const key = at.grouping.keys.findIndex(k => k.column === column);
    if (key < 0) throw notGrouped(at, column, line);
    return { expression: outerReference(key, depth, at.grouping.keys[key]!.type), column, depth };
  }
  throw unknownColumn(parts, scope, line);
}

/** A parameter of the inline function whose query is being bound. */
export function resolveParameter(name: string, scope: Scope): BoundExpression | undefined {
  let depth = 0;
  for (let at: Scope | undefined = scope; at; at = at.parent, depth++) {
    const parameter = at.parameters?.get(name.toLowerCase());
    if (!parameter) continue;
    markCorrelated(scope, depth);
    return outerReference(parameter.ordinal, depth, parameter.type);
  }
  return undefined;
}

function markCorrelated(scope: Scope, depth: number): void {
  let at: Scope | undefined = scope;
  for (let k = 0; k < depth && at; k++, at = at.parent) at.correlated = true;
}

/** The value at an ordinal of the row of the query that is `depth` levels further out. */
export function outerReference(ordinal: number, depth: number, type: SqlType): BoundExpression {
  if (depth === 0) return { type, evaluate: env => env.row[ordinal]! };
  return {
    type,
    evaluate: env => {
      let at: Env = env;
      for (let k = 0; k < depth; k++) at = at.outer!;
      return at.row[ordinal]!;
    },
  };
}

/** Error 207 when the table is known, 4104 when the qualifier is unknown. */
function unknownColumn(parts: readonly string[], scope: Scope, line?: number): SqlError {
  const qualifier = parts.length > 1 ? parts[parts.length - 2]!.toLowerCase() : undefined;
  let known = qualifier === undefined;
  for (let at: Scope | undefined = scope; at && !known; at = at.parent) {
    const source = at.grouping ? at.grouping.input : at;
    known = source.columns.some(column => column.qualifier?.toLowerCase() === qualifier);
  }
  if (known) return new SqlError(207, `Invalid column name '${parts[parts.length - 1]!}'.`, 16, 1, line);
  return new SqlError(4104, `The multi-part identifier "${parts.join('.')}" could not be bound.`, 16, 1, line);
}

/** Error 8120, 8121 or 8127, depending on the clause. */
function notGrouped(scope: Scope, column: ScopeColumn, line?: number): SqlError {
  const name = `${column.shownTable ? `${column.shownTable}.` : ''}${column.name ?? ''}`;
  const neither = 'because it is not contained in either an aggregate function or the GROUP BY clause.';
  switch (scope.clause) {
    case 'having':
      return new SqlError(8121, `Column '${name}' is invalid in the HAVING clause ${neither}`, 16, 1, line);
    case 'order by':
      return new SqlError(8127, `Column "${name}" is invalid in the ORDER BY clause ${neither}`, 16, 1, line);
    default:
      return new SqlError(8120, `Column '${name}' is invalid in the select list ${neither}`, 16, 1, line);
  }
}

/** The position of a GROUP BY expression by its text, -1 for other expressions. */
export const groupingKey = (grouping: Grouping, text: string): number =>
  grouping.keys.findIndex(key => key.text === text);
