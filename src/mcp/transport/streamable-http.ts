import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { PrincipalRequest } from '../../tenancy/tenant-request.js';
import { accepted } from '../../http/negotiation.js';
import { Authorization } from './authorization.js';
import { callerOf } from './caller.js';
import { NotificationHandler } from '../client/notification-handler.js';
import { type Caller, RequestContext } from '../protocol/request-context.js';
import { errorMessage, type RpcMessage, type RpcRequest } from '../protocol/json-rpc.js';
import { RPC, RpcError } from '../protocol/rpc.error.js';
import { KeepAlive } from './keep-alive.js';
import { STREAM_AFTER_MS } from '../protocol/limits.js';
import { McpDispatcher } from '../protocol/dispatcher.js';
import { idOf, readBody, readMessage } from '../protocol/read-message.js';
import { HttpReply } from './http-reply.js';
import type { RpcReply } from '../protocol/rpc-reply.js';
import { revisionOfHeaders, revisionOfRequest } from '../protocol/headers.js';
import { type Revision, UNSTATED_REVISION } from '../protocol/revisions.js';
import { errorAnswer } from '../protocol/rpc-error.mapping.js';

const ACCEPTED: RpcReply = { status: 202, body: '' };

/** One POST of the MCP endpoint: its messages in, its reply out. */
@Injectable()
export class StreamableHttp {
  constructor(
    private readonly dispatcher: McpDispatcher,
    private readonly messages: NotificationHandler,
    private readonly keepAlive: KeepAlive,
    private readonly authorization: Authorization,
  ) {}

  /** Never rejects: every fault has an answer. */
  async post(req: PrincipalRequest, res: Response): Promise<void> {
    const accepts = accepted(req.headers.accept);
    const reply = new HttpReply(res, accepts, this.keepAlive);
    try {
      const caller = callerOf(req);
      if (!accepts.json && !accepts.stream) {
        throw new RpcError(RPC.invalidRequest, 'Accept must allow application/json or text/event-stream.', 406);
      }
      const body = await readBody(req);
      if ('single' in body) await this.single(caller, body.single, req, reply);
      else await this.batch(caller, body.batch, req, reply);
    } catch (error) {
      const answer = errorAnswer(undefined, error);
      // An unread body would be taken for the next request.
      reply.answer(answer.status === 413 ? { ...answer, headers: { Connection: 'close' } } : answer);
    }
  }

  private async single(caller: Caller, value: unknown, req: PrincipalRequest, reply: HttpReply): Promise<void> {
    let message: RpcMessage;
    try {
      message = readMessage(value);
    } catch (error) {
      return reply.answer(errorAnswer(idOf(value), error));
    }
    if (message.kind !== 'request') {
      await this.receive(caller, message, revisionOfHeaders(req.headers));
      return reply.answer(ACCEPTED);
    }
    const answer = this.dispatch(caller, message, req, reply);
    if (!(answer instanceof Promise)) return reply.answer(this.authorization.challenge(req, answer));
    const timer = setTimeout(() => reply.startStream(), STREAM_AFTER_MS);
    try {
      reply.answer(this.authorization.challenge(req, await answer));
    } finally {
      clearTimeout(timer);
    }
  }

  private dispatch(
    caller: Caller,
    request: RpcRequest,
    { headers }: PrincipalRequest,
    reply: HttpReply,
    stated?: Revision,
  ): RpcReply | Promise<RpcReply | undefined> {
    let revision: Revision;
    try {
      revision = stated ?? revisionOfRequest(request, headers);
      this.authorization.check(caller, request.method);
    } catch (error) {
      return errorAnswer(request.id, error);
    }
    const context = new RequestContext(caller, revision, request, reply, headers);
    const answer = this.dispatcher.answer(context);
    if (answer instanceof Promise) reply.onClose(() => context.cancel());
    return answer;
  }

  private async receive(
    caller: Caller,
    message: Exclude<RpcMessage, RpcRequest>,
    revision: Revision | undefined,
  ): Promise<void> {
    if (message.kind === 'response' && revision?.serverRequests === 'result') {
      throw new RpcError(RPC.invalidRequest, `There are no responses from clients in ${revision.name}.`, 400);
    }
    await this.messages.receive(caller, message);
  }

  /** 2025-03-26: each request gets its own response; all in one array, or one event each. */
  private async batch(
    caller: Caller,
    values: readonly unknown[],
    req: PrincipalRequest,
    reply: HttpReply,
  ): Promise<void> {
    const revision = revisionOfHeaders(req.headers) ?? UNSTATED_REVISION;
    if (!revision.batches) {
      throw new RpcError(RPC.invalidRequest, `A body is a single message in ${revision.name}, not a batch.`, 400);
    }
    const bodies: string[] = [];
    const timer = setTimeout(() => reply.startStream(), STREAM_AFTER_MS);
    await Promise.all(
      values.map(async value => {
        const answer = await this.batched(caller, value, req, reply, revision);
        if (answer === undefined || answer.body === '') return;
        if (reply.isStream) reply.send(answer.body, true);
        else bodies.push(answer.body);
      }),
    ).finally(() => clearTimeout(timer));
    if (reply.isStream) {
      for (const body of bodies) reply.send(body, true);
      reply.answer({ status: 200, body: '' });
    } else {
      reply.answer(bodies.length === 0 ? ACCEPTED : { status: 200, body: `[${bodies.join(',')}]` });
    }
  }

  private async batched(
    caller: Caller,
    value: unknown,
    req: PrincipalRequest,
    reply: HttpReply,
    revision: Revision,
  ): Promise<RpcReply | undefined> {
    try {
      const message = readMessage(value);
      if (message.kind !== 'request') {
        await this.receive(caller, message, revision);
        return undefined;
      }
      if (message.method === 'initialize') {
        const error = { code: RPC.invalidRequest, message: 'initialize must not be part of a batch.' };
        return { status: 200, body: errorMessage(message.id, error) };
      }
      return await this.dispatch(caller, message, req, reply, revision);
    } catch (error) {
      return errorAnswer(idOf(value), error);
    }
  }
}
