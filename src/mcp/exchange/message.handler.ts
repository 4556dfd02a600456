import { Injectable } from '@nestjs/common';
import { NotificationHandler } from '../client/notification-handler.js';
import { Dispatcher } from '../protocol/dispatcher.js';
import type { RpcMessage, RpcRequest } from '../protocol/json-rpc.js';
import { idOf, readMessage } from '../protocol/read-message.js';
import { RequestContext } from '../protocol/request-context.js';
import { errorReply } from '../protocol/rpc-error.mapping.js';
import type { RpcReply } from '../protocol/rpc-reply.js';
import type { Arrival } from './arrival.js';

/** A message, or the error reply to a value that is not a message. */
type Parsed = { readonly message: RpcMessage } | { readonly errorReply: RpcReply };

/** The reply, now or later. The promise resolves with `undefined` if the caller cancelled the request. */
export type Handled = RpcReply | Promise<RpcReply | undefined>;

const ACCEPTED: RpcReply = { status: 202, body: '' };

/** Handles one message and returns its reply. */
@Injectable()
export class MessageHandler {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly notifications: NotificationHandler,
  ) {}

  /** Never throws or rejects. Returns the reply at once if the method is synchronous. */
  handle(value: unknown, arrival: Arrival): Handled {
    const parsed = parse(value);
    if ('errorReply' in parsed) return parsed.errorReply;
    const { message } = parsed;
    return message.kind === 'request' ? this.call(message, arrival) : this.receive(message, arrival);
  }

  private call(request: RpcRequest, { caller, headers, reply, versions }: Arrival): Handled {
    let context: RequestContext;
    try {
      context = new RequestContext(caller, versions.ofRequest(request), request, reply, headers);
    } catch (error) {
      return errorReply(request.id, error);
    }
    const rpcReply = this.dispatcher.dispatch(context);
    if (rpcReply instanceof Promise) reply.waitFor(context);
    return rpcReply;
  }

  private async receive(message: Exclude<RpcMessage, RpcRequest>, { caller, versions }: Arrival): Promise<RpcReply> {
    try {
      await this.notifications.receive(caller, message, versions.ofOthers());
      return ACCEPTED;
    } catch (error) {
      return errorReply(undefined, error);
    }
  }
}

function parse(value: unknown): Parsed {
  try {
    return { message: readMessage(value) };
  } catch (error) {
    return { errorReply: errorReply(idOf(value), error) };
  }
}
