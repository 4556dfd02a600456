import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../../tenancy/tenant.js';
import { CatalogRunner } from '../../connection/catalog-runner.js';
import { int } from '../../driver/parameters.js';
import { sameName } from '../../listed-databases.js';
import { parseObjectName, shownName } from '../../object-name.js';
import type { DescribedModule, TableType } from '../../policy/modules/described-module.js';
import { checkModule, ModuleFault, type NamedObject, readHeader } from '../../policy/modules/module-check.js';
import type { ModuleHeader } from '../../policy/modules/module-header.js';
import { type Candidate, ModuleLookup } from './module-lookup.js';
import { cataloguedParameters, moduleParameters, tableType } from './module-parameters.js';
import { PARAMETERS_WITH_TABLES, TABLE_TYPE_COLUMNS } from './modules.queries.js';

/** At most so many procedures, functions and views are read for one; what needs more counts as one that may write. */
const MAX_MODULES = 100;
const MAX_NAMES = 1_000;
const SYSTEM_SCHEMAS = new Set(['sys', 'information_schema']);
/** sysobjects and its like, which need no schema; SYSDATETIME() and its like are functions. */
const OLD_VIEW = /^sys(?!datetime|utcdatetime|tem_)/i;
const ASSEMBLY = 'runs code of an assembly (CLR)';
const REFUSED_TYPES: Readonly<Record<string, string>> = {
  PC: ASSEMBLY,
  FS: ASSEMBLY,
  FT: ASSEMBLY,
  AF: ASSEMBLY,
  X: 'is an extended procedure',
  RF: 'is a procedure for replication',
  ET: 'is an external table',
};

interface Place {
  readonly schema: string;
  readonly name: string;
}

/** What one walk has visited. */
interface Walk {
  readonly lookup: ModuleLookup;
  readonly database: string;
  readonly visited: Map<number, Candidate>;
  /** Views and functions of SQL Server itself. */
  readonly system: Map<string, Place>;
}

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
    if (!(await lookup.loginMayCall(found))) return new ModuleFault(`The login of the tenant may not call ${shown}.`);
    const text = await lookup.textOf(found);
    const header = text === undefined ? undefined : readHeader(text);
    const parameters = await parametersOf(found, kind, header?.parameters, lookup);
    if (parameters instanceof ModuleFault) return new ModuleFault(`${shown} ${parameters.what}.`);
    const described = { schema: found.schema, name: found.name, kind, parameters };
    if (!reads && kind === 'procedure') return described;
    const { database } = tenant.config.database;
    const walk: Walk = { lookup, database, visited: new Map(), system: new Map() };
    const fault = await walkFrom(found, walk);
    if (fault !== undefined) return fault;
    const objects = [...walk.visited.values(), ...walk.system.values()].map(({ schema, name }) => ({ schema, name }));
    return { ...described, reading: { objects, version: lookup.version } };
  }
}

/** Visits everything that the module leads to. Returns the first fault, as a sentence. */
async function walkFrom(first: Candidate, walk: Walk): Promise<ModuleFault | undefined> {
  const queue = [first];
  let modules = 0;
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (walk.visited.has(at.objectId)) continue;
    walk.visited.set(at.objectId, at);
    if (at.type === 'U') continue;
    if (++modules > MAX_MODULES)
      return new ModuleFault(`${shownOf(first)} uses more than ${MAX_MODULES} views, functions and procedures.`);
    const named = await namesOf(at, walk);
    const next = named instanceof ModuleFault ? named : await resolve(named, walk);
    const way = at === first ? '' : ` (which ${shownOf(first)} uses)`;
    if (next instanceof ModuleFault) return new ModuleFault(`${shownOf(at)}${way} ${next.what}.`);
    queue.push(...next);
  }
  return undefined;
}

/** The names in the text of a module. A fault continues the name of the module, as those below do. */
async function namesOf(module: Candidate, { lookup, database }: Walk): Promise<readonly NamedObject[] | ModuleFault> {
  const refused = REFUSED_TYPES[module.type];
  if (refused !== undefined) return new ModuleFault(refused);
  if (module.synonymOf !== undefined) return targetOf(module.synonymOf, database);
  const text = await lookup.textOf(module);
  if (text === undefined) return new ModuleFault('is encrypted, too long, or the login may not read its text');
  if (!module.quotedIdentifier)
    return new ModuleFault('was created with QUOTED_IDENTIFIER OFF, so that its text cannot be read reliably');
  if (await lookup.namesAssemblyType(text)) return new ModuleFault('names a type of an assembly (CLR)');
  const checked = checkModule(text, database);
  return checked instanceof ModuleFault ? checked : checked.named;
}

async function resolve(
  named: readonly NamedObject[],
  { lookup, system }: Walk,
): Promise<readonly Candidate[] | ModuleFault> {
  const found = [...(await lookup.find(named.map(({ name }) => name)))];
  if (lookup.names > MAX_NAMES) return new ModuleFault(`names more than ${MAX_NAMES} objects, with all that it uses`);
  const ownedByServer = await lookup.systemProcedures(named.filter(each => each.executed).map(({ name }) => name));
  for (const each of named) {
    const { schema, name, executed } = each;
    if (executed && ownedByServer.has(name.toLowerCase()))
      return new ModuleFault(`executes ${shownOf(each)}, which is part of SQL Server`);
    const objects = lookup.matching(each);
    found.push(...objects);
    if (objects.length > 0) continue;
    // A name of one part may be a built-in function or a common table expression, or one of the old views (sysobjects).
    if (schema === '' && !executed) {
      if (OLD_VIEW.test(name)) system.set(name.toLowerCase(), { schema: 'sys', name });
      continue;
    }
    if (executed || !SYSTEM_SCHEMAS.has(schema.toLowerCase()))
      return new ModuleFault(`names ${shownOf(each)}, which is not found in this database`);
    system.set(`${schema}.${name}`.toLowerCase(), { schema, name });
  }
  return found;
}

/** A synonym may be executed, so its target must be an object of this database. */
function targetOf(written: string, own: string): readonly NamedObject[] | ModuleFault {
  const elsewhere = new ModuleFault('is a synonym for something outside of this database');
  let parsed: ReturnType<typeof parseObjectName>;
  try {
    parsed = parseObjectName(written);
  } catch {
    return elsewhere;
  }
  const { database, schema = '', name } = parsed;
  return database === undefined || sameName(database, own) ? [{ schema, name, executed: true }] : elsewhere;
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

function shownOf({ schema, name }: Place): string {
  return schema === '' ? name : shownName(schema, name);
}
