/** The codes that callers may rely on. Tools answer with those of the first group, HTTP endpoints with any. */
export type ErrorCode =
  // tools and database
  | 'READ_ONLY_VIOLATION'
  | 'STATEMENT_REFUSED'
  | 'INVALID_ARGUMENT'
  | 'UNKNOWN_TOOL'
  | 'UNKNOWN_TABLE'
  | 'UNKNOWN_SCHEMA'
  | 'UNKNOWN_DEFINITION'
  | 'AMBIGUOUS_TABLE'
  | 'SQL_ERROR'
  | 'PERMISSION_DENIED'
  | 'TIMEOUT'
  | 'CANCELLED'
  | 'DATABASE_UNAVAILABLE'
  | 'RESULT_TOO_LARGE'
  | 'HANDLE_EXPIRED'
  | 'QUERY_TOO_EXPENSIVE'
  // HTTP endpoints
  | 'BAD_REQUEST'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'UNAUTHENTICATED'
  | 'INSUFFICIENT_SCOPE'
  | 'TOO_MANY_REQUESTS'
  | 'UNAVAILABLE'
  | 'INTERNAL';

export interface AppErrorOptions {
  /** What the reader can do about it. */
  readonly hint?: string;
  /** Structured facts for the caller (`{number, line}` of SQL Server, candidates of a name …), without secrets and row values. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** False when the message is for the log only and the caller gets a masked text with the request id. */
  readonly expose?: boolean;
  readonly cause?: unknown;
}

/** The error of this application. Each edge (HTTP, OAuth, JSON-RPC, tools) maps its codes in one exhaustive function. */
export class AppError extends Error {
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly expose: boolean;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.hint = options.hint;
    this.details = options.details;
    this.expose = options.expose ?? code !== 'INTERNAL';
  }
}
