import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { outputOf } from '../../invocation/invocation.js';
import { ResourceInvoker } from '../../invocation/resource.invoker.js';
import { CallFactory } from '../client/call.factory.js';
import type { RequestContext } from '../protocol/request-context.js';
import { resourceNotFound } from '../protocol/resource-not-found.js';
import { invalidParams } from '../protocol/rpc.error.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

const NOT_FOUND: ReadonlySet<string> = new Set(['NOT_FOUND', 'UNKNOWN_TABLE', 'AMBIGUOUS_TABLE']);

@Injectable()
export class ReadResourceMethod implements RpcMethod {
  readonly name = 'resources/read';
  readonly cache = { ttlMs: 0, cacheScope: 'private' } as const;

  constructor(
    private readonly resources: ResourceInvoker,
    private readonly calls: CallFactory,
  ) {}

  async handle(context: RequestContext): Promise<object> {
    const { params, revision } = context;
    const { uri } = params;
    if (typeof uri !== 'string') throw invalidParams('uri must be a string.');
    const call = await this.calls.make(context, undefined);
    const outcome = await this.resources.invoke(uri, call).catch((error: unknown) => {
      throw error instanceof AppError && NOT_FOUND.has(error.code) ? resourceNotFound(uri, revision) : error;
    });
    const contents = outputOf(outcome);
    // "Never empty contents" (2026-07-28 server/resources).
    if (contents.length === 0) throw resourceNotFound(uri, revision);
    return { contents };
  }
}
