import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { KEEP_ALIVE_MS } from '../protocol/limits.js';

const TICK_MS = 1_000;
/** The number of buckets. Each second one of them is served, so each is served once in an interval. */
export const BUCKETS = KEEP_ALIVE_MS / TICK_MS;

/**
 * One timer for all streams of the process. Proxies and clients close a stream that stays silent for one to five
 * minutes. Streams are spread over the seconds of the interval, so that thousands don't write at once.
 */
@Injectable()
export class KeepAlive implements OnApplicationShutdown {
  private readonly buckets = Array.from({ length: BUCKETS }, () => new Set<() => void>());
  private timer: NodeJS.Timeout | undefined;
  private now = 0;
  private size = 0;

  /** Calls `beat` every 15 seconds until the returned function is called. */
  add(beat: () => void): () => void {
    // The bucket that was served last is served again after a whole interval.
    const bucket = this.buckets[this.now] as Set<() => void>;
    bucket.add(beat);
    this.size += 1;
    this.timer ??= setInterval(() => this.tick(), TICK_MS).unref();
    return () => {
      if (bucket.delete(beat)) this.size -= 1;
      if (this.size === 0) this.stop();
    };
  }

  onApplicationShutdown(): void {
    this.stop();
  }

  /** Serves the next bucket. The timer calls it every second; tests call it, too. */
  tick(): void {
    this.now = (this.now + 1) % BUCKETS;
    for (const beat of this.buckets[this.now] as Set<() => void>) beat();
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
