import { whileWaiting } from '../common/while-waiting.js';

/** Work that several callers share. It is cancelled when all of them have cancelled. */
export class SharedRun<T> {
  private readonly abandoned = new AbortController();
  private readonly work: Promise<T>;
  private waiting = 0;
  private ended = false;

  constructor(start: (signal: AbortSignal) => Promise<T>) {
    this.work = start(this.abandoned.signal);
    this.work.then(
      () => (this.ended = true),
      () => (this.ended = true),
    );
  }

  /** Whether a caller may still join. */
  get open(): boolean {
    return !this.abandoned.signal.aborted;
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  /** Rejects with AppError CANCELLED when the caller cancels. The last caller waits until the work has ended. */
  async wait(signal: AbortSignal): Promise<T> {
    this.waiting++;
    try {
      return await whileWaiting(this.work, signal);
    } finally {
      if (--this.waiting === 0 && !this.ended) {
        this.abandoned.abort();
        await this.work.catch(() => {});
      }
    }
  }
}
