import { Injectable } from '@nestjs/common';
import type { Caller } from '../protocol/request-context.js';
import { InFlight } from '../cluster/in-flight.js';
import { isRequestId, type RpcMessage, type RpcNotification, type RpcRequest } from '../protocol/json-rpc.js';
import { ServerRequests } from './server-requests.js';

/** What clients send without expecting an answer: notifications, and their answers to serverRequests of ours. */
@Injectable()
export class NotificationHandler {
  constructor(
    private readonly inFlight: InFlight,
    private readonly serverRequests: ServerRequests,
  ) {}

  async receive(caller: Caller, message: Exclude<RpcMessage, RpcRequest>): Promise<void> {
    if (message.kind === 'response') await this.serverRequests.answer(caller, message);
    else await this.notified(caller, message);
  }

  /** Only a cancellation asks for anything; unknown ones are ignored. */
  private async notified(caller: Caller, { method, params }: RpcNotification): Promise<void> {
    if (method !== 'notifications/cancelled' || !isRequestId(params.requestId)) return;
    await this.inFlight.cancel(caller, params.requestId);
  }
}
