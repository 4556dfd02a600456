import { Injectable } from '@nestjs/common';
import { isObject } from '../../common/is-object.js';
import { CompletionInvoker, type CompletionReference } from '../../invocation/completion.invoker.js';
import { outputOf } from '../../invocation/invocation.js';
import { CallFactory } from '../client/call.factory.js';
import { MAX_COMPLETIONS } from '../protocol/limits.js';
import type { RequestContext } from '../protocol/request-context.js';
import { invalidParams } from '../protocol/rpc.error.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class CompleteMethod implements RpcMethod {
  readonly name = 'completion/complete';

  constructor(
    private readonly completions: CompletionInvoker,
    private readonly calls: CallFactory,
  ) {}

  async handle(context: RequestContext): Promise<object> {
    const { ref, argument, context: filledIn } = context.params;
    if (!isObject(argument) || typeof argument.name !== 'string' || typeof argument.value !== 'string') {
      throw invalidParams('argument must have a name and a value.');
    }
    const request = {
      reference: readReference(ref),
      argument: argument.name,
      typed: argument.value,
      known: readKnown(filledIn),
    };
    const call = await this.calls.make(context, undefined);
    const values = outputOf(await this.completions.invoke(request, call));
    return {
      completion: {
        values: values.slice(0, MAX_COMPLETIONS),
        total: values.length,
        hasMore: values.length > MAX_COMPLETIONS,
      },
    };
  }
}

function readReference(ref: unknown): CompletionReference {
  if (isObject(ref) && ref.type === 'ref/prompt' && typeof ref.name === 'string') {
    return { type: ref.type, name: ref.name };
  }
  if (isObject(ref) && ref.type === 'ref/resource' && typeof ref.uri === 'string') {
    return { type: ref.type, uri: ref.uri };
  }
  throw invalidParams('ref must be a ref/prompt with a name, or a ref/resource with a uri.');
}

function readKnown(context: unknown): Readonly<Record<string, string>> {
  const given = isObject(context) && isObject(context.arguments) ? context.arguments : {};
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
