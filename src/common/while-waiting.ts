import { AppError } from './app-error.js';

/**
 * Waits for work that continues when the caller cancels: the signal ends the wait and not the work. Rejects with AppError
 * CANCELLED when the signal aborts.
 */
export function whileWaiting<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(new AppError('CANCELLED', 'The call was cancelled.', { cause: signal.reason }));
    // First, so that an error of the work is handled also when the caller has left before.
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
