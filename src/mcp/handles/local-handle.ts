import { AppError } from '../../common/app-error.js';
import type { HandleOutcome } from '../../metrics/metrics.service.js';
import { failedEnding, type HandleEnding, type HandleOwner, type HandleRecord } from './handle-record.js';

/** A call is stopped when no client has asked for its result for this time. */
export const ABANDONED_AFTER_MS = 120_000;

/** Why a call was stopped. */
export type StopReason = 'cancelled' | 'abandoned' | 'revoked' | 'restart';

/** The call behind a handle. */
export interface HeldCall {
  readonly tool: string;
  readonly startedAt: number;
  readonly rows: number;
  abort(): void;
}

/** A handle whose call runs in this process: the call, when it counts as abandoned, and how it ended. */
export class LocalHandle {
  isOver = false;
  /** Whether the ending was written to the state store, where every process can read it. */
  isStored = false;
  private ending: HandleEnding | undefined;
  private stopReason: StopReason | undefined;
  private timer: NodeJS.Timeout | undefined;
  private abandonedAt = 0;

  constructor(
    readonly id: string,
    readonly owner: HandleOwner,
    private readonly call: HeldCall,
  ) {}

  /** Notes that a client waits for `forMs`. The call is abandoned if no client asks within two minutes after that. */
  asked(forMs: number): void {
    const at = performance.now() + forMs + ABANDONED_AFTER_MS;
    if (this.isOver || at <= this.abandonedAt) return;
    this.abandonedAt = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop('abandoned'), forMs + ABANDONED_AFTER_MS);
  }

  /** Cancels the call if it is running. The first reason is kept, except that `revoked` replaces any other. */
  stop(reason: StopReason): void {
    if (reason === 'revoked') this.stopReason = reason;
    if (this.isOver) return;
    this.stopReason ??= reason;
    this.call.abort();
  }

  /** Stores how the call ended. A call that succeeds although it was stopped counts as done. */
  end(ended: HandleEnding | AppError): HandleOutcome {
    clearTimeout(this.timer);
    const ending = ended instanceof AppError ? this.stoppedOr(failedEnding(ended)) : ended;
    this.isOver = true;
    this.ending = ending;
    if (this.stopReason === 'revoked') return 'revoked';
    return ending.kind === 'expired' && ending.reason === 'abandoned' ? 'abandoned' : ending.kind;
  }

  get isRevoked(): boolean {
    return this.stopReason === 'revoked';
  }

  /** Marks the ending as written to the state store, and removes it from memory. */
  stored(): void {
    this.isStored = true;
    this.ending = undefined;
  }

  record(): HandleRecord {
    const { tool, startedAt, rows } = this.call;
    const ending = this.ending === undefined ? {} : { ending: this.ending };
    return { ...this.owner, tool, startedAt, rows, updatedAt: Date.now(), ...ending };
  }

  private stoppedOr(failed: HandleEnding): HandleEnding {
    switch (this.stopReason) {
      case undefined:
        return failed;
      case 'cancelled':
      case 'revoked':
        return { kind: 'cancelled' };
      case 'abandoned':
      case 'restart':
        return { kind: 'expired', reason: this.stopReason };
      default:
        return this.stopReason satisfies never;
    }
  }
}
