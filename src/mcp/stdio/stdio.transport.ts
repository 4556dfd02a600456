import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { logger } from '../../common/log.js';
import { TenantsService } from '../../tenancy/tenants.service.js';
import { BatchHandler } from '../exchange/batch.handler.js';
import { MessageHandler } from '../exchange/message.handler.js';
import { MAX_IN_FLIGHT, MAX_MESSAGE_BYTES } from '../protocol/limits.js';
import { idOf, type Messages, readMessages } from '../protocol/read-message.js';
import type { Caller } from '../protocol/request-context.js';
import { RPC, RpcError } from '../protocol/rpc.error.js';
import { errorReply } from '../protocol/rpc-error.mapping.js';
import type { RpcReply } from '../protocol/rpc-reply.js';
import { Handshake } from './handshake.js';
import { LineReply } from './line-reply.js';
import { LineSplitter } from './line-splitter.js';
import { localCaller } from './local-caller.js';
import type { StdioOutput } from './stdio-output.js';
import { StdioUpdates } from './stdio-updates.js';

const log = logger('mcp');

/**
 * MCP over standard input and output (basic/transports, "stdio"): one JSON-RPC message on each line. Requests run
 * concurrently; while the client does not read, nothing more is read from it.
 */
@Injectable()
export class StdioTransport {
  private readonly versions = new Handshake();
  private readonly waiting = new Set<LineReply>();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly messages: MessageHandler,
    private readonly batches: BatchHandler,
    private readonly updates: StdioUpdates,
    private readonly tenants: TenantsService,
  ) {}

  /** Resolves when the input has ended or `signal` is aborted, and every request has ended, too. Never rejects. */
  async serve(input: Readable, output: StdioOutput, signal: AbortSignal): Promise<void> {
    const caller = this.caller();
    const stopUpdates = this.updates.announce(caller, output, this.versions);
    await this.read(input, output, caller, signal).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, 'standard input could not be read any more');
    });
    stopUpdates();
    // What needs no database is answered in this turn, so that `echo '…' | mssql-mcp stdio` gets its answer.
    await new Promise(setImmediate);
    for (const reply of this.waiting) reply.cancel();
    await Promise.all(this.running);
  }

  private caller(): Caller {
    const [tenant] = this.tenants.all();
    if (tenant === undefined) throw new Error('There is no tenant.');
    return localCaller(tenant);
  }

  private async read(input: Readable, output: StdioOutput, caller: Caller, signal: AbortSignal): Promise<void> {
    const stop = (): void => void input.destroy();
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    const lines = new LineSplitter(MAX_MESSAGE_BYTES);
    for await (const chunk of input as AsyncIterable<Buffer>) {
      for (const line of lines.push(chunk)) this.start(line, output, caller);
      await output.ready(signal);
    }
  }

  private start(line: Buffer | undefined, output: StdioOutput, caller: Caller): void {
    // People who try the server in a terminal press Enter.
    if (line !== undefined && isBlank(line)) return;
    const handled = this.handle(line, new LineReply(output, this.waiting), caller);
    this.running.add(handled);
    void handled.then(() => this.running.delete(handled));
  }

  /** Never rejects: every error is answered. */
  private async handle(line: Buffer | undefined, reply: LineReply, caller: Caller): Promise<void> {
    try {
      const messages = this.parse(line);
      const rpcReply = this.tooMany(messages) ?? this.dispatch(messages, reply, caller);
      reply.end(rpcReply instanceof Promise ? await rpcReply : rpcReply);
    } catch (error) {
      reply.end(errorReply(undefined, error));
    }
  }

  private parse(line: Buffer | undefined): Messages {
    if (line !== undefined) return readMessages(line);
    throw new RpcError(RPC.invalidRequest, `A line may hold at most ${MAX_MESSAGE_BYTES} bytes.`);
  }

  private dispatch(messages: Messages, reply: LineReply, caller: Caller): RpcReply | Promise<RpcReply | undefined> {
    const arrival = { caller, versions: this.versions, reply };
    return 'single' in messages
      ? this.messages.handle(messages.single, arrival)
      : this.batches.handle(messages.batch, arrival);
  }

  /** Cancellations and answers to questions are always taken, because they end requests; `ping` never waits. */
  private tooMany(messages: Messages): RpcReply | undefined {
    if (this.waiting.size < MAX_IN_FLIGHT) return undefined;
    const id = 'single' in messages ? idOfWaiting(messages.single) : undefined;
    if ('single' in messages && id === undefined) return undefined;
    const message = `There are ${MAX_IN_FLIGHT} requests in progress. Wait until one has ended, or cancel one.`;
    return errorReply(id, new RpcError(RPC.invalidRequest, message));
  }
}

/** The id of a request that may have to wait for its response. */
function idOfWaiting(value: unknown): ReturnType<typeof idOf> {
  return isObject(value) && value.method !== undefined && value.method !== 'ping' ? idOf(value) : undefined;
}

function isBlank(line: Buffer): boolean {
  return line.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
