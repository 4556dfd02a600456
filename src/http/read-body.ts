import type { IncomingMessage } from 'node:http';
import { AppError } from '../common/app-error.js';

/** oidc-provider's own limit. */
const MAX_BODY_BYTES = 56 * 1024;

/** The whole body. Throws RESULT_TOO_LARGE (413) above the limit; nothing is read beyond it. */
export async function readBody(req: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** A form of one of our pages. */
export async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(req.headers['content-type'] ?? '')) {
    throw new AppError('BAD_REQUEST', 'This address takes a form (application/x-www-form-urlencoded).');
  }
  return new URLSearchParams((await readBody(req, 16 * 1024)).toString('utf8'));
}

/** Puts a body that was read, and perhaps changed, before the next reader, as if it came from the network. */
export function replaceBody(req: IncomingMessage, body: Buffer, contentType: string): void {
  req.headers['content-type'] = contentType;
  req.headers['content-length'] = String(body.length);
  delete req.headers['transfer-encoding'];
  // oidc-provider reads `req.iterator()` while `req.readable`.
  Object.defineProperty(req, 'readable', { value: true, configurable: true });
  Object.defineProperty(req, 'iterator', {
    configurable: true,
    value: async function* () {
      yield body;
    },
  });
}

function tooLarge(): AppError {
  return new AppError('RESULT_TOO_LARGE', 'The request body is too large.');
}
