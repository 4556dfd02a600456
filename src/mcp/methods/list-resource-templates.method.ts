import { Injectable } from '@nestjs/common';
import { ResourceRegistry } from '../../resources/resource.registry.js';
import { Pager } from '../protocol/pager.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class ListResourceTemplatesMethod implements RpcMethod {
  readonly name = 'resources/templates/list';
  readonly cache = { ttlMs: 300_000, cacheScope: 'public' } as const;

  constructor(
    private readonly resources: ResourceRegistry,
    private readonly pager: Pager,
  ) {}

  handle({ params }: RequestContext): object {
    const { items, nextCursor } = this.pager.page('templates', this.resources.resourceTemplates(), params.cursor);
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
