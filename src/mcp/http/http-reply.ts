import type { Response } from 'express';
import type { Accepted } from '../../http/negotiation.js';
import type { ReplySink } from '../exchange/arrival.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { KeepAlive } from './keep-alive.js';
import { MAX_PENDING_BYTES, STREAM_AFTER_MS } from '../protocol/limits.js';
import type { RpcReply } from '../protocol/rpc-reply.js';

export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache, no-transform',
  // Without it nginx buffers the events: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
  'X-Accel-Buffering': 'no',
};

/**
 * The reply to one POST: JSON, or an event stream that ends with the response. It becomes a stream at the first message
 * that precedes the response, or after STREAM_AFTER_MS. From then on its status is 200, whatever the response is.
 */
export class HttpReply implements ReplySink {
  private streaming = false;
  private stopKeepAlive: (() => void) | undefined;
  private streamTimer: NodeJS.Timeout | undefined;
  private readonly closeListeners: (() => void)[] = [];

  constructor(
    private readonly res: Response,
    private readonly accepts: Accepted,
    private readonly keepAlive: KeepAlive,
  ) {}

  get open(): boolean {
    return this.accepts.stream && !this.res.destroyed && !this.res.writableEnded;
  }

  get isStream(): boolean {
    return this.streaming;
  }

  waitFor(context: RequestContext): void {
    this.startStreamLater();
    this.onClose(() => context.cancel());
  }

  /** Calls the listener if the connection closes before the reply is complete; at once if it is closed already. */
  onClose(listener: () => void): void {
    if (this.res.destroyed) return listener();
    this.closeListeners.push(listener);
    // A batch has many calls, but Node warns about more than ten listeners of one event.
    if (this.closeListeners.length > 1) return;
    this.res.once('close', () => {
      this.stopKeepAlive?.();
      if (!this.res.writableFinished) for (const listen of this.closeListeners) listen();
    });
  }

  /** Starts the stream if the response takes longer than STREAM_AFTER_MS. */
  startStreamLater(): void {
    this.streamTimer ??= setTimeout(() => this.startStream(), STREAM_AFTER_MS);
  }

  startStream(): void {
    if (this.streaming || !this.open) return;
    this.streaming = true;
    this.res.writeHead(200, STREAM_HEADERS);
    this.res.flushHeaders();
    this.stopKeepAlive = this.keepAlive.add(() => {
      // A client that has not read what was sent before gets no comments as well.
      if (this.res.writableLength === 0) this.res.write(': keep-alive\n\n');
    });
  }

  send(message: string, needed = false): boolean {
    if (!this.open) return false;
    if (!needed && this.res.writableLength > MAX_PENDING_BYTES) return false;
    this.startStream();
    this.res.write(frame(message));
    return true;
  }

  /** Ends the reply. `undefined` means that the call was cancelled, so no response is sent. */
  end(rpcReply: RpcReply | undefined): void {
    clearTimeout(this.streamTimer);
    this.stopKeepAlive?.();
    if (this.res.destroyed || this.res.writableEnded) return;
    // The reply to a request is JSON or a stream (2025-11-25 basic/transports), and only a stream may end without a
    // message: the official clients report any other reply to a call that they cancelled as an error.
    if (rpcReply === undefined) this.startStream();
    if (this.streaming) {
      this.res.end(rpcReply === undefined || rpcReply.body === '' ? undefined : frame(rpcReply.body));
    } else if (rpcReply === undefined) {
      this.res.writeHead(204).end();
    } else if (rpcReply.body === '') {
      this.res.writeHead(rpcReply.status, { 'Content-Length': '0', ...rpcReply.headers }).end();
    } else if (!this.accepts.json && rpcReply.status === 200) {
      this.startStream();
      this.end(rpcReply);
    } else {
      this.res
        .writeHead(rpcReply.status, {
          'Content-Type': 'application/json',
          'Content-Length': String(Buffer.byteLength(rpcReply.body)),
          'Cache-Control': 'no-store',
          ...rpcReply.headers,
        })
        .end(rpcReply.body);
    }
  }
}

/** JSON.stringify writes no line breaks, so one `data:` line is enough. */
function frame(message: string): string {
  return `event: message\ndata: ${message}\n\n`;
}
