import type { Challenge } from '../../oauth/tokens/challenges.js';

/** What a request is answered with, when it is not a stream. */
export interface RpcReply {
  readonly status: number;
  /** JSON; empty for none. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the token lacks; the transport makes `WWW-Authenticate` of it. */
  readonly challenge?: Challenge;
}
