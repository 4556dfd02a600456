import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { isObject, type RequestId, type RpcRequest } from './json-rpc.js';
import type { Revision } from './revisions.js';

/** Who is asking, and how two of their programs are told apart without sessions. */
export interface Caller {
  readonly tenant: Tenant;
  readonly principal: Principal;
  /** The same for all requests of one program of one person in one tenant. */
  readonly clientKey: string;
  /** The same for all requests made with one access token: whose requests a `notifications/cancelled` may mean. */
  readonly tokenKey: string;
}

/** The way back to the caller, for everything but the answer itself. */
export interface MessageSink {
  /** Whether messages can reach the caller before the answer. */
  readonly open: boolean;
  /** False when the message was dropped because the reader doesn't keep up. A `needed` one is never dropped. */
  send(message: string, needed?: boolean): boolean;
}

const GONE = new DOMException('The caller cancelled the request or went away.', 'AbortError');

/** One request on its way to an answer. */
export class RequestContext {
  private controller: AbortController | undefined;
  private isCancelled = false;
  /** No progress or log messages after the answer (2025-06-18 utilities/progress). */
  finished = false;

  constructor(
    readonly caller: Caller,
    readonly revision: Revision,
    readonly request: RpcRequest,
    readonly sink: MessageSink,
    readonly headers: IncomingHttpHeaders,
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

  /** Made on demand: most requests never need one. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isCancelled) this.controller.abort(GONE);
    }
    return this.controller.signal;
  }

  /** Nobody waits for the answer any more. */
  get cancelled(): boolean {
    return this.isCancelled;
  }

  cancel(): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    this.controller?.abort(GONE);
  }
}
