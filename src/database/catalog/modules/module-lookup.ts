import { AppError } from '../../../common/app-error.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { CatalogRunner, Rows } from '../../connection/catalog-runner.js';
import { int, nvarchar, type RpcParameter } from '../../driver/parameters.js';
import { quotedPlace } from '../../object-name.js';
import type { ModuleVersion } from '../../policy/modules/described-module.js';
import type { PartKind } from '../../policy/modules/module-version.js';
import { namesIn, wholeText } from '../objects/module-text.js';
import { DEFINITION } from '../objects/objects.queries.js';
import {
  ASSEMBLY_TYPES,
  databasesAmong,
  MAY_CALL,
  namedObjects,
  namesInMaster,
  SEES_POLICIES,
  systemNames,
  tableParts,
} from './modules.queries.js';

const NAMES_PER_QUERY = 200;

/** An object with a name that a module uses. */
export interface Candidate {
  readonly schema: string;
  readonly name: string;
  /** As sys.objects has it, without spaces. */
  readonly type: string;
  readonly objectId: number;
  readonly quotedIdentifier: boolean;
  readonly synonymOf: string | undefined;
  readonly version: string;
}

/** What a table may run when it is read. */
export interface TablePart {
  readonly objectId: number;
  readonly kind: PartKind;
  /** Undefined where it can't be read. */
  readonly text: string | undefined;
  readonly version: string;
}

/** Finds the objects that the names of modules can mean, for one walk through them. Throws AppError. */
export class ModuleLookup {
  private readonly asked = new Set<string>();
  private readonly candidates = new Map<number, Candidate>();
  private readonly parts: TablePart[] = [];
  private readonly notDatabases = new Set<string>();
  private policies: Promise<boolean> | undefined;
  private usesAssembly: Promise<(text: string) => boolean> | undefined;

  constructor(
    private readonly runner: CatalogRunner,
    private readonly tenant: Tenant,
    private readonly signal: AbortSignal,
  ) {}

  get names(): number {
    return this.asked.size;
  }

  /** The state of everything that was found. */
  get version(): ModuleVersion {
    return {
      names: [...this.asked].sort(),
      hashes: [...this.candidates.values()].map(({ version }) => version).sort(),
      parts: this.parts.map(({ version }) => version).sort(),
      notDatabases: [...this.notDatabases].sort(),
    };
  }

  /** Returns the objects that the database takes for one of the names, although they are spelled otherwise. */
  async find(names: readonly string[]): Promise<readonly Candidate[]> {
    // Each spelling is asked for: whether two of them are one name depends on the database.
    const wanted = [...new Set(names)].filter(name => !this.asked.has(name));
    for (const name of wanted) this.asked.add(name);
    const spelled = new Set(wanted.map(name => name.toLowerCase()));
    const found = (await this.byName(wanted, namedObjects)).map(candidateOf);
    for (const candidate of found) this.candidates.set(candidate.objectId, candidate);
    this.parts.push(...(await this.byName(wanted, tableParts)).map(partOf));
    // The collation of a database may take names for equal that differ in more than case.
    return found.filter(({ name }) => !spelled.has(name.toLowerCase()));
  }

  /** The objects among those found that a name can mean. Without its schema it may mean one of any schema. */
  matching({ schema, name }: { readonly schema: string; readonly name: string }): readonly Candidate[] {
    return [...this.candidates.values()].filter(
      found =>
        found.name.toLowerCase() === name.toLowerCase() &&
        (schema === '' || found.schema.toLowerCase() === schema.toLowerCase()),
    );
  }

  /** Those of the names, in lower case, that procedures of SQL Server itself have. */
  async systemProcedures(names: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.byName([...new Set(names)], systemNames);
    return new Set(rows.map(([name]) => String(name).toLowerCase()));
  }

  /** The first of the names that is a database. If there is none, they may not become one either. */
  async databaseAmong(names: readonly string[]): Promise<string | undefined> {
    const wanted = names.filter(name => !this.notDatabases.has(name));
    const [found] = await this.byName(wanted, databasesAmong);
    for (const name of wanted) this.notDatabases.add(name);
    return found === undefined ? undefined : String(found[0]);
  }

  /** Those of the names, in lower case, that objects of master have which are found from every database. */
  async inMaster(names: readonly string[]): Promise<ReadonlySet<string>> {
    const wanted = names.filter(name => /^sp_/i.test(name));
    const rows = await this.byName([...new Set(wanted)], namesInMaster);
    return new Set(rows.map(([name]) => String(name).toLowerCase()));
  }

  partsOf({ objectId }: Candidate): readonly TablePart[] {
    return this.parts.filter(part => part.objectId === objectId);
  }

  /** Whether the login sees which security policies filter a table. */
  seesPolicies(): Promise<boolean> {
    return (this.policies ??= this.rows(SEES_POLICIES, []).then(([row]) => row?.[0] === 1));
  }

  /** Undefined for a text that is encrypted, too long, or closed to the login. */
  async textOf({ objectId }: Candidate): Promise<string | undefined> {
    const read = wholeText(await this.rows(DEFINITION, [int('id', objectId)]));
    return read.kind === 'text' && !read.cut ? read.whole : undefined;
  }

  /** Whether a text names a type whose values run the code of an assembly. */
  async namesAssemblyType(text: string): Promise<boolean> {
    this.usesAssembly ??= this.rows(ASSEMBLY_TYPES, []).then(rows => namesIn(rows.map(([name]) => String(name))));
    return (await this.usesAssembly)(text);
  }

  async loginMayCall(found: Candidate): Promise<boolean> {
    const [row] = await this.rows(MAY_CALL, [int('id', found.objectId), nvarchar('full', quotedPlace(found))]);
    return row?.[0] !== 0;
  }

  async rows(text: string, parameters: readonly RpcParameter[]): Promise<Rows> {
    const requester = { signal: this.signal, subject: 'knowledge' };
    const { sets, cut } = await this.runner.read(this.tenant, text, parameters, requester);
    if (cut) throw new AppError('RESULT_TOO_LARGE', 'The catalogue has more objects than the server reads.');
    return sets[0] ?? [];
  }

  private async byName(names: readonly string[], query: (list: string) => string): Promise<Rows> {
    const answers: Rows[] = [];
    for (let i = 0; i < names.length; i += NAMES_PER_QUERY) {
      const parameters = names.slice(i, i + NAMES_PER_QUERY).map((name, n) => nvarchar(`n${n}`, name));
      answers.push(await this.rows(query(parameters.map(({ name }) => `@${name}`).join(', ')), parameters));
    }
    return answers.flat();
  }
}

function partOf([objectId, kind, text, version]: Rows[number]): TablePart {
  return {
    objectId: Number(objectId),
    kind: String(kind) as PartKind,
    text: typeof text === 'string' ? text : undefined,
    version: String(version),
  };
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
