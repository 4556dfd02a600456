import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError, type ErrorCode } from '../common/app-error.js';
import { logger } from '../common/log.js';

const log = logger('http');

/** The HTTP status of each error code, for answers that are neither JSON-RPC nor OAuth. */
export function httpStatusOf(code: ErrorCode): number {
  switch (code) {
    case 'BAD_REQUEST':
    case 'INVALID_ARGUMENT':
    case 'READ_ONLY_VIOLATION':
    case 'STATEMENT_REFUSED':
    case 'AMBIGUOUS_TABLE':
    case 'SQL_ERROR':
    case 'QUERY_TOO_EXPENSIVE':
      return 400;
    case 'UNAUTHENTICATED':
      return 401;
    case 'FORBIDDEN':
    case 'INSUFFICIENT_SCOPE':
    case 'PERMISSION_DENIED':
      return 403;
    case 'NOT_FOUND':
    case 'UNKNOWN_TOOL':
    case 'UNKNOWN_TABLE':
    case 'UNKNOWN_SCHEMA':
    case 'UNKNOWN_DEFINITION':
    case 'HANDLE_EXPIRED':
      return 404;
    case 'RESULT_TOO_LARGE':
      return 413;
    case 'TOO_MANY_REQUESTS':
      return 429;
    case 'CANCELLED':
      return 499;
    case 'INTERNAL':
      return 500;
    case 'UNAVAILABLE':
    case 'DATABASE_UNAVAILABLE':
      return 503;
    case 'TIMEOUT':
      return 504;
    default:
      return code satisfies never;
  }
}

/** Answers each error that no handler caught with its status and JSON `{error, message, request_id}`, never with a stack. */
@Catch()
export class AppErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const requestId = randomUUID();
    const { status, code, message, hint } = describe(error);
    if (status >= 500 && status !== 503) {
      // The log gets the route's pattern instead of the URL: a query string may contain a code or a token.
      log.error(
        {
          err: error,
          request_id: requestId,
          route: (host.switchToHttp().getRequest<Request>().route as { path?: string })?.path,
        },
        'request failed',
      );
    }
    // A handler may have said for how long its document can be kept; an error with its request id can't.
    response
      .status(status)
      .setHeader('Cache-Control', 'no-store')
      .json({ error: code, message, ...(hint === undefined ? {} : { hint }), request_id: requestId });
  }
}

function describe(error: unknown): { status: number; code: string; message: string; hint?: string | undefined } {
  if (error instanceof AppError) {
    const message = error.expose ? error.message : 'An internal error occurred; the log has it under this request id.';
    return { status: httpStatusOf(error.code), code: error.code, message, hint: error.hint };
  }
  const status = error instanceof HttpException ? error.getStatus() : bodyParserStatus(error);
  if (status === 404) return { status, code: 'NOT_FOUND', message: 'There is nothing at this path.' };
  if (status === 405) return { status, code: 'METHOD_NOT_ALLOWED', message: plainText(error) };
  if (status !== undefined && status < 500) return { status, code: 'BAD_REQUEST', message: plainText(error) };
  if (status === 503) return { status, code: 'UNAVAILABLE', message: 'The service is not ready.' };
  return {
    status: 500,
    code: 'INTERNAL',
    message: 'An internal error occurred; the log has it under this request id.',
  };
}

/** Express's own errors (a malformed percent-encoding, an aborted body) have `status`. */
function bodyParserStatus(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function plainText(error: unknown): string {
  return error instanceof HttpException ? error.message : 'The request could not be understood.';
}
