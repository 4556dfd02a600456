import type { MessageEvent } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import type { Caller, MessageSink } from '../protocol/request-context.js';

const KEEP_ALIVE: MessageEvent = { comment: 'keep-alive' } as MessageEvent;

/** One GET stream of a client: what we send unasked, and all answers of a 2024-11-05 client. */
export class EventStream implements MessageSink {
  private subscriber: Subscriber<MessageEvent> | undefined;
  private readonly endListeners = new Set<() => void>();
  private closing = false;
  readonly opened = performance.now();

  constructor(
    readonly id: string,
    readonly caller: Caller,
    /** The first event of a 2024-11-05 stream: where to POST. */
    private readonly endpoint: string | undefined,
    private readonly onEnd: (stream: EventStream) => void,
  ) {}

  /** Subscribed to once, by Nest, which ends it when the connection closes. */
  events(): Observable<MessageEvent> {
    return new Observable<MessageEvent>(subscriber => {
      this.subscriber = subscriber;
      if (this.endpoint !== undefined) this.emit('endpoint', this.endpoint);
      return () => {
        this.onEnd(this);
        for (const listener of this.endListeners) listener();
      };
    });
  }

  get open(): boolean {
    return this.subscriber?.closed === false;
  }

  /** Nest drops the whole stream of a reader that doesn't read. */
  send(message: string): boolean {
    if (!this.open) return false;
    this.emit('message', message);
    return true;
  }

  keepAlive(): void {
    this.subscriber?.next(KEEP_ALIVE);
  }

  /** For calls whose answers go to this stream: nobody would get them. The function it returns says that one is done. */
  onceEnded(listener: () => void): () => void {
    this.endListeners.add(listener);
    return () => {
      this.endListeners.delete(listener);
      if (this.closing) this.endWhenIdle();
    };
  }

  /** Ends when the last call in flight has been answered here: at once, if there is none. */
  endWhenIdle(): void {
    this.closing = true;
    if (this.endListeners.size === 0) this.end();
  }

  end(): void {
    this.subscriber?.complete();
  }

  private emit(type: string, data: string): void {
    // An id would promise that the stream can be resumed after it; Nest counts one up unless it is given.
    this.subscriber?.next({ type, data, id: '' });
  }
}
