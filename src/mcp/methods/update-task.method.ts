import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { TaskRequests } from '../handles/task-requests.js';
import type { RequestContext } from '../protocol/request-context.js';
import { invalidParams } from '../protocol/rpc.error.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

/** Tasks of this server never request input. The extension says to ignore responses to requests that are not outstanding. */
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
