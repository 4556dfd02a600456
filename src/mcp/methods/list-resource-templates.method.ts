import { Injectable } from '@nestjs/common';
import { Authorization } from '../../invocation/authorization.js';
import { ResourceRegistry } from '../../resources/resource.registry.js';
import { Pager } from '../protocol/pager.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class ListResourceTemplatesMethod implements RpcMethod {
  readonly name = 'resources/templates/list';
  // The list depends on the person.
  readonly cache = { ttlMs: 300_000, cacheScope: 'private' } as const;

  constructor(
    private readonly resources: ResourceRegistry,
    private readonly authorization: Authorization,
    private readonly pager: Pager,
  ) {}

  handle({ params, caller }: RequestContext): object {
    const allowed = this.resources
      .resourceTemplates()
      .filter(definition => this.authorization.mayUse(definition, caller.tenant, caller.principal));
    const { items, nextCursor } = this.pager.page('templates', allowed, params.cursor);
    const resourceTemplates = items.map(({ uriTemplate, name, title, description, mimeType }) => ({
      uriTemplate,
      name,
      title,
      description,
      mimeType,
    }));
    return { resourceTemplates, nextCursor };
  }
}
