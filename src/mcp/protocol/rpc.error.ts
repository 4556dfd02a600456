import { AppError } from '../../common/app-error.js';

/** The error codes of JSON-RPC 2.0 §5.1 and of MCP (2026-07-28 basic/errors). The server uses no others. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** Used up to 2025-11-25. */
  resourceNotFound: -32002,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/** An error of the protocol and not of a tool. It is answered with a JSON-RPC error and this HTTP status. */
export class RpcError extends AppError {
  constructor(
    readonly rpcCode: number,
    message: string,
    readonly status = 200,
    readonly data?: unknown,
  ) {
    super('BAD_REQUEST', message);
    this.name = 'RpcError';
  }
}

export const invalidParams = (message: string, data?: unknown): RpcError =>
  new RpcError(RPC.invalidParams, message, 200, data);
