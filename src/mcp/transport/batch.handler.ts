import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { revisionOfHeaders } from '../protocol/headers.js';
import { errorMessage } from '../protocol/json-rpc.js';
import { idOf } from '../protocol/read-message.js';
import { UNSTATED_REVISION } from '../protocol/revisions.js';
import { RPC, RpcError } from '../protocol/rpc.error.js';
import type { RpcReply } from '../protocol/rpc-reply.js';
import { type Handled, type Post, PostedMessageHandler } from './posted-message.handler.js';

/**
 * Handles batches of 2025-03-26, which 2025-06-18 removed. Each request gets its own response. The responses are sent
 * as one array, or as one event each once the reply is a stream.
 */
@Injectable()
export class BatchHandler {
  constructor(private readonly messages: PostedMessageHandler) {}

  /** Throws RpcError for a revision without batches. */
  async handle(values: readonly unknown[], post: Post): Promise<RpcReply> {
    const revision = revisionOfHeaders(post.headers) ?? UNSTATED_REVISION;
    if (!revision.batches) {
      throw new RpcError(RPC.invalidRequest, `In ${revision.name} a body must be a single message, not a batch.`, 400);
    }
    const { reply } = post;
    const bodies: string[] = [];
    await Promise.all(
      values.map(async value => {
        const rpcReply = await this.handleOne(value, { ...post, revision });
        if (rpcReply === undefined || rpcReply.body === '') return;
        if (reply.isStream) reply.send(rpcReply.body, true);
        else bodies.push(rpcReply.body);
      }),
    );
    if (!reply.isStream) return bodies.length === 0 ? NOTHING : { status: 200, body: `[${bodies.join(',')}]` };
    for (const body of bodies) reply.send(body, true);
    return { status: 200, body: '' };
  }

  private handleOne(value: unknown, post: Post): Handled {
    const id = idOf(value);
    if (!isObject(value) || value.method !== 'initialize' || id === undefined) return this.messages.handle(value, post);
    const error = { code: RPC.invalidRequest, message: 'initialize must not be part of a batch.' };
    return { status: 200, body: errorMessage(id, error) };
  }
}

/** The reply to a batch that has only notifications and responses. */
const NOTHING: RpcReply = { status: 202, body: '' };
