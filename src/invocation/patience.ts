import { AppError } from '../common/app-error.js';
import type { CallPatience } from '../tools/tool.js';
import type { HandOver, RunningCall } from './invocation.js';

/**
 * Hands a call over when its caller has waited for `afterMs`. The timer stops while the person is asked a question, because
 * the question needs the request, and starts again at zero after the answer.
 */
export class Patience<Output> implements CallPatience {
  private readonly late = Promise.withResolvers<true>();
  private timer: NodeJS.Timeout | undefined;
  private isLate = false;
  /** Resolves with whether the call was handed over; pending until that is decided. */
  private readonly outcome = Promise.withResolvers<boolean>();
  /** How many calls of `attended` are running; they can be nested. */
  private depth = 0;

  constructor(private readonly handOver: HandOver<Output>) {}

  get limitMs(): number {
    return this.handOver.limitMs;
  }

  /** Starts the timer. Before this the call is never handed over. */
  start(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.isLate = true;
      this.late.resolve(true);
    }, this.handOver.afterMs);
  }

  /**
   * Runs a part of the call during which the call is not handed over, however long it takes. Throws AppError CANCELLED when
   * the call was already handed over.
   */
  async attended<T>(run: () => Promise<T>): Promise<T> {
    // If nobody took it over, its caller still waits.
    if (this.isLate && (await this.outcome.promise)) throw cannotAsk();
    clearTimeout(this.timer);
    this.depth++;
    try {
      return await run();
    } finally {
      this.depth--;
      if (this.depth === 0 && !this.isLate) this.start();
    }
  }

  /** Resolves with true when the call was handed over, and with false when it ended before that. Never rejects. */
  async handsOver(running: RunningCall<Output>): Promise<boolean> {
    const over = running.ended.then(no, no);
    const isLate = await Promise.race([over, this.late.promise]);
    clearTimeout(this.timer);
    const isTaken = isLate && (await this.handOver.take(running));
    this.outcome.resolve(isTaken);
    return isTaken;
  }
}

const no = (): false => false;

function cannotAsk(): AppError {
  return new AppError('CANCELLED', 'The call was answered with a handle, so the person cannot be asked any more.', {
    hint: 'Nothing was changed. Call the tool again.',
  });
}
