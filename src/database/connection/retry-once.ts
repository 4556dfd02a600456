import { blamesConnection, isTransient } from '../sql-server.errors.js';

export interface Retry {
  /** Nothing is tried again for a caller that has gone. */
  readonly signal: AbortSignal | undefined;
  /** Asked after a failure: false once something was delivered. Absent: always true. */
  readonly isRepeatable?: () => boolean;
}

/**
 * Runs a reading attempt, and after a transient error once more. `fresh` is true when the error blames the connection:
 * the second attempt must then take one that was never used. Never for writes, whose outcome an error leaves open.
 */
export async function retryOnce<T>(
  { signal, isRepeatable = () => true }: Retry,
  attempt: (fresh: boolean) => Promise<T>,
): Promise<T> {
  try {
    return await attempt(false);
  } catch (error) {
    if (signal?.aborted === true || !isTransient(error) || !isRepeatable()) throw error;
    return attempt(blamesConnection(error));
  }
}
