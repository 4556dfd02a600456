import type { CellValue } from '../../database/driver/result-set.js';

/** The fields of one result set apart from its columns and rows. */
export interface ResultFacts {
  readonly row_count: number;
  readonly truncated: boolean;
  readonly [field: string]: unknown;
}

/** Writes one result set as text, one row at a time, so that its size is known while rows arrive. */
export interface RowFormat {
  /** The text of a row, with its separator. */
  row(row: readonly CellValue[]): string;
  /** The text of the result set, made of the texts of its rows. */
  document(rows: readonly string[], facts: ResultFacts): string;
}
