import { Injectable } from '@nestjs/common';
import { Authorization } from '../../invocation/authorization.js';
import { PromptRegistry } from '../../prompts/prompt.registry.js';
import { Pager } from '../protocol/pager.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class ListPromptsMethod implements RpcMethod {
  readonly name = 'prompts/list';
  // The list depends on the person.
  readonly cache = { ttlMs: 300_000, cacheScope: 'private' } as const;

  constructor(
    private readonly prompts: PromptRegistry,
    private readonly authorization: Authorization,
    private readonly pager: Pager,
  ) {}

  handle({ params, caller }: RequestContext): object {
    const allowed = this.prompts
      .prompts(caller.tenant)
      .filter(definition => this.authorization.mayUse(definition, caller.tenant, caller.principal));
    const { items, nextCursor } = this.pager.page('prompts', allowed, params.cursor);
    const prompts = items.map(prompt => ({
      name: prompt.name,
      title: prompt.title,
      description: prompt.description,
      arguments: prompt.arguments,
    }));
    return { prompts, nextCursor };
  }
}
