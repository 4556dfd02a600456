import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { type Accepted, accepted } from '../../http/negotiation.js';
import { challengeHeader, endpointOf } from '../../oauth/tokens/challenges.js';
import type { PrincipalRequest } from '../../tenancy/tenant-request.js';
import { RPC, RpcError } from '../protocol/rpc.error.js';
import { errorReply } from '../protocol/rpc-error.mapping.js';
import type { RpcReply } from '../protocol/rpc-reply.js';
import { BatchHandler } from '../exchange/batch.handler.js';
import type { Arrival } from '../exchange/arrival.js';
import { MessageHandler } from '../exchange/message.handler.js';
import type { Messages } from '../protocol/read-message.js';
import { Callers } from './callers.js';
import { HeaderVersions } from './header-versions.js';
import { HttpReply } from './http-reply.js';
import { KeepAlive } from './keep-alive.js';
import { readPostBody } from './post-body.js';

/** Handles a POST of the MCP endpoint: reads its messages and writes its reply. */
@Injectable()
export class StreamableHttp {
  constructor(
    private readonly callers: Callers,
    private readonly messages: MessageHandler,
    private readonly batches: BatchHandler,
    private readonly keepAlive: KeepAlive,
  ) {}

  /** Never rejects: every error gets a reply. */
  async post(req: PrincipalRequest, res: Response): Promise<void> {
    const accepts = accepted(req.headers.accept);
    const reply = new HttpReply(res, accepts, this.keepAlive);
    try {
      const caller = this.callers.of(req);
      assertAcceptable(accepts);
      const body = await readPostBody(req);
      const { headers } = req;
      const rpcReply = this.handle(body, { caller, versions: new HeaderVersions(headers), reply, headers });
      reply.end(withChallenge(req, rpcReply instanceof Promise ? await rpcReply : rpcReply));
    } catch (error) {
      reply.end(errorReply(undefined, error));
    }
  }

  private handle(body: Messages, arrival: Arrival) {
    return 'single' in body ? this.messages.handle(body.single, arrival) : this.batches.handle(body.batch, arrival);
  }
}

function assertAcceptable({ json, stream }: Accepted): void {
  if (json || stream) return;
  throw new RpcError(RPC.invalidRequest, 'Accept must allow application/json or text/event-stream.', 406);
}

/** Adds `WWW-Authenticate` to a 401 or 403, so that the client knows what to request (RFC 6750 §3). */
function withChallenge(req: PrincipalRequest, rpcReply: RpcReply | undefined): RpcReply | undefined {
  const { tenant } = req;
  if (rpcReply?.challenge === undefined || tenant === undefined) return rpcReply;
  const header = challengeHeader(rpcReply.challenge, tenant, endpointOf(req, tenant));
  return { ...rpcReply, headers: { ...rpcReply.headers, 'WWW-Authenticate': header } };
}
