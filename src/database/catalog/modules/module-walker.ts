import { Injectable } from '@nestjs/common';
import { AppError } from '../../../common/app-error.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { CatalogRunner, type Requester, type Rows } from '../../connection/catalog-runner.js';
import { int, nvarchar } from '../../driver/parameters.js';
import { sameName } from '../../listed-databases.js';
import { parseObjectName, quotedPlace, shownName } from '../../object-name.js';
import type { DescribedModule, TableType } from '../../policy/modules/described-module.js';
import type { ModuleHeader } from '../../policy/modules/module-header.js';
import { checkModule, ModuleFault, type NamedObject, readHeader } from '../../policy/modules/module-check.js';
import { wholeText } from '../objects/module-text.js';
import { DEFINITION } from '../objects/objects.queries.js';
import { cataloguedParameters, moduleParameters, tableType } from './module-parameters.js';
import { MAY_CALL, namedObjects, PARAMETERS_WITH_TABLES, systemNames, TABLE_TYPE_COLUMNS } from './modules.queries.js';

/** At most so many procedures, functions and views are read for one; what needs more counts as one that may write. */
const MAX_MODULES = 100;
const MAX_NAMES = 1_000;
const NAMES_PER_QUERY = 200;
const SYSTEM_SCHEMAS = new Set(['sys', 'information_schema']);

/** An object with a name that a module uses. */
interface Candidate {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly objectId: number;
  readonly quotedIdentifier: boolean;
  readonly synonymOf: string | undefined;
  readonly version: string;
}

/** What is known of one walk so far. */
interface Walk {
  readonly tenant: Tenant;
  readonly requester: Requester;
  readonly asked: Set<string>;
  readonly candidates: Map<number, Candidate>;
  readonly visited: Map<number, Candidate>;
  /** Schemas of SQL Server's own that are read. */
  readonly system: Map<string, { readonly schema: string; readonly name: string }>;
}

const REFUSED_TYPES: Readonly<Record<string, string>> = {
  PC: 'runs code of an assembly (CLR)',
  FS: 'runs code of an assembly (CLR)',
  FT: 'runs code of an assembly (CLR)',
  AF: 'runs code of an assembly (CLR)',
  X: 'is an extended procedure',
  RF: 'is a procedure for replication',
  ET: 'is an external table',
};

/** Describes procedures and table functions for callers, and finds out whether they only read. */
@Injectable()
export class ModuleWalker {
  constructor(private readonly runner: CatalogRunner) {}

  /**
   * With `reads` every text that the module uses is judged, and a fault says what may do more than read. Without it only
   * the module itself is described. Throws AppError when the database can't be reached.
   */
  async describe(
    tenant: Tenant,
    wanted: { readonly schema: string; readonly name: string },
    reads: boolean,
    signal: AbortSignal,
  ): Promise<DescribedModule | ModuleFault> {
    const walk: Walk = {
      tenant,
      requester: { signal, subject: 'knowledge' },
      asked: new Set(),
      candidates: new Map(),
      visited: new Map(),
      system: new Map(),
    };
    await this.lookUp([wanted.name], walk);
    const found = [...walk.candidates.values()].find(each => sameObject(each, wanted));
    const shown = shownName(wanted.schema, wanted.name);
    if (found === undefined) return new ModuleFault(`There is no procedure or function ${shown}.`);
    const kind = kindOf(found.type);
    if (kind === undefined)
      return new ModuleFault(
        `${shown} ${REFUSED_TYPES[found.type] ?? 'is neither a procedure nor a function that returns a table'}.`,
      );
    const system = await this.systemProcedures([found.name], walk);
    if (system.size > 0) return new ModuleFault(`SQL Server has a procedure named ${found.name} itself.`);
    const full = [int('id', found.objectId), nvarchar('full', quotedPlace(found))];
    if ((await this.rows(MAY_CALL, full, walk))[0]?.[0] === 0)
      return new ModuleFault(`The login of the tenant may not call ${shown}.`);
    const text = await this.textOf(found, walk);
    const header = text === undefined ? undefined : readHeader(text);
    const parameters = await this.parametersOf(found, kind, header?.parameters, walk);
    if (parameters instanceof ModuleFault) return new ModuleFault(`${shown} ${parameters.what}.`);
    const described = { schema: found.schema, name: found.name, kind, parameters };
    if (!reads && kind === 'procedure') return described;
    const fault = await this.walk(found, walk);
    if (fault !== undefined) return fault;
    return {
      ...described,
      reading: {
        objects: [...walk.visited.values(), ...walk.system.values()].map(({ schema, name }) => ({ schema, name })),
        version: {
          names: [...walk.asked].sort(),
          hashes: [...walk.candidates.values()].map(({ version }) => version).sort(),
        },
      },
    };
  }

