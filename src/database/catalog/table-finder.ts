import { AppError } from '../../common/app-error.js';
import type { AccessLimits } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { limitsObjects, mayTouch } from '../access.js';
import type { Requester } from '../connection/catalog-runner.js';
import type { ObjectName } from '../object-name.js';
import type { CatalogFallback } from './catalog-fallback.js';
import { ambiguousTable, unknownTable } from './catalog.errors.js';
import { type KnownTable, knownTables } from './known-table.js';
import { type AllTables, RememberedTables } from './remembered-tables.js';

/** For whom a table is looked up, and in which database. */
export interface LookupOptions extends Requester {
  /** The person's rules for that database. */
  readonly access?: AccessLimits | undefined;
}

/** How long a name may be resolved from memory; the description then checks that the table is still there. */
const NAMES_FRESH_MS = 15_000;
/** How old the names may be that hints, completions and error messages are made from. */
const HINTS_FRESH_MS = 60_000;

/** Finds tables by the names that people write, and keeps the last list of each database. */
export class TableFinder {
  private readonly names: RememberedTables;

  constructor(private readonly catalog: CatalogFallback) {
    this.names = new RememberedTables(catalog);
  }

  /** All tables as they are now. */
  all(tenant: Tenant, options: LookupOptions): Promise<AllTables> {
    return this.names.read(tenant, options);
  }

  /** The same, up to a minute old. */
  async recent(tenant: Tenant, options: LookupOptions): Promise<AllTables> {
    return this.names.youngerThan(HINTS_FRESH_MS, tenant, options.database) ?? (await this.names.read(tenant, options));
  }

  /** Forgets the list of a database, because a table of it has changed. */
  forget(tenant: Tenant, { database }: LookupOptions): void {
    this.names.forget(tenant, database);
  }

  /** Throws AppError UNKNOWN_TABLE (with the nearest names) and AMBIGUOUS_TABLE (with the candidates). */
  async find(tenant: Tenant, wanted: ObjectName, options: LookupOptions): Promise<KnownTable> {
    const fresh = this.names.youngerThan(NAMES_FRESH_MS, tenant, options.database);
    const [known, another] = fresh === undefined ? [] : matching(visibleOf(fresh, options.access), wanted);
    // The description of a table shows whether it is still there; that of a synonym does not.
    if (known !== undefined && another === undefined && known.type !== 'synonym') return known;
    const named = knownTables(await this.catalog.tablesNamed(tenant, wanted.name, options));
    return (
      only(wanted, matching(visibleOf({ tables: named }, options.access), wanted)) ??
      this.respelled(tenant, wanted, options)
    );
  }

  /** In a database that distinguishes case the table may have another spelling. Throws AppError UNKNOWN_TABLE. */
  private async respelled(tenant: Tenant, wanted: ObjectName, options: LookupOptions): Promise<KnownTable> {
    const visible = visibleOf(await this.recent(tenant, options), options.access);
    // A table that is remembered with this very spelling, and was not found now, was dropped.
    const others = visible.filter(({ name }) => name !== wanted.name);
    const found = only(wanted, matching(others, wanted));
    if (found === undefined) throw unknownTable(wanted, visible);
    return found;
  }
}

export function visibleOf(
  { tables }: Pick<AllTables, 'tables'>,
  access: AccessLimits | undefined,
): readonly KnownTable[] {
  return tables.filter(({ schema, name }) => mayTouch(access, schema, name));
}

/** Whether the person may use anything in this schema. */
export function maySee(access: AccessLimits | undefined, schema: string): boolean {
  if (access === undefined || !limitsObjects(access)) return true;
  const wanted = schema.toLowerCase();
  return (
    (access.schemas?.some(allowed => allowed.toLowerCase() === wanted) ?? false) ||
    (access.tables?.some(allowed => allowed.toLowerCase().startsWith(`${wanted}.`)) ?? false)
  );
}

/** Matches case-insensitively. If several tables match, the exact spelling wins. */
function matching(tables: readonly KnownTable[], wanted: ObjectName): readonly KnownTable[] {
  const name = wanted.name.toLowerCase();
  const schema = wanted.schema?.toLowerCase();
  const found = tables.filter(
    table => table.name.toLowerCase() === name && (schema === undefined || table.schema.toLowerCase() === schema),
  );
  if (found.length < 2) return found;
  const exact = found.filter(
    table => table.name === wanted.name && (wanted.schema === undefined || table.schema === wanted.schema),
  );
  return exact.length === 0 ? found : exact;
}

/** Throws AppError AMBIGUOUS_TABLE. */
function only(wanted: ObjectName, matches: readonly KnownTable[]): KnownTable | undefined {
  if (matches.length > 1) throw ambiguousTable(wanted, matches);
  return matches[0];
}

export function undefinedIfUnknown(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'UNKNOWN_TABLE') return undefined;
  throw error;
}
