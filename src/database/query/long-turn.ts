import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../call-context.js';
import type { FairQueue } from '../connection/fair-queue.js';
import type { SessionPool } from '../connection/session-pool.js';

/**
 * A statement that has run for so long needs a place among the long ones. It is short, because calls that wait for a
 * connection meanwhile give up after `poolWaitMs`.
 */
const LONG_AFTER_MS = 1_000;

/** Ends an attempt whose statement waits for a place without a connection, and then begins again. */
class PlaceNeeded extends Error {}

/** How one statement gets a place among the long ones, while it runs or before it runs again. */
export interface LongTurn {
  /** Throws what `run` throws, and PlaceNeeded. `isRepeatable`: whether the statement may begin again at this moment. */
  attempt<T>(isRepeatable: () => boolean, run: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/**
 * Runs a statement of a call. With patience it may run for long, and then only in one of the places for long statements
 * (`SessionPool.placesForLong`). If there is none, a read gives its connection back, waits for a place and begins again,
 * so that short statements of others never wait for it; it does so at most once. A change, or a read whose rows have
 * begun to arrive, keeps its connection, and has until `queryTimeoutMs` to get a place. Throws AppError
 * DATABASE_UNAVAILABLE when no place became free in time.
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
      // Any other error says what happened besides: that a commit was not confirmed, or what is wrong with the statement.
      const isStop = error instanceof AppError && error.code === 'CANCELLED' && !signal.aborted;
      throw (isStop ? stopped : undefined) ?? error;
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }

  /** Returns why the attempt must end; undefined when it has got a place, or is over. */
  private async tryToStay(isRepeatable: () => boolean, over: AbortSignal): Promise<Error | undefined> {
    const { principal, tenant } = this.call;
    this.leavePlace = this.places.tryEnter(principal.subject);
    if (this.leavePlace !== undefined) return undefined;
    if (isRepeatable()) return new PlaceNeeded();
    try {
      const leave = await this.places.enter(principal.subject, over, tenant.config.limits.queryTimeoutMs);
      // The attempt may have ended in the turn in which the place became free.
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
