/** An error as SQL Server reports it (sys.messages number and text; MS-TDS 2.2.7.10). */
export class SqlError extends Error {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  /** The line in the batch, 1-based; the interpreter sets it when the thrower does not know it. */
  line: number | undefined;
  /** The name of the procedure that raised it, '' for a batch. */
  procedure = '';

  constructor(number: number, message: string, severity = 16, state = 1, line?: number) {
    super(message);
    this.number = number;
    this.severity = severity;
    this.state = state;
    this.line = line;
  }
}

/** The error for a construct that the sandbox does not implement; it never ignores one silently. */
export function notSupported(what: string, line?: number): SqlError {
  return new SqlError(50000, `The sandbox does not support ${what}.`, 16, 1, line);
}
