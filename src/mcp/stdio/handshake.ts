import type { Versions } from '../exchange/arrival.js';
import { checkEnvelope, statedVersion, supportedRevision } from '../protocol/envelope.js';
import type { RpcRequest } from '../protocol/json-rpc.js';
import { negotiate, type Revision, UNSTATED_REVISION } from '../protocol/revisions.js';

/**
 * The revision of the messages of one process (2026-07-28 basic/versioning, "Backward Compatibility"): the one that a
 * request names in `_meta`, else the one that `initialize` agreed on. Both kinds of requests may come in turn.
 */
export class Handshake implements Versions {
  private agreed: Revision | undefined;

  /** Throws RpcError -32602 or -32022. */
  ofRequest(request: RpcRequest): Revision {
    const stated = statedVersion(request);
    if (stated !== undefined) {
      const revision = supportedRevision(stated, 'The protocol version');
      if (revision.envelope) checkEnvelope(request);
      return revision;
    }
    const { protocolVersion } = request.params;
    if (request.method === 'initialize' && typeof protocolVersion === 'string')
      this.agreed = negotiate(protocolVersion);
    return this.ofOthers() ?? UNSTATED_REVISION;
  }

  ofOthers(): Revision | undefined {
    return this.agreed;
  }
}
