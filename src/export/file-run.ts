import { AppError } from '../common/app-error.js';
import type { CellLimit } from '../database/driver/values/cut-text.js';
import type { FileLimits, QueryService } from '../database/query/query.service.js';
import type { Tenant } from '../tenancy/tenant.js';
import type { FileOutput, WrittenFile } from './file-output.js';

export interface ExportedFile extends WrittenFile {
  readonly rows: number;
}

/** Writes the file of an order while the rows arrive. When it throws, the file is incomplete and must not be delivered. */
export interface FileRun {
  readonly rows: number;
  readonly output: FileOutput;
  /** Resolves when the last byte was written to the output. */
  run(queries: QueryService): Promise<ExportedFile>;
}

/** The longest cell, in bytes. A longer one fails, because a file must not hold part of a value. */
const MAX_CELL_BYTES = 32 * 1024 * 1024;
export const CELL_LIMIT: CellLimit = { maxBytes: MAX_CELL_BYTES, shownBytes: MAX_CELL_BYTES, cutCells: 0 };

/** The limits of a file by the tenant's settings. */
export function fileLimitsOf({ config }: Tenant, cells: CellLimit): FileLimits {
  const { exportMaxRows: maxRows, exportTimeoutMs: timeoutMs } = config.limits;
  return { maxRows, timeoutMs, timeSetting: 'EXPORT_TIMEOUT_MS', cells };
}

export function tooManyRows(maxRows: number): AppError {
  return new AppError('RESULT_TOO_LARGE', `The result has more than ${maxRows} rows (EXPORT_MAX_ROWS).`, {
    hint: 'Filter or aggregate in the statement, or ask an administrator to raise the limit.',
  });
}

export function cellTooLong(): AppError {
  return new AppError('RESULT_TOO_LARGE', `A cell has more than ${MAX_CELL_BYTES} bytes.`, {
    hint: 'Leave the column out, or SUBSTRING it.',
  });
}
