import type { Revision } from './revisions.js';
import { RpcError } from './rpc.error.js';

/** Also for a resource that this person must not know of. */
export const resourceNotFound = (uri: string, revision: Revision): RpcError =>
  new RpcError(revision.resourceNotFound, 'Resource not found', 200, { uri: uri.slice(0, 1_000) });
