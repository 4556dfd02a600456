/** An error as SQL Server reports it (sys.messages number and text; MS-TDS 2.2.7.10). */
export class SqlError extends Error {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  /** The line of the batch the error belongs to, 1-based; set by the interpreter when the thrower does not know it. */
  line: number | undefined;
  /** Name of the procedure in which it arose, '' for a batch. */
  procedure = '';

  constructor(number: number, message: string, severity = 16, state = 1, line?: number) {
    super(message);
    this.number = number;
    this.severity = severity;
    this.state = state;
    this.line = line;
  }
}

/** What the sandbox says when it meets something it does not implement: never a silent no-op. */
export function notSupported(what: string, line?: number): SqlError {
  return new SqlError(50000, `The sandbox does not support ${what}.`, 16, 1, line);
}
