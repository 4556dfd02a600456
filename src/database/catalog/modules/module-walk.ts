import { parseObjectName, shownName } from '../../object-name.js';
import {
  checkExpression,
  checkModule,
  ModuleFault,
  type NamedObject,
  type Naming,
} from '../../policy/modules/module-check.js';
import type { Candidate, ModuleLookup, TablePart } from './module-lookup.js';

/** At most so many procedures, functions and views are read for one; what needs more counts as one that may write. */
const MAX_MODULES = 100;
const MAX_NAMES = 1_000;
const SYSTEM_SCHEMAS = new Set(['sys', 'information_schema']);
/** sysobjects and its like, which need no schema; SYSDATETIME() and its like are functions. */
const OLD_VIEW = /^sys(?!datetime|utcdatetime|tem_)/i;
const ASSEMBLY = 'runs code of an assembly (CLR)';
export const REFUSED_TYPES: Readonly<Record<string, string>> = {
  PC: ASSEMBLY,
  FS: ASSEMBLY,
  FT: ASSEMBLY,
  AF: ASSEMBLY,
  X: 'is an extended procedure',
  RF: 'is a procedure for replication',
  ET: 'is an external table',
};

export interface Place {
  readonly schema: string;
  readonly name: string;
}

/** Visits everything that a module leads to, in two steps: what its code uses, and what tables run when they are read. */
export class ModuleWalk {
  private readonly visited = new Map<number, Candidate>();
  /** Views and functions of SQL Server itself. */
  private readonly system = new Map<string, Place>();
  private modules = 0;

  constructor(
    private readonly first: Candidate,
    private readonly lookup: ModuleLookup,
    private readonly database: string,
  ) {}

  /**
   * Returns what the code uses, or the first fault, as a sentence. What only a table uses (the function of a security
   * policy) is not among it: a person who may read the table need not be allowed to read that.
   */
  async run(): Promise<readonly Place[] | ModuleFault> {
    const fault = await this.visit([this.first], false);
    if (fault !== undefined) return fault;
    const used = [...this.visited.values(), ...this.system.values()].map(({ schema, name }) => ({ schema, name }));
    const tables = [...this.visited.values()].filter(({ type }) => type === 'U');
    for (const table of tables) this.visited.delete(table.objectId);
    return (await this.visit(tables, true)) ?? used;
  }

  private async visit(from: readonly Candidate[], withTables: boolean): Promise<ModuleFault | undefined> {
    const queue = [...from];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      if (this.visited.has(at.objectId)) continue;
      this.visited.set(at.objectId, at);
      const next = await this.usedBy(at, withTables);
      if (next instanceof ModuleFault) {
        const way = at === this.first ? '' : ` (which ${shownOf(this.first)} uses)`;
        return new ModuleFault(`${shownOf(at)}${way} ${next.what}.`);
      }
      queue.push(...next);
      if (this.modules > MAX_MODULES)
        return new ModuleFault(`${shownOf(this.first)} uses more than ${MAX_MODULES} views, functions and procedures.`);
    }
    return undefined;
  }

  /** A fault continues the name of the object, as those below do. */
  private async usedBy(at: Candidate, withTables: boolean): Promise<readonly Candidate[] | ModuleFault> {
    if (at.type === 'U') return withTables ? this.usedByTable(at) : [];
    this.modules++;
    const naming = await this.namingOf(at);
    return naming instanceof ModuleFault ? naming : this.resolve(naming);
  }

  private async usedByTable(table: Candidate): Promise<readonly Candidate[] | ModuleFault> {
    // learn.microsoft.com: sys.security_predicates, Permissions
    if (!(await this.lookup.seesPolicies()))
      return new ModuleFault(
        'may have a security policy that the login cannot see: it needs VIEW DEFINITION on the database',
      );
    const found: Candidate[] = [];
    for (const part of this.lookup.partsOf(table)) {
      const naming = namingOfPart(part, this.database);
      const next = naming instanceof ModuleFault ? naming : await this.resolve(naming);
      if (next instanceof ModuleFault) return next;
      found.push(...next);
    }
    return found;
  }

  private async namingOf(module: Candidate): Promise<Naming | ModuleFault> {
    const { lookup, database } = this;
    const refused = REFUSED_TYPES[module.type];
    if (refused !== undefined) return new ModuleFault(refused);
    if (module.synonymOf !== undefined) return targetOf(module.synonymOf, database);
    const text = await lookup.textOf(module);
    if (text === undefined) return new ModuleFault('is encrypted, too long, or the login may not read its text');
    if (!module.quotedIdentifier)
      return new ModuleFault('was created with QUOTED_IDENTIFIER OFF, so that its text cannot be read reliably');
    if (lookup.partsOf(module).length > 0 || (await lookup.namesAssemblyType(text)))
      return new ModuleFault('uses a type of an assembly (CLR)');
    return checkModule(text, database);
  }

  private async resolve({ named, notDatabases }: Naming): Promise<readonly Candidate[] | ModuleFault> {
    const { lookup, system } = this;
    const names = named.map(({ name }) => name);
    const found = [...(await lookup.find(names))];
    if (lookup.names > MAX_NAMES) return new ModuleFault(`names more than ${MAX_NAMES} objects, with all that it uses`);
    const database = await lookup.databaseAmong(notDatabases);
    if (database !== undefined) return new ModuleFault(`may call a function of the database ${database}`);
    const inMaster = await lookup.inMaster(names);
    const ownedByServer = await lookup.systemProcedures(named.filter(each => each.executed).map(({ name }) => name));
    for (const each of named) {
      const { schema, name, executed, mayBeMethod } = each;
      if (executed && ownedByServer.has(name.toLowerCase()))
        return new ModuleFault(`executes ${shownOf(each)}, which is part of SQL Server`);
      if (inMaster.has(name.toLowerCase()))
        return new ModuleFault(
          `names ${shownOf(each)}, and master has an object of this name, which may be used instead`,
        );
      const objects = lookup.matching(each);
      found.push(...objects);
      if (objects.length > 0 || mayBeMethod === true) continue;
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
}

/** What can't be read is refused, as everywhere. */
function namingOfPart({ kind, text }: TablePart, database: string): Naming | ModuleFault {
  switch (kind) {
    case 'external':
      return new ModuleFault('is an external table');
    case 'assembly':
      return new ModuleFault(`has the column ${text ?? ''}, whose type an assembly (CLR) defines`);
    case 'computed':
    case 'filter': {
      const what = kind === 'computed' ? 'a computed column' : 'a security policy';
      if (text === undefined) return new ModuleFault(`has ${what} whose text the login may not read`);
      const naming = checkExpression(text, database);
      return naming instanceof ModuleFault ? new ModuleFault(`has ${what} that ${naming.what}`) : naming;
    }
    default:
      return kind satisfies never;
  }
}

/** A synonym may be executed, so its target must be an object of this database. */
function targetOf(written: string, own: string): Naming | ModuleFault {
  const elsewhere = new ModuleFault('is a synonym for something outside of this database');
  let parsed: ReturnType<typeof parseObjectName>;
  try {
    parsed = parseObjectName(written);
  } catch {
    return elsewhere;
  }
  const { database = own, schema = '', name } = parsed;
  const named: NamedObject = { schema, name, executed: true };
  return database === own ? { named: [named], notDatabases: [] } : elsewhere;
}

export function shownOf({ schema, name }: Place): string {
  return schema === '' ? name : shownName(schema, name);
}
