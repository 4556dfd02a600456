import { Injectable } from '@nestjs/common';
import { type ToolDescriptor, ToolRegistry } from '../../tools/tool.registry.js';
import { Pager } from '../cursor.js';
import type { Exchange } from '../exchange.js';
import { type CacheHint, resultJson, type RpcMethod, Serialised } from '../rpc-method.js';

@Injectable()
export class ListToolsMethod implements RpcMethod {
  readonly name = 'tools/list';
  // What a person sees depends on who it is.
  readonly cache: CacheHint = { ttlMs: 60_000, cacheScope: 'private' };
  /** First pages by tool set, then by revision. The registry hands out the same array for the same set. */
  private readonly firstPages = new WeakMap<readonly ToolDescriptor[], Map<string, Serialised>>();

  constructor(
    private readonly tools: ToolRegistry,
    private readonly pager: Pager,
  ) {}

  handle(exchange: Exchange): object {
    const { caller, revision, params } = exchange;
    const tools = this.tools.forPrincipal(caller.tenant, caller.principal);
    if (params.cursor !== undefined) return this.page(tools, params.cursor);
    let ofRevision = this.firstPages.get(tools);
    if (ofRevision === undefined) this.firstPages.set(tools, (ofRevision = new Map()));
    let first = ofRevision.get(revision.name);
    if (first === undefined) {
      first = new Serialised(resultJson(this.page(tools, undefined), revision, this.cache));
      ofRevision.set(revision.name, first);
    }
    return first;
  }

  private page(all: readonly ToolDescriptor[], cursor: unknown): object {
    const { items, nextCursor } = this.pager.page('tools', all, cursor);
    const tools = items.map(({ name, title, description, inputSchema, outputSchema, annotations }) => ({
      name,
      title,
      description,
      inputSchema,
      outputSchema,
      annotations,
    }));
    return { tools, nextCursor };
  }
}
