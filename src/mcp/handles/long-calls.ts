import { Injectable } from '@nestjs/common';
import { ToolRegistry } from '../../tools/tool.registry.js';
import type { McpCall } from '../client/call.factory.js';
import type { RequestContext } from '../protocol/request-context.js';
import { GET_RESULT } from './get-result.tool.js';
import { HeldCalls } from './held-calls.js';
import { LongCall } from './long-call.js';
import { declaresTasks } from './tasks-extension.js';

/** Decides which calls may outlive their request. */
@Injectable()
export class LongCalls {
  constructor(
    private readonly calls: HeldCalls,
    private readonly tools: ToolRegistry,
  ) {}

  /** Returns undefined when LONG_QUERIES is off in the tenant, or when the caller could not fetch the result. */
  open(context: RequestContext, call: McpCall, tool: string): LongCall | undefined {
    const { tenant, principal } = context.caller;
    if (tenant.config.limits.longQueries === 0) return undefined;
    const canFetch = declaresTasks(context) || this.tools.isOffered(tenant, principal, GET_RESULT);
    return canFetch ? new LongCall(context, call, tool, this.calls) : undefined;
  }
}
