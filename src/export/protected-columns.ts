import { AppError } from '../common/app-error.js';
import type { ResultColumn } from '../database/driver/result-set.js';
import { namedIdentifiers } from '../database/policy/named-identifiers.js';

interface Pattern {
  readonly column: RegExp;
  /** The pattern is for one table's columns only. */
  readonly table: RegExp | undefined;
}

/**
 * Keeps columns that match a pattern of `protected_columns` out of files. A pattern is a column (`iban`), a column of a
 * table (`Persons.name`) or one with its schema (`hr.Persons.*`); `*` stands for any characters, and case is ignored. It
 * judges names: what a view calls otherwise is not recognised (docs/security.md).
 */
export class ProtectedColumns {
  private readonly applying: readonly RegExp[];

  /** Throws AppError PERMISSION_DENIED for a statement that names such a column. */
  constructor(patterns: readonly string[], statement: string) {
    const names = patterns.length === 0 ? new Set<string>() : namedIdentifiers(statement);
    const isNamed = (test: RegExp): boolean => [...names].some(name => test.test(name));
    this.applying = patterns
      .map(patternOf)
      .filter(({ table }) => table === undefined || isNamed(table))
      .map(({ column }) => column);
    const named = [...names].find(name => this.applying.some(test => test.test(name)));
    if (named !== undefined) throw isProtected(named);
  }

  /** The positions of the columns that may leave; undefined when all may. Throws AppError when none may. */
  allowed(columns: readonly ResultColumn[]): readonly number[] | undefined {
    const kept = columns.flatMap(({ name }, i) => (this.applying.some(test => test.test(name)) ? [] : [i]));
    if (kept.length === 0) throw isProtected(columns[0]?.name ?? '');
    return kept.length === columns.length ? undefined : kept;
  }
}

function patternOf(text: string): Pattern {
  const parts = text.split('.');
  const table = parts.at(-2);
  return { column: regExpOf(parts.at(-1) ?? ''), table: table === undefined ? undefined : regExpOf(table) };
}

/** A run of `*` is one: several would make a pattern that takes exponential time. */
function regExpOf(pattern: string): RegExp {
  const parts = pattern.split(/\*+/).map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'isu');
}

function isProtected(name: string): AppError {
  return new AppError(
    'PERMISSION_DENIED',
    `The column ${JSON.stringify(name.slice(0, 128))} is protected here, and stays out of files.`,
    { hint: 'Leave it out of the statement.', details: { column: name.slice(0, 128) } },
  );
}
