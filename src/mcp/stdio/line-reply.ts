import type { ReplySink } from '../exchange/arrival.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { RpcReply } from '../protocol/rpc-reply.js';
import type { StdioOutput } from './stdio-output.js';

/** The reply to the messages of one line. It is in `waiting` while it waits for a response. */
export class LineReply implements ReplySink {
  // The responses of a batch are sent in one array.
  readonly isStream = false;
  private readonly contexts: RequestContext[] = [];

  constructor(
    private readonly output: StdioOutput,
    private readonly waiting: Set<LineReply>,
  ) {}

  get open(): boolean {
    return this.output.open;
  }

  send(message: string, needed = false): boolean {
    return this.output.send(message, needed);
  }

  waitFor(context: RequestContext): void {
    this.contexts.push(context);
    this.waiting.add(this);
  }

  cancel(): void {
    for (const context of this.contexts) context.cancel();
  }

  /** `undefined` means that the call was cancelled; then, and for a notification, nothing is sent. */
  end(rpcReply: RpcReply | undefined): void {
    this.waiting.delete(this);
    if (rpcReply !== undefined && rpcReply.body !== '') this.output.send(rpcReply.body, true);
  }
}
