import { Injectable } from '@nestjs/common';
import type { Caller } from '../protocol/request-context.js';
import { InFlight } from '../cluster/in-flight.js';
import type { Revision } from '../protocol/revisions.js';
import { RPC, RpcError } from '../protocol/rpc.error.js';
import { isRequestId, type RpcMessage, type RpcNotification, type RpcRequest } from '../protocol/json-rpc.js';
import { ServerRequests } from './server-requests.js';

/** Handles messages that get no response: notifications, and responses to the server's requests. */
@Injectable()
export class NotificationHandler {
  constructor(
    private readonly inFlight: InFlight,
    private readonly serverRequests: ServerRequests,
  ) {}

  /** Throws RpcError -32600 for a response in a revision in which the server sends no requests. */
  async receive(
    caller: Caller,
    message: Exclude<RpcMessage, RpcRequest>,
    revision: Revision | undefined,
  ): Promise<void> {
    if (message.kind === 'response' && revision?.serverRequests === 'result') {
      throw new RpcError(RPC.invalidRequest, `In ${revision.name} clients send no responses.`, 400);
    }
    if (message.kind === 'response') await this.serverRequests.answer(caller, message);
    else await this.notified(caller, message);
  }

  /** Handles cancellations. All other notifications need no action. */
  private async notified(caller: Caller, { method, params }: RpcNotification): Promise<void> {
    if (method !== 'notifications/cancelled' || !isRequestId(params.requestId)) return;
    await this.inFlight.cancel(caller, params.requestId);
  }
}
