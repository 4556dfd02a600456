import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { PromptInvoker } from '../../invocation/prompt.invoker.js';
import { CallFactory } from '../client/call.factory.js';
import { MultiRoundTripService } from '../client/multi-round-trip.service.js';
import type { RequestContext } from '../protocol/request-context.js';
import { invalidParams } from '../protocol/rpc.error.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class GetPromptMethod implements RpcMethod {
  readonly name = 'prompts/get';

  constructor(
    private readonly prompts: PromptInvoker,
    private readonly calls: CallFactory,
    private readonly roundTrips: MultiRoundTripService,
  ) {}

  async handle(context: RequestContext): Promise<object | undefined> {
    const { name } = context.params;
    const args = context.params.arguments ?? {};
    if (typeof name !== 'string') throw invalidParams('name must be a string.');
    if (!isObject(args)) throw invalidParams('arguments must be an object.');
    const roundTrip = this.roundTrips.open(context);
    const call = await this.calls.make(context, roundTrip);
    const outcome = await this.prompts.invoke(name, args, call);
    return outcome.kind === 'done' ? outcome.output : roundTrip?.result();
  }
}
