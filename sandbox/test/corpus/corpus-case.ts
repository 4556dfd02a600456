import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Cell = string | number | boolean | null;
export type Row = readonly Cell[];

/** The password of every login that the corpus makes. */
export const LOGIN_PASSWORD = 'Corpus-1-reader';

/** The expected outcome of a statement. `rows`, `count` and `columns` concern the last result set, `sets` all. */
export interface Expectation {
  readonly rows?: readonly Row[];
  readonly sets?: readonly (readonly Row[])[];
  /** The rows of the last result set; several alternatives where SQL Server does not define them. */
  readonly count?: number | readonly number[];
  readonly columns?: readonly string[];
  readonly error?: number | readonly number[];
  readonly message?: string;
  /** The line that the error names. */
  readonly line?: number;
  /** Texts of PRINT and of low RAISERROR, in order. */
  readonly messages?: readonly string[];
  /** Relative tolerance for numbers; 1e-6 unless given. */
  readonly tolerance?: number;
}

export interface CorpusCase {
  readonly id: string;
  readonly category: string;
  readonly sql: string;
  /** The login that runs it, created by an earlier statement with PASSWORD; undefined for the administrator. */
  readonly login?: string;
  readonly expect: Expectation;
  /** The page of SQL Server's documentation that defines the outcome. */
  readonly source?: string;
}

export interface Outcome {
  readonly sets: readonly (readonly (readonly unknown[])[])[];
  readonly columns: readonly string[];
  readonly messages: readonly string[];
  readonly error?: { readonly number: number; readonly message: string; readonly line: number };
}

export interface CorpusFile {
  readonly name: string;
  readonly cases: readonly CorpusCase[];
}

export function readCorpus(): CorpusFile[] {
  const folder = import.meta.dirname;
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => ({
      name: path.basename(name, '.json'),
      cases: JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as CorpusCase[],
    }));
}

function normalize(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('hex').toUpperCase();
  // char columns are padded.
  return typeof value === 'string' ? value.trimEnd() : value;
}

function equal(expected: unknown, actual: unknown, tolerance: number): boolean {
  const [a, b] = [normalize(expected), normalize(actual)];
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
}

function sameRows(
  expected: readonly Row[],
  actual: readonly (readonly unknown[])[] | undefined,
  tolerance: number,
): boolean {
  if (actual?.length !== expected.length) return false;
  return expected.every((row, i) => {
    const other = actual[i]!;
    return row.length === other.length && row.every((cell, k) => equal(cell, other[k], tolerance));
  });
}

const allowed = (wanted: number | readonly number[], got: number): boolean => [wanted].flat().includes(got);

/** Returns the difference between the outcome and the expectation, undefined if there is none. */
export function difference(expect: Expectation, outcome: Outcome): string | undefined {
  const { error } = outcome;
  const last = outcome.sets[outcome.sets.length - 1];
  const tolerance = expect.tolerance ?? 1e-6;
  const got = (): string => JSON.stringify(error ?? outcome.sets).slice(0, 1500);
  if (expect.error === undefined && error) return `error ${error.number}: ${error.message}`;
  if (expect.error !== undefined && !error) return `error ${JSON.stringify(expect.error)} expected, got rows ${got()}`;
  if (error && !allowed(expect.error!, error.number)) {
    return `error ${JSON.stringify(expect.error)} expected, got ${error.number}: ${error.message}`;
  }
  if (expect.message !== undefined && error?.message !== expect.message) {
    return `message ${JSON.stringify(expect.message)} expected, got ${JSON.stringify(error?.message)}`;
  }
  if (expect.line !== undefined && error?.line !== expect.line)
    return `line ${expect.line} expected, got ${error?.line}`;
  if (expect.rows && !sameRows(expect.rows, last, tolerance)) {
    return `rows ${JSON.stringify(expect.rows)} expected, got ${got()}`;
  }
  if (expect.sets) {
    const same =
      expect.sets.length === outcome.sets.length &&
      expect.sets.every((s, i) => sameRows(s, outcome.sets[i], tolerance));
    if (!same) return `sets ${JSON.stringify(expect.sets)} expected, got ${got()}`;
  }
  if (expect.count !== undefined && !allowed(expect.count, last?.length ?? -1)) {
    return `${JSON.stringify(expect.count)} rows expected, got ${last?.length}`;
  }
  if (expect.columns && JSON.stringify(expect.columns) !== JSON.stringify(outcome.columns)) {
    return `columns ${JSON.stringify(expect.columns)} expected, got ${JSON.stringify(outcome.columns)}`;
  }
  if (expect.messages && JSON.stringify(expect.messages) !== JSON.stringify(outcome.messages)) {
    return `messages ${JSON.stringify(expect.messages)} expected, got ${JSON.stringify(outcome.messages)}`;
  }
  return undefined;
}
