import type { IncomingHttpHeaders } from 'node:http';
import { isObject } from '../../common/is-object.js';
import type { Principal } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { RequestId, RpcRequest } from './json-rpc.js';
import type { Revision } from './revisions.js';

/** Who sent a request. The two keys distinguish the programs of one person, because there are no sessions. */
export interface Caller {
  readonly tenant: Tenant;
  readonly principal: Principal;
  /** The fingerprint of the client certificate that a proxy verified for this request, in hex. */
  readonly certificate?: string | undefined;
  /** The same for all requests of one program of one person in one tenant. */
  readonly clientKey: string;
  /** The same for all requests of one program with one access token, which alone may cancel each other's requests. */
  readonly tokenKey: string;
  /**
   * Calls `lost` when the caller has lost their access or has other rights than before, until the returned function is
   * called. With `outlivesToken` it is not lost when the token expires while its grant stands. Absent where access can't
   * end before the process does.
   */
  readonly watchAccess?: (lost: () => void, options?: { readonly outlivesToken: boolean }) => () => void;
}

/** Sends messages to the caller before the response: notifications and requests of the server. */
export interface MessageSink {
  /** Whether messages can reach the caller before the response. */
  readonly open: boolean;
  /**
   * Returns false if the message was dropped: the sink is closed, or the caller reads too slowly. A `needed` message is
   * not dropped for a slow caller.
   */
  send(message: string, needed?: boolean): boolean;
}

const ABORT_REASON = new DOMException('The caller cancelled the request or closed the connection.', 'AbortError');

/** One request while it is handled: its caller, its revision, and whether it was cancelled. */
export class RequestContext {
  private controller: AbortController | undefined;
  private isCancelled = false;
  /** True once the response is complete: no progress or log message may follow it (2025-06-18 utilities/progress). */
  finished = false;

  constructor(
    readonly caller: Caller,
    readonly revision: Revision,
    readonly request: RpcRequest,
    readonly sink: MessageSink,
    /** Undefined over stdio, which has none. */
    readonly headers: IncomingHttpHeaders | undefined,
  ) {}

  get id(): RequestId {
    return this.request.id;
  }

  get params(): RpcRequest['params'] {
    return this.request.params;
  }

  get meta(): Readonly<Record<string, unknown>> {
    return isObject(this.request.params._meta) ? this.request.params._meta : {};
  }

  /** Created on first use, because most requests never need it. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isCancelled) this.controller.abort(ABORT_REASON);
    }
    return this.controller.signal;
  }

  /** True once nobody waits for the response any more. */
  get cancelled(): boolean {
    return this.isCancelled;
  }

  cancel(): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    this.controller?.abort(ABORT_REASON);
  }
}
