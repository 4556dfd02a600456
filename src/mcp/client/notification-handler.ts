import { Injectable } from '@nestjs/common';
import type { Caller } from '../protocol/request-context.js';
import { InFlight } from '../cluster/in-flight.js';
import type { Revision } from '../protocol/revisions.js';
import { RPC, RpcError } from '../protocol/rpc.error.js';
import { isRequestId, type RpcMessage, type RpcNotification, type RpcRequest } from '../protocol/json-rpc.js';
import { ServerRequests } from './server-requests.js';

/** Takes what clients send without expecting an answer: notifications, and their responses to our requests. */
@Injectable()
export class NotificationHandler {
  constructor(
    private readonly inFlight: InFlight,
    private readonly serverRequests: ServerRequests,
  ) {}

  /** Throws RpcError for a response in a revision that has no requests to the client. */
  async receive(
    caller: Caller,
    message: Exclude<RpcMessage, RpcRequest>,
    revision: Revision | undefined,
  ): Promise<void> {
    if (message.kind === 'response' && revision?.serverRequests === 'result') {
      throw new RpcError(RPC.invalidRequest, `There are no responses from clients in ${revision.name}.`, 400);
    }
    if (message.kind === 'response') await this.serverRequests.answer(caller, message);
    else await this.notified(caller, message);
  }

  /** Only a cancellation asks for anything; unknown ones are ignored. */
  private async notified(caller: Caller, { method, params }: RpcNotification): Promise<void> {
    if (method !== 'notifications/cancelled' || !isRequestId(params.requestId)) return;
    await this.inFlight.cancel(caller, params.requestId);
  }
}
