/** JSON-RPC 2.0 as MCP narrows it: ids are strings or integers, never null; params are objects. */
export type RequestId = string | number;
export type Params = Readonly<Record<string, unknown>>;

export interface RpcRequest {
  readonly kind: 'request';
  readonly id: RequestId;
  readonly method: string;
  readonly params: Params;
}

export interface RpcNotification {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: Params;
}

/** A client's response to a request that this server sent. */
export interface RpcResponse {
  readonly kind: 'response';
  readonly id: RequestId | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export type RpcMessage = RpcRequest | RpcNotification | RpcResponse;

export function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/**
 * The start of a response, before `"result":…}` or `"error":…}`. The id is left out if the request's id could not be
 * read. JSON-RPC 2.0 §5 says null in this case, but in every MCP schema an id is a string or a number (optional since
 * 2025-11-25), and the official clients do not parse an error whose id is null.
 */
function opening(id: RequestId | undefined): string {
  if (id === undefined) return '{"jsonrpc":"2.0",';
  return `{"jsonrpc":"2.0","id":${typeof id === 'number' ? id : JSON.stringify(id)},`;
}

/** `result` is JSON text. */
export function resultMessage(id: RequestId, result: string): string {
  return `${opening(id)}"result":${result}}`;
}

export function errorMessage(
  id: RequestId | undefined,
  error: { code: number; message: string; data?: unknown },
): string {
  return `${opening(id)}"error":${JSON.stringify(error)}}`;
}

export function notificationMessage(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}

export function requestMessage(id: string, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}
