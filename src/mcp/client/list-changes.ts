import { hash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { KnowledgeService } from '../../knowledge/knowledge.service.js';
import { PublishedProcedures } from '../../knowledge/procedures/published-procedures.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { TenantsService } from '../../tenancy/tenants.service.js';
import { ToolRegistry } from '../../tools/tool.registry.js';
import { ChangesService } from '../cluster/changes.service.js';

/**
 * Notices that a changed knowledge file, a proof of it, or the published procedures have changed the tools of a tenant, and
 * with them its prompts.
 */
@Injectable()
export class ListChanges implements OnApplicationBootstrap {
  private readonly known = new Map<string, string>();

  constructor(
    private readonly tenants: TenantsService,
    private readonly tools: ToolRegistry,
    private readonly changes: ChangesService,
    private readonly knowledge: KnowledgeService,
    private readonly published: PublishedProcedures,
  ) {}

  onApplicationBootstrap(): void {
    for (const tenant of this.tenants.all()) this.known.set(tenant.name, this.listOf(tenant));
    this.knowledge.listen({ loaded: ({ tenant }) => this.compare(tenant), proved: tenant => this.compare(tenant) });
    this.published.listen(tenant => this.compare(tenant));
  }

  private compare(tenant: Tenant): void {
    const list = this.listOf(tenant);
    const before = this.known.get(tenant.name);
    this.known.set(tenant.name, list);
    if (before !== undefined && before !== list) this.changes.listsChanged(tenant.name);
  }

  private listOf(tenant: Tenant): string {
    return hash('sha256', JSON.stringify(this.tools.forTenant(tenant)), 'hex');
  }
}
