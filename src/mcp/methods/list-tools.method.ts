import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../tenancy/tenant.js';
import { type ToolDescriptor, ToolRegistry } from '../../tools/tool.registry.js';
import { Pager } from '../protocol/pager.js';
import type { RequestContext } from '../protocol/request-context.js';
import type { Revision } from '../protocol/revisions.js';
import { type CacheHint, resultJson, type RpcMethod, Serialised } from '../protocol/rpc-method.js';

/** How many different lists of tools are cached for each tenant, whose people usually share a few lists. */
const MAX_SETS = 50;

/** The first pages of one set of tools, by revision. */
interface FirstPage {
  readonly tools: readonly ToolDescriptor[];
  readonly byRevision: Map<string, Serialised>;
}

@Injectable()
export class ListToolsMethod implements RpcMethod {
  readonly name = 'tools/list';
  // The list depends on the person.
  readonly cache: CacheHint = { ttlMs: 60_000, cacheScope: 'private' };
  private readonly firstPages = new WeakMap<Tenant, FirstPage[]>();

  constructor(
    private readonly tools: ToolRegistry,
    private readonly pager: Pager,
  ) {}

  handle({ caller, revision, params }: RequestContext): object {
    const tools = this.tools.forPrincipal(caller.tenant, caller.principal);
    return params.cursor === undefined ? this.first(caller.tenant, tools, revision) : this.page(tools, params.cursor);
  }

  /** Most clients request the list at every start and some before every call, so its JSON is made once. */
  private first(tenant: Tenant, tools: readonly ToolDescriptor[], revision: Revision): Serialised {
    let sets = this.firstPages.get(tenant);
    if (sets === undefined) this.firstPages.set(tenant, (sets = []));
    let set = sets.find(known => isSame(known.tools, tools));
    if (set === undefined) {
      set = { tools, byRevision: new Map() };
      if (sets.unshift(set) > MAX_SETS) sets.pop();
    }
    let page = set.byRevision.get(revision.name);
    if (page === undefined) {
      page = new Serialised(resultJson(this.page(tools, undefined), revision, tenant, this.cache));
      set.byRevision.set(revision.name, page);
    }
    return page;
  }

  private page(all: readonly ToolDescriptor[], cursor: unknown): object {
    const { items, nextCursor } = this.pager.page('tools', all, cursor);
    const tools = items.map(({ name, title, description, inputSchema, outputSchema, annotations, _meta }) => ({
      name,
      title,
      description,
      inputSchema,
      outputSchema,
      annotations,
      _meta,
    }));
    return { tools, nextCursor };
  }
}

/** Comparing identities is enough, because the registry makes each descriptor once. */
function isSame(a: readonly ToolDescriptor[], b: readonly ToolDescriptor[]): boolean {
  return a.length === b.length && a.every((tool, index) => tool === b[index]);
}
