import { Injectable } from '@nestjs/common';
import { Authorization } from '../../invocation/authorization.js';
import { ResourceRegistry } from '../../resources/resource.registry.js';
import { Pager } from '../protocol/pager.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class ListResourcesMethod implements RpcMethod {
  readonly name = 'resources/list';
  // The list depends on the person.
  readonly cache = { ttlMs: 300_000, cacheScope: 'private' } as const;

  constructor(
    private readonly resources: ResourceRegistry,
    private readonly authorization: Authorization,
    private readonly pager: Pager,
  ) {}

  handle({ params, caller }: RequestContext): object {
    const allowed = this.resources
      .resources()
      .filter(definition => this.authorization.mayUse(definition, caller.tenant, caller.principal));
    const { items, nextCursor } = this.pager.page('resources', allowed, params.cursor);
    const resources = items.map(({ uri, name, title, description, mimeType }) => ({
      uri,
      name,
      title,
      description,
      mimeType,
    }));
    return { resources, nextCursor };
  }
}
