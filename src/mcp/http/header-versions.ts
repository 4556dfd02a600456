import type { IncomingHttpHeaders } from 'node:http';
import type { Versions } from '../exchange/arrival.js';
import { revisionOfHeaders, revisionOfRequest } from '../protocol/headers.js';
import type { RpcRequest } from '../protocol/json-rpc.js';
import type { Revision } from '../protocol/revisions.js';

/** The revision that a POST's headers and its message name. */
export class HeaderVersions implements Versions {
  constructor(private readonly headers: IncomingHttpHeaders) {}

  ofRequest(request: RpcRequest): Revision {
    return revisionOfRequest(request, this.headers);
  }

  ofOthers(): Revision | undefined {
    return revisionOfHeaders(this.headers);
  }
}
