import type { MessageEvent } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import type { Caller, MessageSink } from '../protocol/request-context.js';

const KEEP_ALIVE: MessageEvent = { comment: 'keep-alive' } as MessageEvent;

/** One GET stream of a client. It carries notifications and, for a client of 2024-11-05, all responses. */
export class EventStream implements MessageSink {
  private subscriber: Subscriber<MessageEvent> | undefined;
  private readonly endListeners = new Set<() => void>();
  private closing = false;
  private isEnded = false;
  readonly opened = performance.now();

  constructor(
    readonly id: string,
    readonly caller: Caller,
    /** The first event of a 2024-11-05 stream: the URL to POST to. */
    private readonly endpoint: string | undefined,
    private readonly onEnd: (stream: EventStream) => void,
  ) {}

  /** Nest subscribes once, and unsubscribes when the connection closes. */
  events(): Observable<MessageEvent> {
    return new Observable<MessageEvent>(subscriber => {
      this.subscriber = subscriber;
      if (this.isEnded) subscriber.complete();
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

  /** Drops no message for a slow client: Nest ends its whole stream (`maxPendingDataLength`). */
  send(message: string): boolean {
    if (!this.open) return false;
    this.emit('message', message);
    return true;
  }

  keepAlive(): void {
    this.subscriber?.next(KEEP_ALIVE);
  }

  /**
   * Calls `listener` when the stream ends, so that a call whose response goes to it can be cancelled. The caller calls
   * the returned function when the call is done.
   */
  onceEnded(listener: () => void): () => void {
    this.endListeners.add(listener);
    return () => {
      this.endListeners.delete(listener);
      if (this.closing) this.endWhenIdle();
    };
  }

  /** Ends the stream after the last call in flight, or at once if there is none. */
  endWhenIdle(): void {
    this.closing = true;
    if (this.endListeners.size === 0) this.end();
  }

  /** It may be called before Nest subscribes. */
  end(): void {
    this.isEnded = true;
    this.subscriber?.complete();
  }

  private emit(type: string, data: string): void {
    // An event id would mean that the stream can be resumed, and Nest makes one unless an id is given.
    this.subscriber?.next({ type, data, id: '' });
  }
}
