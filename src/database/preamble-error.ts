/**
 * A request failed before the caller's statement began: our settings, session context or transaction were refused. The
 * statement has not run, so it may run once more on another connection.
 */
export class PreambleError extends Error {
  constructor(readonly originalError: unknown) {
    super('The session could not be prepared.', { cause: originalError });
  }
}

/** The outcome of a statement of ours that runs before the caller's. It fails with PreambleError. */
export async function asPreamble<T>(outcome: Promise<T>): Promise<T> {
  try {
    return await outcome;
  } catch (error) {
    throw error instanceof PreambleError ? error : new PreambleError(error);
  }
}
