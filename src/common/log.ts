import pino, { type DestinationStream, type Logger } from 'pino';
import { StartupError } from './startup-error.js';

const SECRET_PATHS = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'client_secret',
  'access_token',
  'refresh_token',
  'code',
  'code_verifier',
  'sql',
  'query',
  'rows',
];

let destination: DestinationStream = pino.destination({ fd: 1, sync: true });

const root = pino(
  {
    level: 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_PATHS.flatMap(path => [path, `*.${path}`, `*.*.${path}`]), censor: '[redacted]' },
    serializers: { err: describeError },
  },
  { write: line => destination.write(line) },
);

// A pino child keeps the level that it was created with, and modules create theirs before the configuration is read.
const children: Logger[] = [];

export type { Logger };

/** Returns a logger for one subject. It writes JSON lines, to stdout unless `logTo` said otherwise, and redacts secrets; never log SQL text or row values. */
export function logger(name: string): Logger {
  const child = root.child({ name });
  children.push(child);
  return child;
}

export function setLogLevel(level: string): void {
  root.level = level;
  for (const child of children) child.level = level;
}

/** Sends the lines of all loggers to another destination, and returns the one before. */
export function logTo(next: DestinationStream): DestinationStream {
  const before = destination;
  destination = next;
  return before;
}

/** Describes an error without the message of a foreign one: a driver's or a parser's message may contain values. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, number, details } = error as { code?: unknown; number?: unknown; details?: { number?: unknown } };
  // With a number of SQL Server the message may be the database's, which may hold values of rows.
  const fromDatabase = details?.number !== undefined;
  const own = (error.name === 'AppError' && !fromDatabase) || error instanceof StartupError;
  return {
    type: error.name,
    // Not under the name `code`, which is redacted because of authorization codes. Only constants such as ESOCKET.
    error_code: typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : undefined,
    number: number ?? details?.number,
    message: own ? error.message : undefined,
    stack: error.stack
      ?.split('\n')
      .filter(line => line.trimStart().startsWith('at '))
      .slice(0, 12)
      .join('\n'),
    cause: error.cause === undefined ? undefined : describeError(error.cause),
  };
}
