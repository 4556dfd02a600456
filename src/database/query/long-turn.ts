import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../call-context.js';
import type { FairQueue } from '../connection/fair-queue.js';
import type { SessionPool } from '../connection/session-pool.js';

/**
 * A statement that has run for this time needs a place for long statements. The time is short, because calls that wait for
 * a connection give up after `poolWaitMs`.
 */
const LONG_AFTER_MS = 1_000;

/** Ends an attempt of a statement that must return its connection, wait for a place and start again. */
class PlaceNeeded extends Error {}

/** Gets a place for one statement, while it runs or before it runs again. */
export interface LongTurn {
  /** Throws the errors of `run`, and PlaceNeeded. `isRepeatable` says whether the statement may start again at this moment. */
  attempt<T>(isRepeatable: () => boolean, run: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/**
 * Runs a statement of a call. If the call may take long (`patience`), the statement needs one of the places for long
 * statements (`SessionPool.placesForLong`). If none is free, a read returns its connection, waits for a place and starts
 * again, at most once, so that short statements of others don't wait for it. A change, or a read whose rows have begun to
 * arrive, keeps its connection and waits at most `queryTimeoutMs` for a place. Throws AppError DATABASE_UNAVAILABLE when no
 * place became free in time.
 */
export async function inTurn<T>(
  call: CallContext,
  sessions: SessionPool,
  run: (turn: LongTurn) => Promise<T>,
): Promise<T> {
  if (call.patience === undefined) return run({ attempt: (_isRepeatable, attempt) => attempt(call.signal) });
  const turn = new PatientTurn(call, sessions.placesForLong(call.tenant));
  try {
    return await run(turn);
  } catch (error) {
    if (!(error instanceof PlaceNeeded)) throw error;
    await turn.wait();
    return await run(turn);
  } finally {
    turn.end();
  }
}

class PatientTurn implements LongTurn {
  private leavePlace: (() => void) | undefined;

  constructor(
    private readonly call: CallContext,
    private readonly places: FairQueue,
  ) {}

  /** Waits for a place without a connection, for as long as the statement may run. */
  async wait(): Promise<void> {
    const { principal, signal, patience } = this.call;
    this.leavePlace = await this.places.enter(principal.subject, signal, patience?.limitMs);
  }

  end(): void {
    this.leavePlace?.();
  }

  async attempt<T>(isRepeatable: () => boolean, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.call;
    if (this.leavePlace !== undefined) return run(signal);
    const stop = new AbortController();
    const over = new AbortController();
    let stopped: Error | undefined;
    const becomeLong = async (): Promise<void> => {
      stopped = await this.tryToStay(isRepeatable, over.signal);
      if (stopped !== undefined) stop.abort();
    };
    const timer = setTimeout(() => void becomeLong(), LONG_AFTER_MS);
    try {
      return await run(AbortSignal.any([signal, stop.signal]));
    } catch (error) {
      // Any other error says more: that a commit was not confirmed, or what is wrong with the statement.
      const isStop = error instanceof AppError && error.code === 'CANCELLED' && !signal.aborted;
      throw (isStop ? stopped : undefined) ?? error;
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }

  /** Returns the error with which the attempt must end; undefined when it got a place or has ended. */
  private async tryToStay(isRepeatable: () => boolean, over: AbortSignal): Promise<Error | undefined> {
    const { principal, tenant } = this.call;
    this.leavePlace = this.places.tryEnter(principal.subject);
    if (this.leavePlace !== undefined) return undefined;
    if (isRepeatable()) return new PlaceNeeded();
    try {
      const leave = await this.places.enter(principal.subject, over, tenant.config.limits.queryTimeoutMs);
      // The attempt may have ended in the same turn of the event loop in which the place became free.
      if (over.aborted) leave();
      else this.leavePlace = leave;
      return undefined;
    } catch {
      return over.aborted ? undefined : noPlace();
    }
  }
}

function noPlace(): AppError {
  return new AppError('DATABASE_UNAVAILABLE', 'Too many long statements are running, so this one was cancelled.', {
    hint: 'Try again when some of them have ended. An administrator can allow more with POOL_MAX.',
  });
}
