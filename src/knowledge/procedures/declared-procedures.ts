import { Injectable } from '@nestjs/common';
import { mayCall } from '../../database/policy/modules/module-call.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { KnowledgeService } from '../knowledge.service.js';
import type { Viewer } from '../knowledge-view.js';
import type { Knowledge } from '../loaded-knowledge.js';
import type { ProvedProcedure } from '../proof/proof.types.js';
import { PublishedProcedures } from './published-procedures.js';

interface Merged {
  readonly knowledge: Knowledge | undefined;
  readonly published: readonly ProvedProcedure[];
  readonly all: readonly ProvedProcedure[];
}

/** The procedures of a tenant that are tools: those of the knowledge file, and those that its database publishes. */
@Injectable()
export class DeclaredProcedures {
  private readonly merged = new WeakMap<Tenant, Merged>();

  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly published: PublishedProcedures,
  ) {}

  /** Returns the procedures; those of the file only after its first proof. Returns the same list until something changes. */
  of(tenant: Tenant): readonly ProvedProcedure[] {
    const knowledge = this.knowledge.of(tenant);
    const published = this.published.of(tenant);
    const known = this.merged.get(tenant);
    if (known?.knowledge === knowledge && known?.published === published) return known.all;
    // The file may have taken a name since the properties were read.
    const taken = namesIn(knowledge);
    const others = published.filter(({ definition }) => !taken.has(definition.name));
    const all = [...(knowledge?.proof?.procedures ?? []), ...others];
    this.merged.set(tenant, { knowledge, published, all });
    return all;
  }

  namesOf(tenant: Tenant): readonly string[] {
    const own = this.knowledge.of(tenant)?.definitions.procedures ?? [];
    return [...new Set([...own.map(({ name }) => name), ...this.of(tenant).map(({ definition }) => definition.name)])];
  }

  /** The tool that calls a procedure for this person; without a schema the name may be in any. */
  toolFor({ tenant, principal }: Viewer, schema: string, name: string): string | undefined {
    const { access, highestScope } = principal;
    const mayWrite = !tenant.config.readOnly && highestScope === 'sql:write';
    const isListed = (tool: string) => [tenant.config.tools, access.tools].every(list => list?.includes(tool) ?? true);
    const found = this.of(tenant).find(
      ({ module, definition }) =>
        module.name.toLowerCase() === name.toLowerCase() &&
        (schema === '' || module.schema.toLowerCase() === schema.toLowerCase()) &&
        (module.reading !== undefined || mayWrite) &&
        isListed(definition.name) &&
        mayCall(module, access, tenant.config.database.database),
    );
    return found?.definition.name;
  }

  /** Judges all procedures again, because the database has changed. */
  checkAgain(tenant: Tenant): void {
    this.knowledge.proveAgain(tenant);
    void this.published.refresh(tenant);
  }
}

function namesIn(knowledge: Knowledge | undefined): ReadonlySet<string> {
  if (knowledge === undefined) return new Set();
  const { metrics, queries, procedures } = knowledge.definitions;
  return new Set([...metrics, ...queries, ...procedures].map(({ name }) => name));
}
