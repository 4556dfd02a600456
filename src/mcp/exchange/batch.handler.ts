import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { errorMessage } from '../protocol/json-rpc.js';
import { idOf } from '../protocol/read-message.js';
import { UNSTATED_REVISION } from '../protocol/revisions.js';
import { RPC, RpcError } from '../protocol/rpc.error.js';
import type { RpcReply } from '../protocol/rpc-reply.js';
import type { Arrival } from './arrival.js';
import { type Handled, MessageHandler } from './message.handler.js';

/**
 * Handles batches of 2025-03-26, which 2025-06-18 removed. Each request gets its own response. The responses are sent
 * as one array, or as one event each once the reply is a stream.
 */
@Injectable()
export class BatchHandler {
  constructor(private readonly messages: MessageHandler) {}

  /** Throws RpcError for a revision without batches. */
  async handle(values: readonly unknown[], arrival: Arrival): Promise<RpcReply> {
    const revision = arrival.versions.ofOthers() ?? UNSTATED_REVISION;
    if (!revision.batches) {
      throw new RpcError(
        RPC.invalidRequest,
        `In ${revision.name} messages must be sent one by one, not in a batch.`,
        400,
      );
    }
    const { reply } = arrival;
    // The revision of the batch holds for each of its messages.
    const each: Arrival = { ...arrival, versions: { ofRequest: () => revision, ofOthers: () => revision } };
    const bodies: string[] = [];
    await Promise.all(
      values.map(async value => {
        const rpcReply = await this.handleOne(value, each);
        if (rpcReply === undefined || rpcReply.body === '') return;
        if (reply.isStream) reply.send(rpcReply.body, true);
        else bodies.push(rpcReply.body);
      }),
    );
    if (!reply.isStream) return bodies.length === 0 ? NOTHING : { status: 200, body: `[${bodies.join(',')}]` };
    for (const body of bodies) reply.send(body, true);
    return { status: 200, body: '' };
  }

  private handleOne(value: unknown, arrival: Arrival): Handled {
    const id = idOf(value);
    if (!isObject(value) || value.method !== 'initialize' || id === undefined)
      return this.messages.handle(value, arrival);
    const error = { code: RPC.invalidRequest, message: 'initialize must not be part of a batch.' };
    return { status: 200, body: errorMessage(id, error) };
  }
}

/** The reply to a batch that has only notifications and responses. */
const NOTHING: RpcReply = { status: 202, body: '' };
