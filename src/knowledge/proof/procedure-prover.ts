import { Injectable } from '@nestjs/common';
import { suggestion } from '../../common/nearest-names.js';
import { isRefusal } from '../../database/catalog/catalog-attempts.js';
import { ModuleWalker } from '../../database/catalog/modules/module-walker.js';
import { parseObjectName } from '../../database/object-name.js';
import type { DescribedModule, ModuleParameter } from '../../database/policy/modules/described-module.js';
import { ModuleFault } from '../../database/policy/modules/module-check.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { DeclaredProcedure } from '../file/definitions.js';
import type { ItemProof, ProvedProcedure } from './proof.types.js';

/** The names that the APIs of models accept for an argument. */
const ARGUMENT = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
/** The APIs of models accept at most 100 properties, including those of rows; a tool has two of its own. */
const MAX_FIELDS = 98;
/** The argument of a tool that changes data. */
export const CONFIRM_TOKEN = 'confirm_token';

export interface ProcedureProof {
  readonly item: ItemProof;
  /** Absent for a procedure that can't be offered. */
  readonly proved?: ProvedProcedure;
}

/** Compares declared procedures with the database. Nothing is run: the catalogue and the texts of modules are read. */
@Injectable()
export class ProcedureProver {
  constructor(private readonly walker: ModuleWalker) {}

  /** Throws AppError when the database can't be reached. */
  async prove(tenant: Tenant, definition: DeclaredProcedure, signal: AbortSignal): Promise<ProcedureProof> {
    const described = await this.describe(tenant, definition, signal);
    if (typeof described === 'string') return broken(definition, described);
    const module = { ...described, parameters: described.parameters.filter(isPassable) };
    const fault = parameterFault(definition, described);
    if (fault !== undefined) return broken(definition, fault);
    return {
      item: { kind: 'procedure', name: definition.name, state: 'proved' },
      proved: { definition, module },
    };
  }

  /** Returns a sentence for a procedure that can't be offered. */
  private async describe(
    tenant: Tenant,
    { procedure, reads }: DeclaredProcedure,
    signal: AbortSignal,
  ): Promise<DescribedModule | string> {
    const { schema = '', name } = parseObjectName(procedure);
    try {
      const described = await this.walker.describe(tenant, { schema, name }, reads, signal);
      return described instanceof ModuleFault ? described.what : described;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return 'This database server does not show the parameters and the text of the procedure.';
    }
  }
}

function broken({ name }: DeclaredProcedure, reason: string): ProcedureProof {
  return { item: { kind: 'procedure', name, state: 'broken', reason } };
}

function isPassable({ name, required, output }: ModuleParameter): boolean {
  return ARGUMENT.test(name) || required || output;
}

function parameterFault(
  { parameters: described = [] }: DeclaredProcedure,
  { parameters, kind, reading }: DescribedModule,
): string | undefined {
  const fields = parameters.length + parameters.flatMap(({ table }) => table?.columns ?? []).length;
  if (fields > MAX_FIELDS) return `It has more than ${MAX_FIELDS} parameters, with the columns of its table types.`;
  const odd = parameters.find(
    parameter => !ARGUMENT.test(parameter.name) && (!isOmitted(parameter) || kind === 'function'),
  );
  if (odd !== undefined)
    return `A tool cannot have an argument with the name of its parameter @${odd.name}: only A to Z, digits and _ are possible.`;
  const column = parameters.flatMap(({ table }) => table?.columns ?? []).find(({ name }) => !ARGUMENT.test(name));
  if (column !== undefined)
    return `A tool cannot have a field with the name of the column ${column.name} of a table type: only A to Z, digits and _ are possible.`;
  if (reading === undefined && parameters.some(({ name }) => name.toLowerCase() === CONFIRM_TOKEN))
    return `Its parameter @${CONFIRM_TOKEN} has the name of an argument that every tool which changes data has. Rename it.`;
  const names = parameters.map(({ name }) => name);
  const unknown = described.find(({ name }) => !names.some(each => each.toLowerCase() === name.toLowerCase()));
  if (unknown === undefined) return undefined;
  return `It has no parameter @${unknown.name}. ${suggestion(unknown.name, names) ?? ''}`.trim();
}

function isOmitted({ required, output }: ModuleParameter): boolean {
  return !required && !output;
}
