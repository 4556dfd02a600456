import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { AppError } from '../../common/app-error.js';
import { ToolInvoker } from '../../invocation/tool.invoker.js';
import { SCHEMA_URI } from '../../resources/builtin/schema-overview.resource.js';
import type { ToolOutput } from '../../tools/tool.js';
import { CallFactory } from '../client/call.factory.js';
import { inClientTrace } from '../client/client-trace.js';
import { MultiRoundTripService } from '../client/multi-round-trip.service.js';
import { ChangesService } from '../cluster/changes.service.js';
import { HeldCalls } from '../handles/held-calls.js';
import { LongCalls } from '../handles/long-calls.js';
import { checkParameterHeaders } from '../protocol/headers.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { Revision } from '../protocol/revisions.js';
import { invalidParams, RpcError } from '../protocol/rpc.error.js';
import type { RpcMethod } from '../protocol/rpc-method.js';
import { toolErrorResult, toolResult } from '../protocol/tool-result.serializer.js';

@Injectable()
export class CallToolMethod implements RpcMethod {
  readonly name = 'tools/call';

  constructor(
    private readonly tools: ToolInvoker,
    private readonly calls: CallFactory,
    private readonly roundTrips: MultiRoundTripService,
    private readonly changes: ChangesService,
    private readonly longCalls: LongCalls,
    held: HeldCalls,
  ) {
    held.onDone((tenant, output) => this.announceChanges(tenant, output));
  }

  async handle(context: RequestContext): Promise<object | undefined> {
    const request = readRequest(context);
    const roundTrip = this.roundTrips.open(context);
    const made = this.calls.make(context, roundTrip);
    const call = made instanceof Promise ? await made : made;
    const long = this.longCalls.open(context, call, request.name);
    try {
      const outcome = await inClientTrace(context.meta, () => this.tools.invoke(request, long?.call ?? call, long));
      if (outcome.kind === 'asked') return roundTrip?.result();
      if (outcome.kind === 'handed_over') return long?.answer();
      this.announceChanges(call.tenant.name, outcome.output);
      return toolResult(outcome.output, call.tenant.config.structuredContent);
    } catch (error) {
      if (context.cancelled) return undefined;
      if (!(error instanceof AppError) || !error.expose || isProtocolFault(error, context.revision)) throw error;
      return toolErrorResult(error);
    } finally {
      long?.leaveRequest();
    }
  }

  /** The schema overview has row counts, so it has changed when a tool reports `affected_rows`. */
  private announceChanges(tenant: string, { structured }: ToolOutput<unknown>): void {
    if (isObject(structured) && structured['affected_rows'] !== undefined) {
      void this.changes.resourceUpdated(tenant, SCHEMA_URI);
    }
  }
}

function readRequest({ params, revision, headers }: RequestContext): Parameters<ToolInvoker['invoke']>[0] {
  const { name } = params;
  const args = params.arguments ?? {};
  if (typeof name !== 'string') throw invalidParams('name must be a string.');
  if (!isObject(args)) throw invalidParams('arguments must be an object.');
  if (!revision.envelope || headers === undefined) return { name, arguments: args };
  return { name, arguments: args, checkTransport: tool => checkParameterHeaders(tool.inputSchema, args, headers) };
}

/** Errors that the client must handle and not the model (server/tools, "Error handling"). */
function isProtocolFault(error: AppError, revision: Revision): boolean {
  if (error instanceof RpcError) return true;
  switch (error.code) {
    case 'UNKNOWN_TOOL':
    case 'INSUFFICIENT_SCOPE':
    case 'UNAUTHENTICATED':
      return true;
    case 'INVALID_ARGUMENT':
      return revision.invalidArguments === 'error' && error.details?.['faults'] !== undefined;
    default:
      return false;
  }
}
