import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { RequestContext } from './request-context.js';
import { Authorization } from '../../invocation/authorization.js';
import { InFlight } from '../cluster/in-flight.js';
import { resultMessage } from './json-rpc.js';
import { RPC, RpcError } from './rpc.error.js';
import type { RpcReply } from './rpc-reply.js';
import { errorReply } from './rpc-error.mapping.js';
import { resultJson, RPC_METHODS, type RpcMethod } from './rpc-method.js';

/** A request and its revision to one method, and the method's result or error to an answer. */
@Injectable()
export class McpDispatcher {
  private readonly methods: ReadonlyMap<string, RpcMethod>;

  constructor(
    @Inject(RPC_METHODS) methods: readonly RpcMethod[],
    private readonly inFlight: InFlight,
    private readonly authorization: Authorization,
  ) {
    this.methods = new Map(methods.map(method => [method.name, method]));
  }

  /**
   * Never throws or rejects. Synchronous for methods that need nobody. `undefined`: the caller cancelled, and nothing
   * follows.
   */
  answer(context: RequestContext): RpcReply | Promise<RpcReply | undefined> {
    try {
      this.authorization.assertMethod(context.caller.principal, context.request.method);
      const method = this.find(context);
      const result = method.handle(context);
      return result instanceof Promise ? this.later(context, method, result) : this.finish(context, method, result);
    } catch (error) {
      return errorReply(context.id, error, randomUUID());
    }
  }

  private find({ request, revision }: RequestContext): RpcMethod {
    const method = revision.methods.has(request.method) ? this.methods.get(request.method) : undefined;
    if (method === undefined) {
      throw new RpcError(
        RPC.methodNotFound,
        `There is no method ${JSON.stringify(request.method.slice(0, 100))} in ${revision.name}.`,
        revision.unknownMethodStatus,
      );
    }
    return method;
  }

  private async later(
    context: RequestContext,
    method: RpcMethod,
    pending: Promise<object | undefined>,
  ): Promise<RpcReply | undefined> {
    const landed = this.inFlight.add(context);
    try {
      const result = await pending;
      if (result === undefined || context.cancelled) return undefined;
      return this.finish(context, method, result);
    } catch (error) {
      return context.cancelled ? undefined : errorReply(context.id, error, randomUUID());
    } finally {
      context.finished = true;
      landed();
    }
  }

  private finish(context: RequestContext, method: RpcMethod, result: object): RpcReply {
    return { status: 200, body: resultMessage(context.id, resultJson(result, context.revision, method.cache)) };
  }
}
