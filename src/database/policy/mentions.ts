import { sameName } from '../listed-databases.js';

/** An object that a statement names, as the caller wrote it. */
export interface Mention {
  /** As the tenant's settings spell it. */
  readonly database: string;
  /** False where the caller's spelling of the database differs in case, which some servers take for another name. */
  readonly isExact: boolean;
  /** '' when the statement leaves it out. */
  readonly schema: string;
  readonly name: string;
}

/** A statement is at most a megabyte, and most of its names occur several times. */
const MAX_MENTIONS = 50_000;
const MAX_METHOD_CALLS = 500;

/** Collects the objects that a statement names in FROM, JOIN, APPLY and calls, in any of the tenant's databases. */
export class Mentions {
  private readonly found = new Map<string, Mention>();
  private readonly calls = new Map<string, readonly string[]>();

  /** `databases` begins with the tenant's own. */
  constructor(private readonly databases: readonly string[]) {}

  get all(): readonly Mention[] {
    return [...this.found.values()];
  }

  /**
   * Calls that look like methods of a column (`t.doc.value(…)`) and may be functions with the name of a method
   * (`dbo.value(…)`, `Other.dbo.value(…)`). Only the database can tell.
   */
  get methodCalls(): readonly (readonly string[])[] {
    return [...this.calls.values()];
  }

  /** True when there are so many names that some were not collected. */
  get isFull(): boolean {
    return this.found.size >= MAX_MENTIONS || this.calls.size >= MAX_METHOD_CALLS;
  }

  /** The database that the first of three or more parts means; undefined for one that the tenant doesn't list. */
  databaseOf(written: string): Pick<Mention, 'database' | 'isExact'> | undefined {
    const [own = ''] = this.databases;
    if (written === '') return { database: own, isExact: true };
    if (this.databases.includes(written)) return { database: written, isExact: true };
    const folded = this.databases.find(name => sameName(name, written));
    return folded === undefined ? undefined : { database: folded, isExact: false };
  }

  add(mention: Mention): void {
    if (this.isFull) return;
    const { database, isExact, schema, name } = mention;
    this.found.set(JSON.stringify([database, isExact, schema.toLowerCase(), name.toLowerCase()]), mention);
  }

  addMethodCall(parts: readonly string[]): void {
    if (!this.isFull) this.calls.set(JSON.stringify(parts).toLowerCase(), parts);
  }
}
