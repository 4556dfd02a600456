import type { CellValue, ResultColumn } from '../../database/driver/result-set.js';

/** Turns the rows of one result set into the bytes of a file, as they arrive. Memory use stays constant. */
export interface FileWriter {
  /** Called once, before the first row. Throws AppError for columns that the format can't hold. */
  begin(columns: readonly ResultColumn[]): void;
  /** A promise pauses the statement. Throws AppError for a value that the format can't hold unchanged. */
  row(row: readonly CellValue[]): void | Promise<void>;
  /** Writes what is left. It does not end the output. */
  finish(): Promise<void>;
}

/** What a file says of itself, where the format has a place for it. */
export interface FileFacts {
  readonly statement: string;
  readonly person: string;
  readonly tenant: string;
  readonly database: string;
  readonly at: Date;
  /** The name of the verified query, if the statement is one. */
  readonly definition?: string | undefined;
}

export interface TextOptions {
  /** Begins a CSV file with a byte order mark, by which Excel recognises UTF-8. */
  readonly bom: boolean;
  /** Leaves texts that a spreadsheet would take for a formula as they are. */
  readonly raw: boolean;
}
