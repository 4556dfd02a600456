import { Injectable } from '@nestjs/common';
import { KnowledgeService } from '../../knowledge/knowledge.service.js';
import { DeclaredProcedures } from '../../knowledge/procedures/declared-procedures.js';
import { PublishedProver } from '../../knowledge/procedures/published-prover.js';
import type { ProvedProcedure } from '../../knowledge/proof/proof.types.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { ToolRegistry } from '../tool.registry.js';
import type { SourcedTool, ToolSource } from '../tool-source.js';
import type { ToolCall } from '../tool.js';
import { hasChanged, ProcedureCalls } from './procedure-calls.js';
import { procedureTool, type ProcedureInput } from './procedure-tool.js';

/** The declared procedures and table functions, each as a tool of its own. */
@Injectable()
export class ProcedureTools implements ToolSource {
  private readonly made = new WeakMap<readonly ProvedProcedure[], readonly SourcedTool[]>();

  constructor(
    private readonly procedures: DeclaredProcedures,
    private readonly calls: ProcedureCalls,
    registry: ToolRegistry,
    knowledge: KnowledgeService,
    published: PublishedProver,
  ) {
    registry.addSource(this);
    published.reserve(name => registry.hasClass(name));
    knowledge.addCheck((_tenant, { procedures: all }) =>
      all.flatMap(({ name }, index) =>
        registry.hasClass(name)
          ? [`procedures[${index}] "${name}": the server has a tool with this name itself; choose another one.`]
          : [],
      ),
    );
  }

  toolsOf(tenant: Tenant): readonly SourcedTool[] {
    const all = this.procedures.of(tenant);
    let made = this.made.get(all);
    if (made === undefined) {
      this.made.set(all, (made = all.map(procedure => this.toolOf(procedure, tenant))));
    }
    return made;
  }

  namesOf(tenant: Tenant): readonly string[] {
    return this.procedures.namesOf(tenant);
  }

  mayHaveMore({ config }: Tenant): boolean {
    return config.publishedProcedures;
  }

  private toolOf(procedure: ProvedProcedure, tenant: Tenant): SourcedTool {
    return {
      definition: procedureTool(procedure, tenant),
      handler: {
        execute: (input: unknown, call: ToolCall) =>
          this.calls.run(procedure, input as ProcedureInput, call).catch((error: unknown) => {
            if (hasChanged(error)) this.procedures.checkAgain(tenant);
            throw error;
          }),
      },
    };
  }
}
