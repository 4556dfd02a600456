import { Injectable } from '@nestjs/common';
import { mayCall } from '../../database/policy/modules/module-call.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { KnowledgeService } from '../knowledge.service.js';
import type { Viewer } from '../knowledge-view.js';
import type { ProvedProcedure } from '../proof/proof.types.js';
import { PublishedProcedures } from './published-procedures.js';

/** The procedures of a tenant that are tools: those of the knowledge file, and those that its database publishes. */
@Injectable()
export class DeclaredProcedures {
  private readonly merged = new WeakMap<
    Tenant,
    { readonly parts: readonly (readonly ProvedProcedure[])[]; readonly all: readonly ProvedProcedure[] }
  >();

  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly published: PublishedProcedures,
  ) {}

  /** None before the first proof: what they take is not known. The same list as long as nothing changed. */
  of(tenant: Tenant): readonly ProvedProcedure[] {
    const parts = [this.knowledge.of(tenant)?.proof?.procedures ?? NONE, this.published.of(tenant)];
    const known = this.merged.get(tenant);
    if (known !== undefined && parts.every((part, i) => part === known.parts[i])) return known.all;
    const all = parts.flat();
    this.merged.set(tenant, { parts, all });
    return all;
  }

  namesOf(tenant: Tenant): readonly string[] {
    const own = this.knowledge.of(tenant)?.definitions.procedures ?? [];
    const published = this.published.of(tenant).map(({ definition }) => definition);
    return [...own, ...published].map(({ name }) => name);
  }

  /** The tool that calls a procedure for this person; without a schema the name may be in any. */
  toolFor({ tenant, principal }: Viewer, schema: string, name: string): string | undefined {
    const found = this.of(tenant).find(
      ({ module }) =>
        module.name.toLowerCase() === name.toLowerCase() &&
        (schema === '' || module.schema.toLowerCase() === schema.toLowerCase()) &&
        (module.reading !== undefined || !tenant.config.readOnly) &&
        mayCall(module, principal.access, tenant.config.database.database),
    );
    return found?.definition.name;
  }

  /** Judges all of them again: the database is not what it was. */
  checkAgain(tenant: Tenant): void {
    this.knowledge.proveAgain(tenant);
    void this.published.refresh(tenant);
  }
}

const NONE: readonly ProvedProcedure[] = [];
