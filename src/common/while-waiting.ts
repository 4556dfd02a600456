import { AppError } from './app-error.js';

/** Waits for work that goes on when the caller leaves: the signal ends only the waiting. Rejects with AppError CANCELLED. */
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
