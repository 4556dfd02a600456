import { z } from 'zod';
import { resultOrHandle } from '../../tools/results/handle-output.js';
import { resultSizeMeta } from '../../tools/results/result-size.js';
import { Tool } from '../../tools/tool.decorator.js';
import { type InputOf, type OutputOf, type ToolCall, type ToolHandler, ToolOutput } from '../../tools/tool.js';
import { outputOf, unknownHandle } from './handle-record.js';
import { HandlesService } from './handles.service.js';
import { handleOutput } from './long-call.js';

export const GET_RESULT = 'get_result';
/** How long a cancelled call may take to end before the caller is answered. */
const CANCEL_MS = 5_000;

const input = z.strictObject({
  handle: z.string().min(1).max(100),
  cancel: z.boolean().optional().describe('stop the statement instead'),
});

type Output = ToolOutput<OutputOf<typeof resultOrHandle>>;

/** Waits for a call that was answered with a handle, and returns its result, or cancels it. */
@Tool({
  name: GET_RESULT,
  title: 'Get a result',
  description:
    'Waits for a statement that was answered with a handle, and returns its result. If it is still running, call it again with the same handle; the user need not do anything.',
  scope: 'sql:read',
  readOnly: true,
  idempotent: true,
  openWorld: false,
  continuesCall: true,
  input,
  output: resultOrHandle,
  meta: resultSizeMeta,
  forTenant: tenant => (tenant.config.limits.longQueries === 0 ? 'hidden' : {}),
})
export class GetResultTool implements ToolHandler<typeof input, typeof resultOrHandle> {
  constructor(private readonly handles: HandlesService) {}

  async execute({ handle, cancel = false }: InputOf<typeof input>, call: ToolCall): Promise<Output> {
    if (cancel) await this.handles.cancel(handle, call);
    const record = await this.handles.wait(handle, call, {
      limitMs: cancel ? CANCEL_MS : call.tenant.config.limits.answerWithin * 1_000,
      signal: call.signal,
      onRows: rows => call.progress(rows),
    });
    if (record === undefined) throw unknownHandle();
    if (record.ending === undefined) return handleOutput(handle, record);
    if (record.ending.kind === 'cancelled' && cancel) return cancelledOutput(handle);
    return outputOf(record.ending) as Output;
  }
}

function cancelledOutput(handle: string): Output {
  const structured = { handle, cancelled: true };
  return new ToolOutput(structured, JSON.stringify(structured), true);
}
