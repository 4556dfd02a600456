import { Injectable } from '@nestjs/common';
import type { Caller } from './exchange.js';
import { InFlight } from './in-flight.service.js';
import { isRequestId, type RpcNotification } from './json-rpc/json-rpc.js';

/** What clients tell without expecting an answer. Only a cancellation asks for anything; unknown ones are ignored. */
@Injectable()
export class NotificationsService {
  constructor(private readonly inFlight: InFlight) {}

  async receive(caller: Caller, { method, params }: RpcNotification): Promise<void> {
    if (method !== 'notifications/cancelled' || !isRequestId(params.requestId)) return;
    await this.inFlight.cancel(caller, params.requestId);
  }
}
