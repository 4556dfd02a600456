import type { Revision } from './revisions.js';
import { RpcError } from './rpc.error.js';

/** The error for a resource that does not exist, and for one that this person may not know about. */
export const resourceNotFound = (uri: string, revision: Revision): RpcError =>
  new RpcError(revision.resourceNotFound, 'Resource not found', 200, { uri: uri.slice(0, 1_000) });
