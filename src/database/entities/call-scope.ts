import { AppError } from '../../common/app-error.js';
import { logger } from '../../common/log.js';
import type { CallContext } from '../call-context.js';
import type { CallTransaction } from './call-transaction.js';

const log = logger('database');

/** What the statements of a manager have in common: their call, for as long as it lasts. */
export class CallScope {
  /** Its signal aborts also when the call ends. */
  readonly call: CallContext;
  private readonly over = new AbortController();
  private readonly running = new Set<Promise<unknown>>();
  private readonly transactions = new Set<CallTransaction>();

  constructor(call: CallContext) {
    this.call = { ...call, signal: AbortSignal.any([call.signal, this.over.signal]) };
    call.onEnd?.(() => this.end());
  }

  /** Throws AppError INTERNAL, whose text is for the author of the tool. */
  assertLive(): void {
    if (!this.over.signal.aborted) return;
    throw new AppError('INTERNAL', 'This EntityManager belongs to a call that has ended.', {
      hint: 'Take a manager in each call, and await everything that it does before the call returns.',
    });
  }

  /**
   * Nobody awaits what fails because the call has ended. It stays pending, because a rejection that nobody handles would
   * end the process.
   */
  async track<T>(work: Promise<T>): Promise<T> {
    this.running.add(work);
    try {
      return await work;
    } catch (error) {
      if (this.over.signal.aborted) return await new Promise<never>(() => {});
      throw error;
    } finally {
      this.running.delete(work);
    }
  }

  begun(transaction: CallTransaction): void {
    this.transactions.add(transaction);
  }

  ended(transaction: CallTransaction): void {
    this.transactions.delete(transaction);
  }

  /** Cancels what still runs, and rolls open transactions back. */
  private async end(): Promise<void> {
    const left = { statements: this.running.size, transactions: this.transactions.size };
    this.over.abort();
    if (left.statements + left.transactions === 0) return;
    const { tenant, requestId } = this.call;
    log.warn(
      { tenant: tenant.name, request_id: requestId, ...left },
      'a call ended before its statements or transactions did; they were cancelled and rolled back',
    );
    await Promise.allSettled([...this.running, ...[...this.transactions].map(transaction => transaction.rollback())]);
  }
}
