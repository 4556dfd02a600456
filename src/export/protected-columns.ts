import { AppError } from '../common/app-error.js';
import type { ResultColumn } from '../database/driver/result-set.js';
import { namedIdentifiers } from '../database/policy/named-identifiers.js';

type Matcher = (name: string) => boolean;

interface Pattern {
  readonly column: Matcher;
  /** The pattern is for one table's columns only. */
  readonly table: Matcher | undefined;
}

/**
 * Keeps columns that match a pattern of `protected_columns` out of files. A pattern is a column (`iban`), a column of a
 * table (`Persons.name`) or one with its schema (`hr.Persons.*`); `*` stands for any characters, and case is ignored. It
 * judges names: what a view calls otherwise is not recognised (docs/security.md).
 */
export class ProtectedColumns {
  private readonly applying: readonly Matcher[];

  /** Throws AppError PERMISSION_DENIED for a statement that names such a column. */
  constructor(patterns: readonly string[], statement: string) {
    const names = patterns.length === 0 ? new Set<string>() : namedIdentifiers(statement);
    const isNamed = (matches: Matcher): boolean => [...names].some(matches);
    this.applying = patterns
      .map(patternOf)
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

function patternOf(text: string): Pattern {
  const parts = text.split('.');
  const table = parts.at(-2);
  return { column: matcherOf(parts.at(-1) ?? ''), table: table === undefined ? undefined : matcherOf(table) };
}

/** Finds the parts between the stars one after the other, in linear time: a regular expression would try all their places. */
function matcherOf(pattern: string): Matcher {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const last = rest.pop();
  return name => {
    const text = name.toLowerCase();
    if (last === undefined) return text === first;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  };
}

function refusalOf(name: string): AppError {
  return new AppError(
    'PERMISSION_DENIED',
    `The column ${JSON.stringify(name.slice(0, 128))} is protected here, and stays out of files.`,
    { hint: 'Leave it out of the statement.', details: { column: name.slice(0, 128) } },
  );
}
