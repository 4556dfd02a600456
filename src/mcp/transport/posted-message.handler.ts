import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { NotificationHandler } from '../client/notification-handler.js';
import { Dispatcher } from '../protocol/dispatcher.js';
import { revisionOfHeaders, revisionOfRequest } from '../protocol/headers.js';
import type { RpcMessage, RpcRequest } from '../protocol/json-rpc.js';
import { idOf, readMessage } from '../protocol/read-message.js';
import { type Caller, RequestContext } from '../protocol/request-context.js';
import type { Revision } from '../protocol/revisions.js';
import { errorReply } from '../protocol/rpc-error.mapping.js';
import type { RpcReply } from '../protocol/rpc-reply.js';
import type { HttpReply } from './http-reply.js';

/** One POST: its caller, its headers and its reply. */
export interface Post {
  readonly caller: Caller;
  readonly headers: IncomingHttpHeaders;
  readonly reply: HttpReply;
  /** The revision of a batch, which applies to each of its messages. */
  readonly revision?: Revision;
}

/** A message, or the error reply to a value that is not a message. */
type Parsed = { readonly message: RpcMessage } | { readonly errorReply: RpcReply };

/** The reply, now or later. The promise resolves with `undefined` if the caller cancelled the request. */
export type Handled = RpcReply | Promise<RpcReply | undefined>;

const ACCEPTED: RpcReply = { status: 202, body: '' };

/** Handles one message of a POST and returns its reply. */
@Injectable()
export class PostedMessageHandler {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly notifications: NotificationHandler,
  ) {}

  /** Never throws or rejects. Returns the reply at once if the method is synchronous. */
  handle(value: unknown, post: Post): Handled {
    const parsed = parse(value);
    if ('errorReply' in parsed) return parsed.errorReply;
    const { message } = parsed;
    return message.kind === 'request' ? this.call(message, post) : this.receive(message, post);
  }

  private call(request: RpcRequest, { caller, headers, reply, revision }: Post): Handled {
    let context: RequestContext;
    try {
      context = new RequestContext(caller, revision ?? revisionOfRequest(request, headers), request, reply, headers);
    } catch (error) {
      return errorReply(request.id, error);
    }
    const rpcReply = this.dispatcher.dispatch(context);
    if (!(rpcReply instanceof Promise)) return rpcReply;
    reply.startStreamLater();
    reply.onClose(() => context.cancel());
    return rpcReply;
  }

  private async receive(
    message: Exclude<RpcMessage, RpcRequest>,
    { caller, headers, revision }: Post,
  ): Promise<RpcReply> {
    try {
      await this.notifications.receive(caller, message, revision ?? revisionOfHeaders(headers));
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
