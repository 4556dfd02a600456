import type { HandOver, InvocationOutcome, RunningCall } from '../../invocation/invocation.js';
import type { HandleOutput } from '../../tools/results/handle-output.js';
import { ToolOutput } from '../../tools/tool.js';
import type { McpCall } from '../client/call.factory.js';
import type { RequestContext } from '../protocol/request-context.js';
import { toolResult } from '../protocol/tool-result.serializer.js';
import type { HandleRecord } from './handle-record.js';
import type { HeldCalls } from './held-calls.js';
import type { LocalHandle } from './local-handle.js';
import { declaresTasks, taskOf } from './tasks-extension.js';

/**
 * A tool call that may outlive its request. It ends with its request, as any call does, until it is handed over; after
 * that only its handle can end it.
 */
export class LongCall implements HandOver<InvocationOutcome<ToolOutput<unknown>>> {
  readonly afterMs: number;
  readonly limitMs: number;
  /** The call for the tool. */
  readonly call: McpCall;
  private readonly abort: () => void;
  private readonly held;
  private handle: LocalHandle | undefined;

  constructor(
    private readonly context: RequestContext,
    made: McpCall,
    tool: string,
    private readonly calls: HeldCalls,
  ) {
    const { answerWithin, longQueries } = context.caller.tenant.config.limits;
    this.afterMs = answerWithin * 1_000;
    this.limitMs = longQueries * 1_000;
    const controller = new AbortController();
    this.abort = () => controller.abort(context.signal.reason);
    if (context.cancelled) this.abort();
    else context.signal.addEventListener('abort', this.abort);
    // `held` outlives the request and must not reference it.
    const held = { tool, startedAt: Date.now(), rows: 0, abort: () => controller.abort() };
    this.held = held;
    this.call = {
      ...made,
      signal: controller.signal,
      progress: (done, total, message) => {
        held.rows = done;
        made.progress(done, total, message);
      },
    };
  }

  async take(running: RunningCall<InvocationOutcome<ToolOutput<unknown>>>): Promise<boolean> {
    const { context, held } = this;
    const detach = (): boolean => {
      if (!running.detach()) return false;
      this.leaveRequest();
      return true;
    };
    const isCancelled = (): boolean => context.cancelled;
    const taken = { caller: context.caller, call: held, isCancelled };
    this.handle = await this.calls.take(taken, { ended: running.ended, detach });
    return this.handle !== undefined;
  }

  /** The answer to the call that was handed over. */
  answer(): object {
    const { handle, context } = this;
    if (handle === undefined) throw new Error('The call was not handed over.');
    const { tenant } = context.caller;
    const record = handle.record();
    if (declaresTasks(context)) return { resultType: 'task', ...taskOf(handle.id, record, tenant) };
    return toolResult(handleOutput(handle.id, record), tenant.config.structuredContent);
  }

  /** Stops the end of the request from cancelling the call. */
  leaveRequest(): void {
    this.context.signal.removeEventListener('abort', this.abort);
  }
}

/** The output that the caller gets while the call is running. */
export function handleOutput(handle: string, { startedAt, rows }: HandleRecord): ToolOutput<HandleOutput> {
  const structured: HandleOutput = {
    handle,
    running: true,
    elapsed_ms: Math.max(0, Date.now() - startedAt),
    rows_so_far: rows,
    note: 'The statement is still running. Call get_result with this handle until it returns the result; the user need not do anything.',
  };
  return new ToolOutput(structured, JSON.stringify(structured), true);
}
