import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../protocol/request-context.js';
import { invalidParams, RPC, RpcError } from '../protocol/rpc.error.js';
import type { HandleRecord } from './handle-record.js';
import { HandlesService } from './handles.service.js';
import { declaresTasks, TASKS_CAPABILITY } from './tasks-extension.js';

export interface FoundTask {
  readonly id: string;
  readonly record: HandleRecord;
}

/** Checks the requests of the Tasks extension, and finds the task that a request names. */
@Injectable()
export class TaskRequests {
  constructor(private readonly handles: HandlesService) {}

  /** Throws RpcError -32601 in a tenant without tasks, -32021 without the extension, -32602 for an unknown task. */
  async find(context: RequestContext): Promise<FoundTask> {
    const { caller, params, request, revision } = context;
    if (caller.tenant.config.limits.longQueries === 0) {
      const message = `There is no method ${request.method} in this tenant.`;
      throw new RpcError(RPC.methodNotFound, message, revision.unknownMethodStatus);
    }
    if (!declaresTasks(context)) {
      const message = `${request.method} needs the client capability io.modelcontextprotocol/tasks in this request.`;
      throw new RpcError(RPC.missingCapability, message, 400, { requiredCapabilities: TASKS_CAPABILITY });
    }
    if (typeof params.taskId !== 'string') throw invalidParams('taskId must be a string.');
    const record = await this.handles.find(params.taskId, caller);
    if (record === undefined) throw invalidParams('There is no such task, or it has expired.');
    return { id: params.taskId, record };
  }
}
