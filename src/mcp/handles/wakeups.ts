import { Injectable } from '@nestjs/common';

export interface Woken {
  /** Resolves when the call has ended, after `ms`, or when the signal aborts. */
  within(ms: number, signal: AbortSignal): Promise<void>;
  /** Ends the wait. */
  forget(): void;
}

/** Notifies the requests of this process that wait for the end of a call with a handle. */
@Injectable()
export class Wakeups {
  private readonly waiting = new Map<string, Set<() => void>>();

  /** Starts to listen. Call it before the record is read; otherwise an end in between would be missed. */
  next(id: string): Woken {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const all = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, all.add(wake));
    return {
      within: async (ms, signal) => {
        const timer = setTimeout(wake, ms);
        signal.addEventListener('abort', wake);
        await promise;
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
      },
      forget: () => {
        all.delete(wake);
        if (all.size === 0 && this.waiting.get(id) === all) this.waiting.delete(id);
      },
    };
  }

  wake(id: string): void {
    for (const wake of this.waiting.get(id) ?? []) wake();
  }
}