  /** Visits everything that the module leads to. Returns the first fault, as a sentence. */
  private async walk(first: Candidate, walk: Walk): Promise<ModuleFault | undefined> {
    const queue = [first];
    let modules = 0;
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      if (walk.visited.has(at.objectId)) continue;
      walk.visited.set(at.objectId, at);
      if (at.type === 'U') continue;
      if (++modules > MAX_MODULES)
        return new ModuleFault(
          `${shownName(first.schema, first.name)} uses more than ${MAX_MODULES} views, functions and procedures.`,
        );
      const named = await this.namesIn(at, walk);
      const way = at === first ? '' : ` (which ${shownName(first.schema, first.name)} uses)`;
      if (named instanceof ModuleFault) return new ModuleFault(`${shownName(at.schema, at.name)}${way} ${named.what}.`);
      const next = await this.resolve(named, walk);
      if (next instanceof ModuleFault) return new ModuleFault(`${shownName(at.schema, at.name)}${way} ${next.what}.`);
      queue.push(...next);
    }
    return undefined;
  }

  private async namesIn(module: Candidate, walk: Walk): Promise<readonly NamedObject[] | ModuleFault> {
    const refused = REFUSED_TYPES[module.type];
    if (refused !== undefined) return new ModuleFault(refused);
    const { database } = walk.tenant.config.database;
    if (module.synonymOf !== undefined) return targetOf(module.synonymOf, database);
    const text = await this.textOf(module, walk);
    if (text === undefined) return new ModuleFault('is encrypted, too long, or the login may not read its text');
    if (!module.quotedIdentifier)
      return new ModuleFault('was created with QUOTED_IDENTIFIER OFF, so that its text cannot be read reliably');
    const checked = checkModule(text, database);
    return checked instanceof ModuleFault ? checked : checked.named;
  }

  /** The objects that names mean. A name without its schema may mean each object with that name. */
  private async resolve(named: readonly NamedObject[], walk: Walk): Promise<readonly Candidate[] | ModuleFault> {
    await this.lookUp(
      named.map(({ name }) => name),
      walk,
    );
    if (walk.asked.size > MAX_NAMES)
      return new ModuleFault(`names more than ${MAX_NAMES} objects, with all that it uses`);
    const executed = named.filter(each => each.executed);
    const system = await this.systemProcedures(
      executed.map(({ name }) => name),
      walk,
    );
    const found: Candidate[] = [];
    for (const each of named) {
      const { schema, name } = each;
      if (each.executed && system.has(name.toLowerCase()))
        return new ModuleFault(`executes ${shownName(schema, name)}, which is part of SQL Server`);
      const objects = [...walk.candidates.values()].filter(candidate => sameObject(candidate, each));
      found.push(...objects);
      if (objects.length > 0 || (schema === '' && !each.executed)) continue;
      if (!SYSTEM_SCHEMAS.has(schema.toLowerCase()) || each.executed)
        return new ModuleFault(`names ${shownName(schema, name)}, which is not found in this database`);
      walk.system.set(`${schema}.${name}`.toLowerCase(), { schema, name });
    }
    return found;
  }

  private async lookUp(names: readonly string[], walk: Walk): Promise<void> {
    // Each spelling is asked for: whether two of them are one name depends on the database.
    const wanted = [...new Set(names)].filter(name => !walk.asked.has(name));
    for (const name of wanted) walk.asked.add(name);
    for (const rows of await this.byName(wanted, namedObjects, walk)) {
      for (const candidate of rows.map(candidateOf)) walk.candidates.set(candidate.objectId, candidate);
    }
  }

  private async systemProcedures(names: readonly string[], walk: Walk): Promise<ReadonlySet<string>> {
    const rows = (await this.byName([...new Set(names)], systemNames, walk)).flat();
    return new Set(rows.map(([name]) => String(name).toLowerCase()));
  }

  private async byName(
    names: readonly string[],
    query: (list: string) => string,
    walk: Walk,
  ): Promise<readonly Rows[]> {
    const answers: Rows[] = [];
    for (let i = 0; i < names.length; i += NAMES_PER_QUERY) {
      const parameters = names.slice(i, i + NAMES_PER_QUERY).map((name, n) => nvarchar(`n${n}`, name));
      const list = parameters.map(({ name }) => `@${name}`).join(', ');
      answers.push(await this.rows(query(list), parameters, walk));
    }
    return answers;
  }

  private async textOf({ objectId }: Candidate, walk: Walk): Promise<string | undefined> {
    const read = wholeText(await this.rows(DEFINITION, [int('id', objectId)], walk));
    return read.kind === 'text' && !read.cut ? read.whole : undefined;
  }

  private async parametersOf(
    { objectId }: Candidate,
    kind: DescribedModule['kind'],
    header: ModuleHeader['parameters'] | undefined,
    walk: Walk,
  ): Promise<ReturnType<typeof moduleParameters>> {
    const catalogued = cataloguedParameters(await this.rows(PARAMETERS_WITH_TABLES, [int('id', objectId)], walk));
    const tables = new Map<number, TableType>();
    for (const { table } of catalogued) {
      if (table === undefined || tables.has(table.objectId)) continue;
      const type = tableType(
        table.schema,
        table.name,
        await this.rows(TABLE_TYPE_COLUMNS, [int('id', table.objectId)], walk),
      );
      if (type instanceof ModuleFault) return type;
      tables.set(table.objectId, type);
    }
    return moduleParameters(kind, catalogued, tables, header);
  }

  private async rows(text: string, parameters: Parameters<CatalogRunner['read']>[2], walk: Walk): Promise<Rows> {
    const { sets, cut } = await this.runner.read(walk.tenant, text, parameters, walk.requester);
    if (cut) throw new AppError('RESULT_TOO_LARGE', 'The catalogue has more objects than the server reads.');
    return sets[0] ?? [];
  }
}

