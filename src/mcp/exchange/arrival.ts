import type { IncomingHttpHeaders } from 'node:http';
import type { RpcRequest } from '../protocol/json-rpc.js';
import type { Caller, MessageSink, RequestContext } from '../protocol/request-context.js';
import type { Revision } from '../protocol/revisions.js';

/** Messages that arrived together, in one POST or on one line: who sent them, and where their replies go. */
export interface Arrival {
  readonly caller: Caller;
  readonly versions: Versions;
  readonly reply: ReplySink;
  /** Undefined over stdio, which has none. */
  readonly headers?: IncomingHttpHeaders;
}

/** How a transport says which revision of MCP a message is in. */
export interface Versions {
  /** Throws RpcError for a version that is not supported, or that the message contradicts. */
  ofRequest(request: RpcRequest): Revision;
  /** The revision of batches, notifications and responses; undefined if nothing names it. Throws RpcError. */
  ofOthers(): Revision | undefined;
}

export interface ReplySink extends MessageSink {
  /** Whether each response of a batch is sent when it is ready, and not in one array after the last. */
  readonly isStream: boolean;
  /** Notes a request whose response is not ready at once, and cancels it if the caller leaves before. */
  waitFor(context: RequestContext): void;
}
