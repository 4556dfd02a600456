import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { TaskRequests } from '../handles/task-requests.js';
import type { RequestContext } from '../protocol/request-context.js';
import { invalidParams } from '../protocol/rpc.error.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

/** A task never asks anything, so no answer is outstanding, and answers are ignored as the extension wants it. */
@Injectable()
export class UpdateTaskMethod implements RpcMethod {
  readonly name = 'tasks/update';

  constructor(private readonly tasks: TaskRequests) {}

  async handle(context: RequestContext): Promise<object> {
    await this.tasks.find(context);
    if (!isObject(context.params.inputResponses)) throw invalidParams('inputResponses must be an object.');
    return {};
  }
}
