import { CancelledError, PAUSE, type LockWait, type Steps } from '../engine/contracts.ts';
import type { SliceTicker } from './slice-ticker.ts';

/** A request that runs in slices. */
export interface Task {
  readonly steps: Steps;
  readonly ticker: SliceTicker;
  /** Called after each slice, to send buffered rows. The scheduler waits for its result. */
  afterSlice(now: number): LockWait | undefined;
  finished(): void;
  failed(error: unknown): void;
}

interface Entry {
  readonly task: Task;
  wait: LockWait | undefined;
}

const MAX_SLEEP = 10;

/**
 * Runs the requests of all sessions in turn, one slice each, in one thread. Between rounds the thread reads its
 * messages; while every request waits it sleeps for at most 10 ms and then checks the locks again.
 */
export class Scheduler {
  private entries: Entry[] = [];
  private scheduled = false;
  private timer: NodeJS.Timeout | undefined;
  private sleep = 1;

  add(task: Task): void {
    // A new request runs first: most requests are short, and a round still runs every other one once.
    this.entries.unshift({ task, wait: undefined });
    // The only request need not wait for its turn.
    if (this.entries.length === 1) this.round();
    else this.wake();
  }

  /** A condition that a request waits for may have changed. */
  wake(): void {
    if (this.scheduled || this.entries.length === 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.scheduled = true;
    setImmediate(() => this.round());
  }

  private round(): void {
    this.scheduled = false;
    let progressed = false;
    for (const entry of [...this.entries]) {
      if (entry.wait && !entry.task.ticker.cancelled && !entry.wait.ready()) {
        entry.task.afterSlice(performance.now());
        continue;
      }
      progressed = true;
      this.slice(entry);
    }
    if (this.entries.length === 0) return;
    if (progressed) {
      this.sleep = 1;
      this.wake();
      return;
    }
    this.timer = setTimeout(() => this.wake(), this.sleep);
    this.sleep = Math.min(MAX_SLEEP, this.sleep * 2);
  }

  private slice(entry: Entry): void {
    const { task } = entry;
    entry.wait = undefined;
    try {
      task.ticker.begin(performance.now());
      const step = task.ticker.cancelled ? task.steps.throw(new CancelledError()) : task.steps.next();
      if (step.done) {
        this.remove(entry);
        task.finished();
        return;
      }
      const full = task.afterSlice(performance.now());
      entry.wait = step.value === PAUSE ? full : step.value;
    } catch (error) {
      this.remove(entry);
      task.failed(error);
    }
  }

  private remove(entry: Entry): void {
    this.entries = this.entries.filter(other => other !== entry);
  }
}