function kindOf(type: string): DescribedModule['kind'] | undefined {
  if (type === 'P') return 'procedure';
  return type === 'IF' || type === 'TF' ? 'function' : undefined;
}

function candidateOf([schema, name, type, objectId, quoted, synonymOf, version]: Rows[number]): Candidate {
  return {
    schema: String(schema),
    name: String(name),
    type: String(type).trim(),
    objectId: Number(objectId),
    quotedIdentifier: quoted === true,
    synonymOf: typeof synonymOf === 'string' ? synonymOf : undefined,
    version: String(version),
  };
}

function sameObject(found: Candidate, { schema, name }: { readonly schema: string; readonly name: string }): boolean {
  return (
    found.name.toLowerCase() === name.toLowerCase() &&
    (schema === '' || found.schema.toLowerCase() === schema.toLowerCase())
  );
}

function targetOf(written: string, own: string): readonly NamedObject[] | ModuleFault {
  const elsewhere = new ModuleFault('is a synonym for something outside of this database');
  let parsed: ReturnType<typeof parseObjectName>;
  try {
    parsed = parseObjectName(written);
  } catch {
    return elsewhere;
  }
  const { database, schema = '', name } = parsed;
  return database === undefined || sameName(database, own) ? [{ schema, name, executed: false }] : elsewhere;
}
