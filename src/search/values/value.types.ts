/** Where values come from: a histogram of SQL Server, or the rows of a lookup table. */
export type ValueSource = 'statistics' | 'rows';

/** Some values of one column. */
export interface ColumnValues {
  /** Positions in the model. */
  readonly object: number;
  readonly column: number;
  readonly values: readonly string[];
  readonly source: ValueSource;
  /** When the statistics were made, or the rows read: `2026-11-30`. */
  readonly asOf?: string;
  /** The share of rows that the statistics are made from, from 0 to 1. */
  readonly sampled?: number;
}

export interface CollectedValues {
  readonly columns: readonly ColumnValues[];
  /** Why there are none, or not all. */
  readonly note?: string;
}

export const MAX_VALUE_LENGTH = 100;
/** Values of one tenant's database. */
export const MAX_VALUES = 60_000;
/** The values of a column of a table with more rows are not read. */
export const MAX_LOOKUP_ROWS = 5_000;
export const TEXT_TYPES: ReadonlySet<string> = new Set(['char', 'varchar', 'nchar', 'nvarchar']);
