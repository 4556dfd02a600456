import { Injectable } from '@nestjs/common';
import { KnowledgeService } from '../../knowledge/knowledge.service.js';
import type { Knowledge } from '../../knowledge/loaded-knowledge.js';
import type { ProvedProcedure } from '../../knowledge/proof/proof.types.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { ToolRegistry } from '../tool.registry.js';
import type { SourcedTool, ToolSource } from '../tool-source.js';
import type { ToolCall } from '../tool.js';
import { hasChanged, ProcedureCalls } from './procedure-calls.js';
import { procedureTool, type ProcedureInput } from './procedure-tool.js';

const NONE: readonly SourcedTool[] = [];

/** The procedures and table functions of the knowledge file, each as a tool of its own. */
@Injectable()
export class ProcedureTools implements ToolSource {
  private readonly made = new WeakMap<Knowledge, readonly SourcedTool[]>();

  constructor(
    private readonly knowledge: KnowledgeService,
    private readonly calls: ProcedureCalls,
    registry: ToolRegistry,
  ) {
    registry.addSource(this);
    knowledge.addCheck((_tenant, { procedures }) =>
      procedures.flatMap(({ name }, index) =>
        registry.hasClass(name)
          ? [`procedures[${index}] "${name}": the server has a tool with this name itself; choose another one.`]
          : [],
      ),
    );
  }

  /** None before the first proof: what they take is not known. */
  toolsOf(tenant: Tenant): readonly SourcedTool[] {
    const knowledge = this.knowledge.of(tenant);
    if (knowledge?.proof === undefined) return NONE;
    let made = this.made.get(knowledge);
    if (made === undefined) {
      made = knowledge.proof.procedures.map(procedure => this.toolOf(procedure, tenant));
      this.made.set(knowledge, made);
    }
    return made;
  }

  namesOf(tenant: Tenant): readonly string[] {
    return this.knowledge.of(tenant)?.definitions.procedures.map(({ name }) => name) ?? [];
  }

  private toolOf(procedure: ProvedProcedure, tenant: Tenant): SourcedTool {
    return {
      definition: procedureTool(procedure, tenant),
      handler: {
        execute: (input: unknown, call: ToolCall) =>
          this.calls.run(procedure, input as ProcedureInput, call).catch((error: unknown) => {
            if (hasChanged(error)) this.knowledge.proveAgain(tenant);
            throw error;
          }),
      },
    };
  }
}
