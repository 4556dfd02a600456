import { Injectable } from '@nestjs/common';
import { HandlesService } from '../handles/handles.service.js';
import { TaskRequests } from '../handles/task-requests.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class CancelTaskMethod implements RpcMethod {
  readonly name = 'tasks/cancel';

  constructor(
    private readonly tasks: TaskRequests,
    private readonly handles: HandlesService,
  ) {}

  async handle(context: RequestContext): Promise<object> {
    const { id } = await this.tasks.find(context);
    await this.handles.cancel(id, context.caller);
    return {};
  }
}
