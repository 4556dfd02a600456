import { CancelledError, type Ticker } from '../engine/contracts.ts';

/** How long a request may run before another session gets its turn, in milliseconds. */
const SLICE_MILLISECONDS = 5;
const CALLS_BETWEEN_LOOKS = 256;

/** The clock of one connection's requests; the flag is set by the TDS thread when an Attention or a close comes. */
export class SliceTicker implements Ticker {
  private readonly flag: Int32Array;
  private calls = 0;
  private ends = 0;
  /** Set by the fault `ignore-cancel` for one request. */
  deaf = false;

  constructor(flag: Int32Array) {
    this.flag = flag;
  }

  get cancelled(): boolean {
    return !this.deaf && Atomics.load(this.flag, 0) !== 0;
  }

  /** Begins a new slice. */
  begin(now: number): void {
    this.calls = 0;
    this.ends = now + SLICE_MILLISECONDS;
  }

  tick(): boolean {
    if (++this.calls % CALLS_BETWEEN_LOOKS !== 0) return false;
    if (this.cancelled) throw new CancelledError();
    return performance.now() >= this.ends;
  }
}
