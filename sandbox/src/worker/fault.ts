/** The requests that a fault applies to; without conditions all. */
export interface FaultCondition {
  /** Only requests whose text or text parameter contains this, ignoring case. */
  readonly text?: string;
  /** Only from the n-th matching request on, counted from 1 since the fault was set. */
  readonly nth?: number;
  /** How often the fault is raised before it ends; the default is 1, 0 means until it is cleared. */
  readonly times?: number;
}

/** A fault, set by an option of `startSandbox` or by a procedure of the `sandbox` schema. */
export type Fault =
  /** The socket closes without a message after `afterRows` rows (0: before the first). */
  | ({ readonly kind: 'drop-connection'; readonly afterRows?: number } & FaultCondition)
  /** A pause before every `everyRows`-th row (default 1). */
  | ({ readonly kind: 'delay-rows'; readonly milliseconds: number; readonly everyRows?: number } & FaultCondition)
  /** The answer to a login is delayed. */
  | { readonly kind: 'stall-login'; readonly milliseconds: number; readonly times?: number }
  | { readonly kind: 'refuse-login'; readonly number?: 18456 | 4060 | 40613; readonly times?: number }
  /** An error instead of the request's result, or after so many of its rows. */
  | ({
      readonly kind: 'raise-error';
      readonly number: number;
      readonly message?: string;
      readonly afterRows?: number;
    } & FaultCondition)
  /** Every INSERT, UPDATE and MERGE fails with 1105 until the fault is cleared. */
  | { readonly kind: 'fill-up' }
  /** An Attention is acknowledged only when the request has ended by itself. */
  | ({ readonly kind: 'ignore-cancel' } & FaultCondition)
  /** A reset keeps the read-only keys of SESSION_CONTEXT, as Babelfish does, until the fault is cleared. */
  | { readonly kind: 'keep-session-context' }
  /** SET QUERY_GOVERNOR_COST_LIMIT is accepted and has no effect, as on Babelfish, until the fault is cleared. */
  | { readonly kind: 'ignore-cost-limit' }
  /**
   * After a request that failed or was cancelled, the connection refuses every request with 33557097 until one begins
   * with ROLLBACK; a reset doesn't help. It lasts until the fault is cleared.
   */
  | { readonly kind: 'abort-on-error' }
  /** SET SHOWPLAN_XML ON is accepted and has no effect, as on Babelfish: statements run. It lasts until it is cleared. */
  | { readonly kind: 'ignore-showplan' };

/** The number that Babelfish gives to errors of PostgreSQL that have none of SQL Server. */
export const UNMAPPED_ERROR = 33557097;

/** Texts and severities of common errors for faults (sys.messages, Azure SQL documentation). */
const KNOWN: Readonly<Record<number, readonly [severity: number, text: string]>> = {
  1205: [
    13,
    'Transaction (Process ID %spid) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  ],
  1222: [16, 'Lock request time out period exceeded.'],
  1105: [
    17,
    "Could not allocate space for object '%object' in database '%database' because the 'PRIMARY' filegroup is full due to lack of storage space or database files reaching the maximum allowed size.",
  ],
  9002: [17, "The transaction log for database '%database' is full due to 'LOG_BACKUP'."],
  701: [17, "There is insufficient system memory in resource pool 'default' to run this query."],
  8645: [
    17,
    "A timeout occurred while waiting for memory resources to execute the query in resource pool 'default' (2). Rerun the query.",
  ],
  10928: [20, 'Resource ID : 1. The request limit for the database is 100 and has been reached.'],
  40197: [20, 'The service has encountered an error processing your request. Please try again. Error code 40197.'],
  40501: [20, 'The service is currently busy. Retry the request after 10 seconds.'],
  40613: [
    20,
    "Database '%database' on server 'SANDBOX' is not currently available. Please retry the connection later. If the problem persists, contact customer support.",
  ],
};

export interface FaultError {
  readonly number: number;
  readonly severity: number;
  readonly message: string;
}

export function faultError(
  number: number,
  message: string | undefined,
  facts: { spid: number; database: string; object?: string },
): FaultError {
  const [severity, text] = KNOWN[number] ?? [16, `Error ${number}, raised by a fault of the sandbox.`];
  const filled = text
    .replace('%spid', String(facts.spid))
    .replace('%database', facts.database)
    .replace('%object', facts.object ?? 'dbo');
  return { number, severity, message: message ?? filled };
}
