import { Injectable } from '@nestjs/common';
import { ModuleWalker } from '../../database/catalog/modules/module-walker.js';
import { CatalogRunner } from '../../database/connection/catalog-runner.js';
import { quotedPlace, shownName } from '../../database/object-name.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { MAX_DECLARED_TOOLS } from '../file/cross-checks.js';
import { name as toolName } from '../file/field-schemas.js';
import type { DeclaredProcedure, Definitions } from '../file/definitions.js';
import { ProcedureProver } from '../proof/procedure-prover.js';
import type { ItemProof, ProvedProcedure } from '../proof/proof.types.js';
import { PUBLISHED } from './published.query.js';

/** What the extended properties of a database publish. */
export interface Published {
  readonly procedures: readonly ProvedProcedure[];
  /** Those that are not offered, with the reason. */
  readonly refused: readonly ItemProof[];
}

const MAX_READ = 200;

/** Finds the procedures that a DBA has published with T-SQL, and judges each as one of the knowledge file. */
@Injectable()
export class PublishedProver {
  private isReserved: (name: string) => boolean = () => false;

  constructor(
    private readonly runner: CatalogRunner,
    private readonly prover: ProcedureProver,
  ) {}

  /** A prover outside of Nest. */
  static over(runner: CatalogRunner): PublishedProver {
    return new PublishedProver(runner, new ProcedureProver(new ModuleWalker(runner)));
  }

  /** Refuses the names of the server's own tools, which only higher modules know. */
  reserve(isReserved: (name: string) => boolean): void {
    this.isReserved = isReserved;
  }

  /**
   * `definitions` are those of the knowledge file, whose names come first. What only reads is found out; the rest is for
   * tenants that write. Throws AppError when the database can't be reached.
   */
  async prove(tenant: Tenant, definitions: Definitions | undefined, signal: AbortSignal): Promise<Published> {
    const { sets } = await this.runner.read(tenant, PUBLISHED, [], { signal, subject: 'knowledge' }, MAX_READ);
    const taken = namesOf(definitions);
    let free = MAX_DECLARED_TOOLS - toolsOf(definitions);
    const procedures: ProvedProcedure[] = [];
    const refused: ItemProof[] = [];
    for (const [schema, procedure, tool, description] of sets[0] ?? []) {
      const place = { schema: String(schema), name: String(procedure) };
      const name = String(tool ?? '');
      const refuse = (reason: string): void =>
        void refused.push({ kind: 'procedure', name: shownName(place.schema, place.name), state: 'broken', reason });
      if (!toolName.safeParse(name).success) refuse('Its mcp_tool is not the name of a tool, such as close_month.');
      else if (this.isReserved(name)) refuse(`The server has a tool with the name ${name} itself.`);
      else if (taken.has(name)) refuse(`There is another tool, metric or query with the name ${name}.`);
      else if (free <= 0) refuse(`The tenant has ${MAX_DECLARED_TOOLS} declared tools already.`);
      else {
        const definition = definitionOf(name, place, description);
        const judged = await this.judge(tenant, definition, signal);
        if (typeof judged === 'string') refuse(judged);
        else {
          procedures.push(judged);
          taken.add(name);
          free--;
        }
      }
    }
    return { procedures, refused };
  }

  private async judge(
    tenant: Tenant,
    definition: DeclaredProcedure,
    signal: AbortSignal,
  ): Promise<ProvedProcedure | string> {
    const reading = await this.prover.prove(tenant, { ...definition, reads: true }, signal);
    if (reading.proved !== undefined) return reading.proved;
    const reason = reading.item.reason ?? '';
    if (tenant.config.readOnly) return reason;
    const { proved, item } = await this.prover.prove(tenant, definition, signal);
    return proved ?? item.reason ?? reason;
  }
}

function definitionOf(
  name: string,
  place: { readonly schema: string; readonly name: string },
  description: unknown,
): DeclaredProcedure {
  const words = name.replaceAll('_', ' ');
  return {
    name,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    procedure: quotedPlace(place),
    reads: false,
    ...(typeof description === 'string' && description.trim() !== '' ? { meaning: description.trim() } : {}),
  };
}

function namesOf(definitions: Definitions | undefined): Set<string> {
  const { metrics = [], queries = [], procedures = [] } = definitions ?? {};
  return new Set([...metrics, ...queries, ...procedures].map(({ name }) => name));
}

function toolsOf(definitions: Definitions | undefined): number {
  const { queries = [], procedures = [] } = definitions ?? {};
  return queries.filter(query => query.as_tool).length + procedures.length;
}
