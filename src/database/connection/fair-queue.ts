import { AppError } from '../../common/app-error.js';

interface Waiter {
  readonly enter: () => void;
}

const MAX_WAITING_PER_PRINCIPAL = 1_000;
const MAX_WAITING = 5_000;

/**
 * Decides who may borrow a connection next. The pool's own queue is first in, first out and does not know who is
 * waiting. Here each principal may use at most half of the connections, and waiting principals are served in turn,
 * however many calls one of them has queued.
 */
export class FairQueue {
  private readonly running = new Map<string, number>();
  /** The waiting principals in their turn: the one who was served last goes to the end. */
  private readonly waiting = new Map<string, Waiter[]>();
  private inUse = 0;
  private waitingCount = 0;

  constructor(
    private readonly capacity: number,
    private readonly waitLimitMs: number,
    private readonly perPrincipal = Math.max(1, Math.ceil(capacity / 2)),
  ) {}

  get used(): number {
    return this.inUse;
  }

  get queued(): number {
    return this.waitingCount;
  }

  /** Resolves with the function that leaves the queue again. Throws AppError DATABASE_UNAVAILABLE or CANCELLED. */
  async enter(principal: string, signal: AbortSignal, waitLimitMs = this.waitLimitMs): Promise<() => void> {
    if (signal.aborted) throw cancelled();
    const leave = this.tryEnter(principal);
    if (leave !== undefined) return leave;
    await this.wait(principal, signal, waitLimitMs);
    return this.leaver(principal);
  }

  /** Enters only if nobody has to wait for it: returns the function that leaves the queue again, or undefined. */
  tryEnter(principal: string): (() => void) | undefined {
    if (!this.mayRun(principal) || this.waiting.has(principal)) return undefined;
    this.take(principal);
    return this.leaver(principal);
  }

  private leaver(principal: string): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.leave(principal);
    };
  }

  private mayRun(principal: string): boolean {
    return this.inUse < this.capacity && (this.running.get(principal) ?? 0) < this.perPrincipal;
  }

  private take(principal: string): void {
    this.inUse++;
    this.running.set(principal, (this.running.get(principal) ?? 0) + 1);
  }

  private leave(principal: string): void {
    this.inUse--;
    const left = (this.running.get(principal) ?? 1) - 1;
    if (left === 0) this.running.delete(principal);
    else this.running.set(principal, left);
    this.admit();
  }

  private admit(): void {
    while (this.inUse < this.capacity) {
      const next = [...this.waiting.keys()].find(principal => this.mayRun(principal));
      if (next === undefined) return;
      const queue = this.waiting.get(next) ?? [];
      const waiter = queue.shift();
      this.waiting.delete(next);
      if (queue.length > 0) this.waiting.set(next, queue);
      if (waiter === undefined) continue;
      this.waitingCount--;
      this.take(next);
      waiter.enter();
    }
  }

  private wait(principal: string, signal: AbortSignal, waitLimitMs: number): Promise<void> {
    const queue = this.waiting.get(principal) ?? [];
    if (queue.length >= MAX_WAITING_PER_PRINCIPAL || this.waitingCount >= MAX_WAITING) {
      throw busy('Too many calls are waiting for a database connection.');
    }
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        enter: () => {
          done();
          resolve();
        },
      };
      const giveUp = (error: AppError): void => {
        done();
        this.forget(principal, waiter);
        reject(error);
      };
      const onAbort = (): void => giveUp(cancelled());
      const timer = setTimeout(
        () => giveUp(busy(`No database connection became free within ${waitLimitMs} ms.`)),
        waitLimitMs,
      );
      signal.addEventListener('abort', onAbort, { once: true });
      queue.push(waiter);
      this.waiting.set(principal, queue);
      this.waitingCount++;
    });
  }

  private forget(principal: string, waiter: Waiter): void {
    const queue = this.waiting.get(principal);
    const at = queue?.indexOf(waiter) ?? -1;
    if (queue === undefined || at < 0) return;
    queue.splice(at, 1);
    this.waitingCount--;
    if (queue.length === 0) this.waiting.delete(principal);
  }
}

function busy(message: string): AppError {
  return new AppError('DATABASE_UNAVAILABLE', message, {
    hint: 'Other calls use all of the connections. Try again shortly.',
  });
}

function cancelled(): AppError {
  return new AppError('CANCELLED', 'The call was cancelled.');
}
