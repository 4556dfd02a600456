import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { SCHEMA_URI } from '../../resources/builtin/schema-overview.resource.js';
import { ToolInvoker } from '../../invocation/tool.invoker.js';
import { ToolRegistry } from '../../tools/tool.registry.js';
import { CallFactory, type McpCall } from '../client/call.factory.js';
import { ChangesService } from '../cluster/changes.service.js';
import { inClientTrace } from '../client/client-trace.js';
import type { RequestContext } from '../protocol/request-context.js';
import { InputRequired, type MultiRoundTrip } from '../client/multi-round-trip.js';
import { MultiRoundTripService } from '../client/multi-round-trip.service.js';
import { isObject } from '../protocol/json-rpc.js';
import { invalidParams, RpcError } from '../protocol/rpc.error.js';
import { checkParameterHeaders } from '../protocol/headers.js';
import type { Revision } from '../protocol/revisions.js';
import type { RpcMethod } from '../protocol/rpc-method.js';
import { toolErrorResult, toolResult } from '../protocol/tool-result.serializer.js';

@Injectable()
export class CallToolMethod implements RpcMethod {
  readonly name = 'tools/call';

  constructor(
    private readonly tools: ToolRegistry,
    private readonly invoker: ToolInvoker,
    private readonly calls: CallFactory,
    private readonly rounds: MultiRoundTripService,
    private readonly changes: ChangesService,
  ) {}

  async handle(context: RequestContext): Promise<object | undefined> {
    const { params, revision, caller } = context;
    const { name, arguments: args = {} } = params;
    if (typeof name !== 'string') throw invalidParams('name must be a string.');
    if (!isObject(args)) throw invalidParams('arguments must be an object.');
    if (revision.envelope) {
      checkParameterHeaders(this.tools.find(caller.tenant, caller.principal, name).inputSchema, args, context.headers);
    }
    const rounds = this.rounds.open(context);
    const made = this.calls.make(context, rounds);
    const call = made instanceof Promise ? await made : made;
    return this.run(name, args, call, context, rounds);
  }

  private async run(
    name: string,
    args: object,
    call: McpCall,
    context: RequestContext,
    rounds: MultiRoundTrip | undefined,
  ): Promise<object | undefined> {
    try {
      const output = await inClientTrace(context.meta, () => this.invoker.invoke(name, args, call));
      // The overview tells of sizes: a tool that says how many rows it changed has changed it.
      if (isObject(output.structured) && output.structured['affected_rows'] !== undefined) {
        void this.changes.resourceUpdated(call.tenant.name, SCHEMA_URI);
      }
      return toolResult(output);
    } catch (error) {
      if (context.cancelled) return undefined;
      if (error instanceof InputRequired && rounds !== undefined) return rounds.result();
      if (!(error instanceof AppError) || !error.expose || isProtocolFault(error, context.revision)) throw error;
      return toolErrorResult(error);
    }
  }
}

/** What is the client's affair, not the model's (server/tools, "Error handling"). */
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
