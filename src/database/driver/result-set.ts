/** A value as JSON represents it, without loss (docs/results.md). */
export type CellValue = null | boolean | number | string;

export interface ResultColumn {
  readonly name: string;
  /** The type as T-SQL writes it: `decimal(10,2)`, `nvarchar(50)`, `datetime2(7)`. */
  readonly type: string;
  /** The column holds the document of FOR JSON or FOR XML, joined from its pieces. */
  readonly document?: true;
}

export type TruncationReason = 'rows' | 'bytes';

export interface ResultSet {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly CellValue[])[];
  /** The limit that truncated the result set; absent when it is complete. */
  readonly truncatedBy?: TruncationReason;
}

/** What a procedure has returned besides its rows. */
export interface ProcedureEnding {
  readonly returnValue: CellValue;
  /** The last values of its OUTPUT parameters. */
  readonly output: Readonly<Record<string, CellValue>>;
}

export interface QueryResult {
  readonly resultSets: readonly ResultSet[];
  /** One count for each statement that changed rows, or that counted rows without returning any. */
  readonly affectedRows: readonly number[];
  /** PRINT texts and warnings in order, at most 100 and 20,000 characters. The last one says when there were more. */
  readonly messages: readonly string[];
  /** The size of the rows in the chosen format. */
  readonly bytes: number;
  /** The number of truncated cells. Each of them ends with a note of its full length. */
  readonly cutCells: number;
  /** Of a procedure that ran to its end. */
  readonly ending?: ProcedureEnding;
}
