import { AppError } from '../common/app-error.js';
import { type ColumnPattern, columnPatterns } from '../common/column-patterns.js';
import type { ResultColumn } from '../database/driver/result-set.js';
import { namedIdentifiers } from '../database/policy/named-identifiers.js';

/**
 * Keeps columns that match a pattern of `protected_columns` (common/column-patterns.ts) out of files. It judges names: what
 * a view calls otherwise is not recognised (docs/security.md). A pattern with a table is for the statements that name it.
 */
export class ProtectedColumns {
  private readonly applying: readonly ColumnPattern['column'][];

  /** Throws AppError PERMISSION_DENIED for a statement that names such a column. */
  constructor(patterns: readonly string[], statement: string) {
    const names = patterns.length === 0 ? new Set<string>() : namedIdentifiers(statement);
    const isNamed = (matches: ColumnPattern['column']): boolean => [...names].some(matches);
    this.applying = columnPatterns(patterns)
      .filter(({ table }) => table === undefined || isNamed(table))
      .map(({ column }) => column);
    const named = [...names].find(name => this.isProtected(name));
    if (named !== undefined) throw refusalOf(named);
  }

  /** The positions of the columns that may leave; undefined when all may. Throws AppError when none may. */
  allowed(columns: readonly ResultColumn[]): readonly number[] | undefined {
    const kept = columns.flatMap(({ name }, i) => (this.isProtected(name) ? [] : [i]));
    if (kept.length === 0) throw refusalOf(columns[0]?.name ?? '');
    return kept.length === columns.length ? undefined : kept;
  }

  private isProtected(name: string): boolean {
    return this.applying.some(matches => matches(name));
  }
}

function refusalOf(name: string): AppError {
  return new AppError(
    'PERMISSION_DENIED',
    `The column ${JSON.stringify(name.slice(0, 128))} is protected here, and stays out of files.`,
    { hint: 'Leave it out of the statement.', details: { column: name.slice(0, 128) } },
  );
}
