import { Injectable } from '@nestjs/common';
import { Authorization } from '../../invocation/authorization.js';
import { ResourceRegistry } from '../../resources/resource.registry.js';
import { McpClientRegistry } from '../client/mcp-client-registry.js';
import type { RequestContext } from '../protocol/request-context.js';
import { resourceNotFound } from '../protocol/resource-not-found.js';
import { invalidParams } from '../protocol/rpc.error.js';
import { MAX_SUBSCRIPTIONS } from '../protocol/limits.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

/** Updates are sent on the client's open GET stream; without such a stream they are lost. */
@Injectable()
export class SubscribeResourceMethod implements RpcMethod {
  readonly name: string = 'resources/subscribe';

  constructor(
    private readonly resources: ResourceRegistry,
    private readonly clients: McpClientRegistry,
    private readonly authorization: Authorization,
  ) {}

  async handle({ params, caller, revision }: RequestContext): Promise<object> {
    const { uri } = params;
    if (typeof uri !== 'string') throw invalidParams('uri must be a string.');
    const found = this.resources.find(uri);
    if (found === undefined || !this.authorization.mayUse(found.definition, caller.tenant, caller.principal)) {
      throw resourceNotFound(uri, revision);
    }
    await this.clients.remember(caller.clientKey, ({ watched }) => {
      const next = this.change(watched, uri);
      if (next.length > MAX_SUBSCRIPTIONS)
        throw invalidParams(`A client can subscribe to at most ${MAX_SUBSCRIPTIONS} resources.`);
      return { watched: next };
    });
    return {};
  }

  protected change(watched: readonly string[], uri: string): readonly string[] {
    return watched.includes(uri) ? watched : [...watched, uri];
  }
}

@Injectable()
export class UnsubscribeResourceMethod extends SubscribeResourceMethod {
  override readonly name = 'resources/unsubscribe';

  constructor(resources: ResourceRegistry, clients: McpClientRegistry, authorization: Authorization) {
    super(resources, clients, authorization);
  }

  protected override change(watched: readonly string[], uri: string): readonly string[] {
    return watched.filter(other => other !== uri);
  }
}
