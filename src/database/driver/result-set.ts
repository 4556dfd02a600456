/** A value as JSON carries it: exact, see docs/results.md. */
export type CellValue = null | boolean | number | string;

export interface ResultColumn {
  readonly name: string;
  /** SQL Server's type as one writes it: `decimal(10,2)`, `nvarchar(50)`, `datetime2(7)`. */
  readonly type: string;
  /** The one text of FOR JSON or FOR XML, put together from the pieces it travels in. */
  readonly document?: true;
}

export type TruncationReason = 'rows' | 'bytes';

export interface ResultSet {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly CellValue[])[];
  /** Why the statement was cancelled before its end; absent when the result is whole. */
  readonly truncatedBy?: TruncationReason;
}

export interface QueryResult {
  readonly resultSets: readonly ResultSet[];
  /** One per statement that counts rows without returning any. */
  readonly affectedRows: readonly number[];
  /** PRINT texts and warnings, in order; at most 100 and 20,000 characters, and then it is said that there are more. */
  readonly messages: readonly string[];
  /** Of the text of the rows in the chosen format. */
  readonly bytes: number;
  /** Texts that were too long for a cell; each says so at its end, with its whole length. */
  readonly cutCells: number;
}
