import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { type HandleEnding, outputOf } from '../handles/handle-record.js';
import { HandlesService } from '../handles/handles.service.js';
import { TaskRequests } from '../handles/task-requests.js';
import { taskOf } from '../handles/tasks-extension.js';
import type { RequestContext } from '../protocol/request-context.js';
import { PartlySerialised, resultJson, type RpcMethod } from '../protocol/rpc-method.js';
import { toolErrorResult, toolResult } from '../protocol/tool-result.serializer.js';

/** Answers `tasks/get` at once; the client asks again after `pollIntervalMs`. */
@Injectable()
export class GetTaskMethod implements RpcMethod {
  readonly name = 'tasks/get';

  constructor(
    private readonly tasks: TaskRequests,
    private readonly handles: HandlesService,
  ) {}

  async handle(context: RequestContext): Promise<object> {
    const { id, record } = await this.tasks.find(context);
    const { revision, caller } = context;
    const task = taskOf(id, record, caller.tenant);
    if (record.ending === undefined) this.handles.asked(id, 0);
    if (record.ending === undefined || task.status !== 'completed') return task;
    const result = resultOf(record.ending, caller.tenant.config.structuredContent);
    return new PartlySerialised(task, { result: resultJson(result, revision, caller.tenant) });
  }
}

/** The result that `tools/call` would have returned. */
function resultOf(ending: HandleEnding, structured: boolean): object {
  try {
    return toolResult(outputOf(ending), structured);
  } catch (error) {
    if (error instanceof AppError) return toolErrorResult(error);
    throw error;
  }
}
