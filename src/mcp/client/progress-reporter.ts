import { isRequestId, notificationMessage } from '../protocol/json-rpc.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { ToolCall } from '../../tools/tool.js';

/** The shortest time between two progress notifications of one call. */
const SHORTEST_MS = 20;
/** The longest. Clients that reset their time limit at each notification wait 60 s, some 30 s. */
const LONGEST_MS = 10_000;
/** Progress must increase (2025-03-26 utilities/progress), also while nothing is counted yet. */
const STEP = 1e-6;

/**
 * Sends the progress of one call, and a sign of life every 10 s while the call reports none. A client that reads slowly
 * misses some notifications.
 */
export class ProgressReporter {
  private last = -1;
  private sentAt = -Infinity;
  private readonly startedAt = performance.now();

  private constructor(
    private readonly context: RequestContext,
    private readonly progressToken: string | number,
  ) {
    const timer = setInterval(() => this.signOfLife(timer), LONGEST_MS / 2);
    timer.unref();
  }

  /** The function that a call reports its progress to. It does nothing if the client did not ask for progress. */
  static of(context: RequestContext): ToolCall['progress'] {
    const { progressToken } = context.meta;
    if (!isRequestId(progressToken)) return () => {};
    const reporter = new ProgressReporter(context, progressToken);
    return (done, total, message) => reporter.report(done, total, message);
  }

  private report(done: number, total?: number, message?: string): void {
    if (this.ended || !(done > this.last) || performance.now() < this.sentAt + SHORTEST_MS) return;
    this.send(done, total, message);
  }

  private signOfLife(timer: NodeJS.Timeout): void {
    if (this.ended) {
      clearInterval(timer);
      return;
    }
    const now = performance.now();
    if (now < Math.max(this.sentAt, this.startedAt) + LONGEST_MS / 2) return;
    const seconds = Math.round((now - this.startedAt) / 1000);
    this.send(this.last < 0 ? 0 : this.last + STEP, undefined, `Running for ${seconds} s.`);
  }

  private get ended(): boolean {
    return this.context.finished || this.context.cancelled;
  }

  private send(progress: number, total: number | undefined, message: string | undefined): void {
    const { progressToken } = this;
    const params = { progressToken, progress, total, message };
    if (!this.context.sink.send(notificationMessage('notifications/progress', params))) return;
    this.last = progress;
    this.sentAt = performance.now();
  }
}
