import type { IncomingMessage } from 'node:http';
import type { AppError } from '../../common/app-error.js';
import { isMediaType } from '../../http/media-type.js';
import { readBody } from '../../http/read-body.js';
import { MAX_MESSAGE_BYTES } from '../protocol/limits.js';
import { type Messages, readMessages } from '../protocol/read-message.js';
import { RPC, RpcError } from '../protocol/rpc.error.js';

/** Reads and parses a request's body. Throws RpcError -32700 or -32600 with its HTTP status. */
export async function readPostBody(req: IncomingMessage): Promise<Messages> {
  checkMediaType(req);
  return readMessages(await readBytes(req));
}

function checkMediaType(req: IncomingMessage): void {
  const type = req.headers['content-type'];
  if (type !== undefined && !isMediaType(type, 'application/json', '+json')) {
    throw new RpcError(RPC.invalidRequest, 'Content-Type must be application/json.', 415);
  }
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new RpcError(RPC.invalidRequest, 'Send the body without Content-Encoding.', 415);
  }
}

async function readBytes(req: IncomingMessage): Promise<Buffer> {
  try {
    return await readBody(req, MAX_MESSAGE_BYTES);
  } catch (error) {
    if ((error as AppError).code === 'RESULT_TOO_LARGE') {
      throw new RpcError(RPC.invalidRequest, `The body may hold at most ${MAX_MESSAGE_BYTES} bytes.`, 413);
    }
    throw new RpcError(RPC.parseError, 'The body ended early.', 400);
  }
}
