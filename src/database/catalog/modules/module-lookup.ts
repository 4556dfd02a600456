import { AppError } from '../../../common/app-error.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { CatalogRunner, Rows } from '../../connection/catalog-runner.js';
import { int, nvarchar, type RpcParameter } from '../../driver/parameters.js';
import { quotedPlace } from '../../object-name.js';
import type { ModuleVersion } from '../../policy/modules/described-module.js';
import { namesIn, wholeText } from '../objects/module-text.js';
import { DEFINITION } from '../objects/objects.queries.js';
import { ASSEMBLY_TYPES, MAY_CALL, namedObjects, systemNames } from './modules.queries.js';

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

/** Finds the objects that the names of modules can mean, for one walk through them. Throws AppError. */
export class ModuleLookup {
  private readonly asked = new Set<string>();
  private readonly candidates = new Map<number, Candidate>();
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
