import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { AccessLimits } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { limitsObjects, mayTouch } from '../access.js';
import type { CallContext } from '../call-context.js';
import type { Rows } from '../connection/catalog-runner.js';
import type { ObjectName } from '../object-name.js';
import { CatalogFallback } from './catalog-fallback.js';
import { ambiguousTable, otherDatabase, unknownSchema, unknownTable } from './catalog.errors.js';
import type { TableDescription, TableList, TableSummary } from './catalog.types.js';
import { type KnownTable, knownTables, summaryOf, targetOf } from './known-table.js';
import { type AllTables, RememberedTables } from './remembered-tables.js';
import { tableDescription } from './table-description.js';

export interface CatalogOptions {
  /** Compared case-insensitively. */
  readonly schema?: string | undefined;
  /** A part of the name, compared case-insensitively; it has no wildcards. */
  readonly nameLike?: string | undefined;
  readonly includeViews?: boolean | undefined;
  /** Accepts a list that is up to a minute old, for completions and hints: they must not read everything every time. */
  readonly recent?: boolean | undefined;
  /** Leaves out tables that this person may not use. */
  readonly access?: AccessLimits | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The subject whose turn in the fair queue the call takes. */
  readonly subject?: string | undefined;
}

type LookupOptions = Pick<CatalogOptions, 'access' | 'signal' | 'subject'>;

/** The options of a call: its access limits, its subject, and its signal. */
export function lookupFor({ principal, signal }: Pick<CallContext, 'principal' | 'signal'>): Required<LookupOptions> {
  return { access: principal.access, subject: principal.subject, signal };
}

/** How long a name may be resolved from memory; the description then checks that the table is still there. */
const NAMES_FRESH_MS = 15_000;
/** How old the names may be that hints, completions and error messages are made from. */
const HINTS_FRESH_MS = 60_000;
const MAX_MENTIONED = 20;

/** Lists and describes tables from the sys views, in one round trip each. Row counts never use COUNT(*). */
@Injectable()
export class CatalogService {
  private readonly names: RememberedTables;

  constructor(private readonly catalog: CatalogFallback) {
    this.names = new RememberedTables(catalog);
  }

  /** The tables of `list`. */
  async tables(tenant: Tenant, options: CatalogOptions = {}): Promise<readonly TableSummary[]> {
    return (await this.list(tenant, options)).tables;
  }

  /** All tables, synonyms (and views), ordered by schema and name. Throws AppError UNKNOWN_SCHEMA. */
  async list(tenant: Tenant, options: CatalogOptions = {}): Promise<TableList> {
    const { access, includeViews, recent } = options;
    const [schema, part] = [options.schema?.toLowerCase(), options.nameLike?.toLowerCase()];
    const all = recent === true ? await this.recent(tenant, options) : await this.names.read(tenant, options);
    const visible = visibleOf(all, access);
    const found = schema === undefined ? visible : visible.filter(table => table.schema.toLowerCase() === schema);
    if (options.schema !== undefined && found.length === 0 && !(await this.hasSchema(tenant, options.schema, options)))
      throw unknownSchema(options.schema, visible);
    const tables = found
      .filter(({ type }) => includeViews === true || type !== 'view')
      .filter(({ name }) => part === undefined || name.toLowerCase().includes(part))
      .map(table => summaryOf(table, access));
    return { tables, truncated: all.cut };
  }

  /**
   * A synonym is described by the columns of its target. Throws AppError UNKNOWN_TABLE (with the nearest names),
   * AMBIGUOUS_TABLE (with the candidates), and INVALID_ARGUMENT for a table of another database.
   */
  async table(tenant: Tenant, name: ObjectName, options: LookupOptions = {}): Promise<TableDescription> {
    for (let attempt = 1; ; attempt++) {
      const found = await this.find(tenant, name, options);
      if (found.type === 'synonym') return this.synonym(tenant, found, options);
      const sets = await this.catalog.table(tenant, found, options);
      const now = (sets[0] ?? []).filter(([schema, table]) => mayTouch(options.access, String(schema), String(table)));
      if (stillTrue(found, name, now) || attempt > 2) return tableDescription(summaryOf(found, options.access), sets);
      this.names.forget(tenant);
    }
  }

  /** Returns the catalogue's own spelling of a name. Throws the same errors as `table`. */
  async resolve(tenant: Tenant, name: ObjectName, options: LookupOptions = {}): Promise<TableSummary> {
    return summaryOf(await this.find(tenant, name, options), options.access);
  }

  /** Returns the columns of the tables whose names occur in a text: of the 20 longest names. */
  async columnsOfMentioned(tenant: Tenant, text: string, options: LookupOptions = {}): Promise<readonly string[]> {
    const lower = text.toLowerCase();
    const mentioned = visibleOf(await this.recent(tenant, options), options.access)
      .filter(({ name }) => lower.includes(name.toLowerCase()))
      .sort((a, b) => b.name.length - a.name.length)
      .slice(0, MAX_MENTIONED)
      .map(table => targetOf(table, options.access)?.place ?? table);
    const rows = await this.catalog.columns(tenant, mentioned, options);
    return rows.map(([, , column]) => String(column));
  }

  private async synonym(tenant: Tenant, synonym: KnownTable, options: LookupOptions): Promise<TableDescription> {
    const place = targetOf(synonym, options.access)?.place;
    const base = await (place === undefined
      ? undefined
      : this.table(tenant, { schema: place.schema, name: place.name }, options).catch(undefinedIfUnknown));
    const { schema, name: table, type, ...facts } = summaryOf(synonym, options.access);
    if (base !== undefined) return { ...base, table, schema, type, ...facts };
    const message =
      'The target of this synonym is in another database or cannot be seen, so its columns are not known here. A query with TOP (0) shows them, if it may be read.';
    return { ...tableDescription({ schema, name: table, type, ...facts }, []), message };
  }

  private async find(tenant: Tenant, wanted: ObjectName, options: LookupOptions): Promise<KnownTable> {
    const own = tenant.config.database.database;
    if (wanted.database !== undefined && wanted.database.toLowerCase() !== own.toLowerCase())
      throw otherDatabase(wanted.database, own);
    const fresh = this.names.youngerThan(NAMES_FRESH_MS, tenant);
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

  private async recent(tenant: Tenant, options: LookupOptions): Promise<AllTables> {
    return this.names.youngerThan(HINTS_FRESH_MS, tenant) ?? (await this.names.read(tenant, options));
  }

  /** Whether there is a schema, with tables or without, which the person may use. */
  private async hasSchema(tenant: Tenant, wanted: string, options: LookupOptions): Promise<boolean> {
    return maySee(options.access, wanted) && (await this.catalog.hasSchema(tenant, wanted, options));
  }
}

function visibleOf({ tables }: Pick<AllTables, 'tables'>, access: AccessLimits | undefined): readonly KnownTable[] {
  return tables.filter(({ schema, name }) => mayTouch(access, schema, name));
}

function maySee(access: AccessLimits | undefined, schema: string): boolean {
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

/** Whether the table that was found still exists, with its name, and is still the only match. */
function stillTrue(found: KnownTable, wanted: ObjectName, now: Rows): boolean {
  const there = now.some(
    ([schema, name, , id]) => id === found.objectId && schema === found.schema && name === found.name,
  );
  return there && (wanted.schema !== undefined || now.length === 1);
}

function undefinedIfUnknown(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'UNKNOWN_TABLE') return undefined;
  throw error;
}
