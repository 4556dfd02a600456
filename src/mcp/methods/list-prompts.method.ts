import { Injectable } from '@nestjs/common';
import { PromptRegistry } from '../../prompts/prompt.registry.js';
import { Pager } from '../protocol/pager.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class ListPromptsMethod implements RpcMethod {
  readonly name = 'prompts/list';
  readonly cache = { ttlMs: 300_000, cacheScope: 'public' } as const;

  constructor(
    private readonly prompts: PromptRegistry,
    private readonly pager: Pager,
  ) {}

  handle({ params }: RequestContext): object {
    const { items, nextCursor } = this.pager.page('prompts', this.prompts.prompts(), params.cursor);
    const prompts = items.map(prompt => ({
      name: prompt.name,
      title: prompt.title,
      description: prompt.description,
      arguments: prompt.arguments,
    }));
    return { prompts, nextCursor };
  }
}
