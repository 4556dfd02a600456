import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../common/app-error.js';

const scalar = z.union([z.null(), z.boolean(), z.number(), z.string()]);

const recorded = z.strictObject({
  parameters: z.record(z.string(), scalar).optional(),
  columns: z.array(z.string()),
  row_count: z.int().min(0),
  /** SHA-256 of the rows in any order, so that the file holds no data. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  recorded_on: z.string(),
});

const file = z.strictObject({ results: z.record(z.string(), recorded) });

export type RecordedResult = z.infer<typeof recorded>;
export type RecordedResults = Readonly<Record<string, RecordedResult>>;

const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** The file beside a knowledge file in which the results of its queries are recorded. */
export function resultsPathOf(knowledgePath: string): string {
  return `${knowledgePath.replace(/\.ya?ml$/i, '')}.results.json`;
}

/** Empty when there is no file yet. Throws AppError INVALID_ARGUMENT for one that can't be read. */
export function readRecorded(path: string): RecordedResults {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return {};
  if (stat.size > MAX_FILE_BYTES) throw unreadable(path, 'it is larger than 4 MB');
  try {
    return file.parse(JSON.parse(readFileSync(path, 'utf8'))).results;
  } catch (error) {
    throw unreadable(path, error instanceof z.ZodError ? z.prettifyError(error) : 'it is not valid JSON');
  }
}

export function writeRecorded(path: string, results: RecordedResults): void {
  const sorted = Object.fromEntries(Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify({ results: sorted }, null, 2)}\n`);
}

function unreadable(path: string, reason: string): AppError {
  return new AppError(
    'INVALID_ARGUMENT',
    `${path} cannot be used: ${reason}. Correct it, or remove it and record again.`,
  );
}
