import { AppError } from '../../common/app-error.js';
import { type Challenge, ChallengeError } from '../../common/challenge.error.js';
import { httpStatusOf } from '../../http/app-error.filter.js';
import { logger } from '../../common/log.js';
import { errorMessage, type RequestId } from './json-rpc.js';
import { RPC, RpcError } from './rpc.error.js';
import { RETRY_AFTER_SECONDS } from './limits.js';
import type { RpcReply } from './rpc-reply.js';

const log = logger('mcp');

/**
 * Maps an error to a JSON-RPC error response with its HTTP status. The text of an unexpected error is logged under
 * `requestId` and never sent.
 */
export function errorReply(id: RequestId | undefined, error: unknown, requestId?: string): RpcReply {
  if (error instanceof RpcError) {
    const { rpcCode: code, message, data, status } = error;
    return { status, body: errorMessage(id, { code, message, data }) };
  }
  if (!(error instanceof AppError) || !error.expose) {
    log.error({ err: error, request_id: requestId }, 'a request failed');
    const message = 'An internal error occurred; the log has it under this request id.';
    return {
      status: 200,
      body: errorMessage(id, { code: RPC.internalError, message, data: { request_id: requestId } }),
    };
  }
  const { message, hint, details } = error;
  const body = errorMessage(id, {
    code: rpcCodeOf(error),
    message,
    ...(hint === undefined && details === undefined ? {} : { data: { hint, ...details } }),
  });
  switch (error.code) {
    case 'UNAUTHENTICATED':
    case 'INSUFFICIENT_SCOPE':
      return { status: httpStatusOf(error.code), body, challenge: challengeOf(error) };
    case 'FORBIDDEN':
    case 'UNAVAILABLE':
      return { status: httpStatusOf(error.code), body };
    case 'TOO_MANY_REQUESTS':
      return { status: 429, body, headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) } };
    default:
      return { status: 200, body };
  }
}

/** A custom tool may throw an AppError with this code instead of a ChallengeError. */
function challengeOf(error: AppError): Challenge {
  if (error instanceof ChallengeError) return error.challenge;
  return error.code === 'UNAUTHENTICATED' ? { kind: 'no_token' } : { kind: 'insufficient_scope', scopes: ['sql:read'] };
}

function rpcCodeOf(error: AppError): number {
  switch (error.code) {
    case 'UNKNOWN_TOOL':
    case 'INVALID_ARGUMENT':
    case 'NOT_FOUND':
      return RPC.invalidParams;
    case 'BAD_REQUEST':
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
    case 'INSUFFICIENT_SCOPE':
    case 'TOO_MANY_REQUESTS':
      return RPC.invalidRequest;
    default:
      return RPC.internalError;
  }
}
