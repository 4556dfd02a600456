import type { CellValue } from '../../database/driver/result-set.js';

/** What stands beside the rows of one result set. */
export interface ResultFacts {
  readonly row_count: number;
  readonly truncated: boolean;
  readonly [field: string]: unknown;
}

/** Writes one result set as text, a row at a time, so that its size is known while rows stream in. */
export interface RowFormat {
  /** The text of a row, with its separator. */
  row(row: readonly CellValue[]): string;
  /** The whole, from the rows' texts. */
  document(rows: readonly string[], facts: ResultFacts): string;
}
