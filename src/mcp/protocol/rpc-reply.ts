import type { Challenge } from '../../common/challenge.error.js';

/** The reply to a request: an HTTP status and a JSON-RPC response. A stream sends only the response. */
export interface RpcReply {
  readonly status: number;
  /** JSON text; empty if the reply has no body. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The token or the scopes that are missing; the transport writes them into `WWW-Authenticate`. */
  readonly challenge?: Challenge;
}
