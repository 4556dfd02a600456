import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Exchange } from './exchange.js';
import { InFlight } from '../cluster/in-flight.service.js';
import { resultMessage } from './json-rpc.js';
import { RPC, RpcError } from './rpc.error.js';
import type { Answer } from '../transport/reply.js';
import { errorAnswer } from './rpc-error.mapping.js';
import { resultJson, RPC_METHODS, type RpcMethod } from './rpc-method.js';

/** A request and its revision to one method, and the method's result or error to an answer. */
@Injectable()
export class McpDispatcher {
  private readonly methods: ReadonlyMap<string, RpcMethod>;

  constructor(
    @Inject(RPC_METHODS) methods: readonly RpcMethod[],
    private readonly inFlight: InFlight,
  ) {
    this.methods = new Map(methods.map(method => [method.name, method]));
  }

  /**
   * Never throws or rejects. Synchronous for methods that need nobody. `undefined`: the caller cancelled, and nothing
   * follows.
   */
  answer(exchange: Exchange): Answer | Promise<Answer | undefined> {
    try {
      const method = this.find(exchange);
      const result = method.handle(exchange);
      return result instanceof Promise ? this.later(exchange, method, result) : this.finish(exchange, method, result);
    } catch (error) {
      return errorAnswer(exchange.id, error, randomUUID());
    }
  }

  private find({ request, revision }: Exchange): RpcMethod {
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
    exchange: Exchange,
    method: RpcMethod,
    pending: Promise<object | undefined>,
  ): Promise<Answer | undefined> {
    const landed = this.inFlight.add(exchange);
    try {
      const result = await pending;
      if (result === undefined || exchange.cancelled) return undefined;
      return this.finish(exchange, method, result);
    } catch (error) {
      return exchange.cancelled ? undefined : errorAnswer(exchange.id, error, randomUUID());
    } finally {
      exchange.finished = true;
      landed();
    }
  }

  private finish(exchange: Exchange, method: RpcMethod, result: object): Answer {
    return { status: 200, body: resultMessage(exchange.id, resultJson(result, exchange.revision, method.cache)) };
  }
}
