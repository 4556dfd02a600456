import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../../tenancy/tenant.js';
import { CatalogRunner } from '../../connection/catalog-runner.js';
import { int } from '../../driver/parameters.js';
import type { DescribedModule, TableType } from '../../policy/modules/described-module.js';
import { ModuleFault, readHeader } from '../../policy/modules/module-check.js';
import type { ModuleHeader } from '../../policy/modules/module-header.js';
import { type Candidate, ModuleLookup } from './module-lookup.js';
import { ModuleWalk, type Place, REFUSED_TYPES, shownOf } from './module-walk.js';
import { cataloguedParameters, moduleParameters, tableType } from './module-parameters.js';
import { PARAMETERS_WITH_TABLES, TABLE_TYPE_COLUMNS } from './modules.queries.js';

/** Describes procedures and table functions for callers, and finds out whether they only read. */
@Injectable()
export class ModuleWalker {
  constructor(private readonly runner: CatalogRunner) {}

  /**
   * With `reads` every text that the module uses is judged, and a fault says what may do more than read. Without it only
   * the module itself is described. A fault is a sentence. Throws AppError when the database can't be reached.
   */
  async describe(
    tenant: Tenant,
    wanted: Place,
    reads: boolean,
    signal: AbortSignal,
  ): Promise<DescribedModule | ModuleFault> {
    const lookup = new ModuleLookup(this.runner, tenant, signal);
    const shown = shownOf(wanted);
    await lookup.find([wanted.name]);
    const [found] = lookup.matching(wanted);
    if (found === undefined) return new ModuleFault(`There is no procedure or function ${shown}.`);
    const kind = kindOf(found.type);
    if (kind === undefined) {
      const what = REFUSED_TYPES[found.type] ?? 'is neither a procedure nor a function that returns a table';
      return new ModuleFault(`${shown} ${what}.`);
    }
    if ((await lookup.systemProcedures([found.name])).size > 0)
      return new ModuleFault(`SQL Server has a procedure named ${found.name} itself.`);
    if ((await lookup.inMaster([found.name])).size > 0)
      return new ModuleFault(`The database master has an object named ${found.name}, which may be called instead.`);
    if (!(await lookup.loginMayCall(found))) return new ModuleFault(`The login of the tenant may not call ${shown}.`);
    const text = await lookup.textOf(found);
    const header = text === undefined ? undefined : readHeader(text);
    const parameters = await parametersOf(found, kind, header?.parameters, lookup);
    if (parameters instanceof ModuleFault) return new ModuleFault(`${shown} ${parameters.what}.`);
    const described = { schema: found.schema, name: found.name, kind, parameters };
    if (!reads && kind === 'procedure') return described;
    const { database } = tenant.config.database;
    const objects = await new ModuleWalk(found, lookup, database).run();
    if (objects instanceof ModuleFault) return objects;
    return { ...described, reading: { objects, version: lookup.version } };
  }
}

async function parametersOf(
  { objectId }: Candidate,
  kind: DescribedModule['kind'],
  header: ModuleHeader['parameters'] | undefined,
  lookup: ModuleLookup,
): Promise<ReturnType<typeof moduleParameters>> {
  const catalogued = cataloguedParameters(await lookup.rows(PARAMETERS_WITH_TABLES, [int('id', objectId)]));
  const tables = new Map<number, TableType>();
  for (const { table } of catalogued) {
    if (table === undefined || tables.has(table.objectId)) continue;
    const rows = await lookup.rows(TABLE_TYPE_COLUMNS, [int('id', table.objectId)]);
    const type = tableType(table.schema, table.name, rows);
    if (type instanceof ModuleFault) return type;
    tables.set(table.objectId, type);
  }
  return moduleParameters(kind, catalogued, tables, header);
}

function kindOf(type: string): DescribedModule['kind'] | undefined {
  if (type === 'P') return 'procedure';
  return type === 'IF' || type === 'TF' ? 'function' : undefined;
}
