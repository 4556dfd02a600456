import { AppError, type ErrorCode } from '../common/app-error.js';
import { PreambleError } from './preamble-error.js';
import { messageOf, type ServerMessage } from './sql-server.messages.js';

/** What tedious's RequestError and ConnectionError carry. */
interface DriverError {
  readonly code?: string;
  readonly number?: number;
  readonly class?: number;
  readonly lineNumber?: number;
  /** The procedure, function or trigger that `lineNumber` counts in; '' for the caller's own text. */
  readonly procName?: string;
  readonly message: string;
}

const CONNECTION_CODES = new Set([
  'ESOCKET',
  'ECONNCLOSED',
  'ETIMEOUT',
  'ELOGIN',
  'ENOTOPEN',
  'EINVALIDSTATE',
  'ECONNRESET',
  'ECONNREFUSED',
  'EINSTLOOKUP',
  'ETDS',
  'ENOCONN',
  'EABORT',
  // No access token could be obtained.
  'EFEDAUTH',
]);

const TRY_AGAIN = 'This is not a fault of the statement; try again in a few seconds.';

/** Whether a read may be tried once more when nothing was delivered yet. */
export function isTransient(error: unknown): boolean {
  if (error instanceof PreambleError) return true;
  const first = firstOf(error);
  if (first === undefined) return false;
  return first.number === undefined ? isLostConnection(first) : messageOf(first.number).transient;
}

/** Whether the connection may be to blame, so that another attempt needs one that was never used. */
export function blamesConnection(error: unknown): boolean {
  return error instanceof PreambleError || firstOf(error)?.number === undefined;
}

/** RAISERROR and THROW of an author have numbers from here on (sys.messages). */
const FIRST_AUTHOR_NUMBER = 50_000;
const LONGEST_AUTHOR_TEXT = 2_000;

/** Whether the number is one that authors of databases use. On engines other than SQL Server it means nothing. */
export function isAuthorError(error: unknown): boolean {
  return !(error instanceof AppError) && (firstOf(error)?.number ?? 0) >= FIRST_AUTHOR_NUMBER;
}

/**
 * Translates errors of SQL Server and of the driver into ours. `authorTexts`: the texts of RAISERROR and THROW are shown,
 * because an author of the database wrote them for callers.
 */
export function translateSqlError(error: unknown, authorTexts = false): AppError {
  if (error instanceof AppError) return error;
  const first = firstOf(error);
  if (first === undefined) return new AppError('INTERNAL', 'The database layer failed.', { cause: error });
  if (first.number === undefined) return ofConnection(first, error);
  const { number } = first;
  const line = lineOf(first);
  if (authorTexts && number >= FIRST_AUTHOR_NUMBER) {
    return new AppError('SQL_ERROR', shortened(first.message), {
      // Like the cells of a result, the text is data of the database.
      details: { number, ...(line === 0 ? {} : { line }), untrusted: true },
      cause: error,
    });
  }
  const message = messageOf(number);
  const code = codeOf(message);
  const cost = code === 'QUERY_TOO_EXPENSIVE' ? costIn(first.message) : undefined;
  const shownText = cost === undefined ? first.message : costText(cost);
  const text = message.shown ? shownText : (message.ownWords ?? withheld(code, number));
  const hint = message.hint ?? (code === 'DATABASE_UNAVAILABLE' ? TRY_AGAIN : undefined);
  return new AppError(code, text, {
    details: { number, ...(line === 0 ? {} : { line }), ...cost },
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

/** The line in the caller's text; 0 when the error lies in a procedure, function or trigger that it runs. */
function lineOf({ lineNumber = 0, procName = '' }: DriverError): number {
  return procName === '' || procName.toLowerCase() === 'sp_executesql' ? lineNumber : 0;
}

function shortened(text: string): string {
  return text.length > LONGEST_AUTHOR_TEXT ? `${text.slice(0, LONGEST_AUTHOR_TEXT)}…` : text;
}

function codeOf({ subject }: ServerMessage): ErrorCode {
  switch (subject) {
    case 'unavailable':
      return 'DATABASE_UNAVAILABLE';
    case 'permission':
      return 'PERMISSION_DENIED';
    case 'cost':
      return 'QUERY_TOO_EXPENSIVE';
    default:
      return 'SQL_ERROR';
  }
}

interface QueryCost {
  readonly estimated_cost: number;
  readonly limit: number;
}

/** The text of 8649 has the estimate and the limit, in this order in every language. */
function costIn(message: string): QueryCost | undefined {
  const [estimated, limit] = (message.match(/\d+/g) ?? []).map(Number);
  return estimated === undefined || limit === undefined ? undefined : { estimated_cost: estimated, limit };
}

function costText({ estimated_cost: estimated, limit }: QueryCost): string {
  return `The database estimates that this statement costs ${estimated}, and the limit is ${limit}, so it did not run.`;
}

/** What the server sent, for a reader that removes the values. */
export function ownTextOf(error: unknown): { readonly number?: number; readonly message: string } | undefined {
  return error instanceof AppError ? undefined : firstOf(error);
}

function withheld(code: ErrorCode, number: number): string {
  if (number >= FIRST_AUTHOR_NUMBER) {
    return `The database refused the statement with error ${number} of its own; its text is withheld because it may contain data.`;
  }
  return code === 'DATABASE_UNAVAILABLE'
    ? `The database is not available at the moment (error ${number}).`
    : `SQL Server refused the statement with error ${number}; its text is withheld because it may contain data.`;
}

function ofConnection(first: DriverError, cause: unknown): AppError {
  if (first.code === 'EPARAM' || first.code === 'EARGS') {
    return new AppError('INVALID_ARGUMENT', 'A parameter has a value that its type cannot hold.', { cause });
  }
  if (isLostConnection(first)) {
    return new AppError('DATABASE_UNAVAILABLE', 'The connection to the database was lost or could not be made.', {
      hint: TRY_AGAIN,
      cause,
    });
  }
  return new AppError('INTERNAL', 'The database driver failed.', { cause });
}

function isLostConnection(error: DriverError): boolean {
  return CONNECTION_CODES.has(error.code ?? '') || /acquire a connection|connection is closing/i.test(error.message);
}

/** Returns the first of several errors: the later ones are its consequences (3621, 266 …). */
function firstOf(error: unknown): DriverError | undefined {
  if (error instanceof PreambleError) return firstOf(error.originalError);
  if (error instanceof AggregateError) return firstOf(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  const { originalError } = error as { originalError?: unknown };
  const inner = originalError instanceof Error ? firstOf(originalError) : undefined;
  // node-mssql gives the error around several ones no code.
  const outer = error as DriverError;
  return inner !== undefined && (inner.number !== undefined || outer.code === undefined) ? inner : outer;
}
