import { Injectable } from '@nestjs/common';
import { ResourceRegistry } from '../../resources/resource.registry.js';
import { Pager } from '../protocol/pager.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class ListResourcesMethod implements RpcMethod {
  readonly name = 'resources/list';
  readonly cache = { ttlMs: 300_000, cacheScope: 'public' } as const;

  constructor(
    private readonly resources: ResourceRegistry,
    private readonly pager: Pager,
  ) {}

  handle({ params }: RequestContext): object {
    const { items, nextCursor } = this.pager.page('resources', this.resources.resources(), params.cursor);
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
