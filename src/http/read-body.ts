import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import getRawBody, { type RawBodyError } from 'raw-body';
import { AppError } from '../common/app-error.js';
import { isMediaType } from './media-type.js';

/** Bytes; oidc-provider's own limit. */
const MAX_BODY_BYTES = 56 * 1024;

/**
 * Reads the whole body, at most `limit` bytes. Throws AppError RESULT_TOO_LARGE (413), before reading when Content-Length
 * already says so, or BAD_REQUEST when the body ends early.
 */
export async function readBody(req: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  try {
    return await getRawBody(req, { limit, length: req.headers['content-length'] ?? null });
  } catch (error) {
    if ((error as RawBodyError).type !== 'entity.too.large') {
      throw new AppError('BAD_REQUEST', 'The request body ended early.', { cause: error });
    }
    // A client that sends before it reads gets to the answer; after that the connection is closed, because what is left
    // of the body would be taken for the next request.
    req.resume();
    closeAfterAnswer(req);
    throw new AppError('RESULT_TOO_LARGE', 'The request body is too large.');
  }
}

/** Reads a form of one of our pages. Throws AppError BAD_REQUEST when the content type is another. */
export async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  if (!isMediaType(req.headers['content-type'], 'application/x-www-form-urlencoded')) {
    throw new AppError('BAD_REQUEST', 'This address accepts only a form (application/x-www-form-urlencoded).');
  }
  return new URLSearchParams((await readBody(req, 16 * 1024)).toString('utf8'));
}

function closeAfterAnswer(req: IncomingMessage & Pick<Partial<Request>, 'res'>): void {
  if (req.res?.headersSent === false) req.res.setHeader('Connection', 'close');
}
