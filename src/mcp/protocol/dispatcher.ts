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

/** Finds the method that a request names in its revision, runs it and makes the JSON-RPC response. */
@Injectable()
export class Dispatcher {
  private readonly methods: ReadonlyMap<string, RpcMethod>;

  constructor(
    @Inject(RPC_METHODS) methods: readonly RpcMethod[],
    private readonly inFlight: InFlight,
    private readonly authorization: Authorization,
  ) {
    this.methods = new Map(methods.map(method => [method.name, method]));
  }

  /**
   * Never throws or rejects: every error becomes an error response. Returns the response at once if the method is
   * synchronous. Resolves with `undefined` if the caller cancelled the request: then no response is sent.
   */
  dispatch(context: RequestContext): RpcReply | Promise<RpcReply | undefined> {
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
    const removeFromInFlight = this.inFlight.add(context);
    try {
      const result = await pending;
      if (result === undefined || context.cancelled) return undefined;
      return this.finish(context, method, result);
    } catch (error) {
      return context.cancelled ? undefined : errorReply(context.id, error, randomUUID());
    } finally {
      context.finished = true;
      removeFromInFlight();
    }
  }

  private finish(context: RequestContext, method: RpcMethod, result: object): RpcReply {
    const json = resultJson(result, context.revision, context.caller.tenant, method.cache);
    return { status: 200, body: resultMessage(context.id, json) };
  }
}
