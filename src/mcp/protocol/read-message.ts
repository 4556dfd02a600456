import { isObject } from '../../common/is-object.js';
import { isRequestId, type RequestId, type RpcMessage } from './json-rpc.js';
import { RPC, RpcError } from './rpc.error.js';
import { MAX_BATCH, MAX_DEPTH } from './limits.js';

/** What one body or one line holds: one message, or the array that 2025-03-26 allows. Only its JSON has been checked. */
export type Messages = { readonly single: unknown } | { readonly batch: readonly unknown[] };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** Parses a body or a line. Throws RpcError -32700 or -32600 with its HTTP status. */
export function readMessages(bytes: Buffer): Messages {
  const value = parse(bytes);
  if (!Array.isArray(value)) return { single: value };
  if (value.length === 0) throw new RpcError(RPC.invalidRequest, 'A batch must hold at least one message.', 400);
  if (value.length > MAX_BATCH) {
    throw new RpcError(RPC.invalidRequest, `A batch may hold at most ${MAX_BATCH} messages.`, 400);
  }
  return { batch: value };
}

/** Reads a value as a JSON-RPC request, notification or response. Throws RpcError -32600. */
export function readMessage(value: unknown): RpcMessage {
  if (!isObject(value)) throw notJsonRpc('A message must be a JSON object.');
  if (value.jsonrpc !== '2.0') throw notJsonRpc('"jsonrpc" must be "2.0".');
  if (!Object.hasOwn(value, 'method')) return readResponse(value);
  const { method } = value;
  // Some JSON libraries write a field that is absent as null, so null counts as left out.
  const params = value.params ?? {};
  if (typeof method !== 'string') throw notJsonRpc('"method" must be a string.');
  if (!isObject(params)) throw notJsonRpc('"params" must be an object.');
  if (!Object.hasOwn(value, 'id')) return { kind: 'notification', method, params };
  if (!isRequestId(value.id)) throw notJsonRpc('"id" must be a string or an integer, and not null.');
  return { kind: 'request', id: value.id, method, params };
}

/** The id that an error about this message can carry. */
export function idOf(value: unknown): RequestId | undefined {
  return isObject(value) && isRequestId(value.id) ? value.id : undefined;
}

function readResponse(value: Readonly<Record<string, unknown>>): RpcMessage {
  const { id, result, error } = value;
  if (!Object.hasOwn(value, 'id') || (!isRequestId(id) && id !== null)) {
    throw notJsonRpc('A message needs a "method", or the "id" of the request it answers.');
  }
  if (Object.hasOwn(value, 'result') === Object.hasOwn(value, 'error')) {
    throw notJsonRpc('A response must have either "result" or "error".');
  }
  if (error === undefined) return { kind: 'response', id, result };
  if (!isObject(error) || !Number.isInteger(error.code) || typeof error.message !== 'string') {
    throw notJsonRpc('"error" must have an integer "code" and a "message".');
  }
  return { kind: 'response', id, error: { code: error.code as number, message: error.message } };
}

function notJsonRpc(message: string): RpcError {
  return new RpcError(RPC.invalidRequest, `Not a JSON-RPC message: ${message}`, 400);
}

function parse(bytes: Buffer): unknown {
  checkDepth(bytes);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new RpcError(RPC.parseError, 'The message is not valid UTF-8.', 400);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RpcError(RPC.parseError, 'The message is not valid JSON.', 400);
  }
  // JSON.parse makes "__proto__" an own property, which a later copy or a schema library would drop or use as the
  // prototype. The name can be written with escapes, so a text with \u is searched, too.
  if ((text.includes('__proto__') || text.includes('\\u')) && hasProtoKey(value)) {
    throw new RpcError(RPC.invalidRequest, 'An object must not have the key "__proto__".', 400);
  }
  return value;
}

/** Runs before JSON.parse, which accepts any depth; the recursive functions that read the value later do not. */
function checkDepth(bytes: Buffer): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 0x5c) i += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) {
        throw new RpcError(RPC.invalidRequest, `JSON may be nested at most ${MAX_DEPTH} levels deep.`, 400);
      }
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
}

function hasProtoKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  return Object.values(value).some(hasProtoKey);
}
