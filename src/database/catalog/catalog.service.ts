import { Injectable } from '@nestjs/common';
import type { Tenant } from '../../tenancy/tenant.js';
import { limitsObjects, mayTouch } from '../access.js';
import type { CallContext } from '../call-context.js';
import type { Rows } from '../connection/catalog-runner.js';
import { listedDatabase } from '../listed-databases.js';
import { type ObjectName, parseObjectName } from '../object-name.js';
import { CatalogFallback } from './catalog-fallback.js';
import { unknownSchema } from './catalog.errors.js';
import type { TableDescription, TableList, TableSummary } from './catalog.types.js';
import { CopiedTables } from './copied-tables.js';
import { type KnownTable, summaryOf, targetOf } from './known-table.js';
import { tableDescription } from './table-description.js';
import { type LookupOptions, maySee, TableFinder, undefinedIfUnknown, visibleOf } from './table-finder.js';
import { type CallerOptions, within } from './within-database.js';

export interface CatalogOptions extends CallerOptions {
  /** Compared case-insensitively. */
  readonly schema?: string | undefined;
  /** A part of the name, compared case-insensitively; it has no wildcards. */
  readonly nameLike?: string | undefined;
  readonly includeViews?: boolean | undefined;
  /**
   * Accepts a list that is up to a minute old, for completions and hints: they must not read everything every time. It
   * does not say what looks like a copy of another table.
   */
  readonly recent?: boolean | undefined;
}

/** The options of a call: its access limits, its subject, and its signal. */
export function lookupFor({
  principal,
  signal,
}: Pick<CallContext, 'principal' | 'signal'>): Required<Omit<CallerOptions, 'database'>> {
  return { access: principal.access, subject: principal.subject, signal };
}

const MAX_MENTIONED = 20;

/** Lists and describes tables from the sys views, in one round trip each. Row counts never use COUNT(*). */
@Injectable()
export class CatalogService {
  private readonly finder: TableFinder;
  private readonly copies: CopiedTables;

  constructor(private readonly catalog: CatalogFallback) {
    this.finder = new TableFinder(catalog);
    this.copies = new CopiedTables(catalog);
  }

  /** The tables of `list`. */
  async tables(tenant: Tenant, options: CatalogOptions = {}): Promise<readonly TableSummary[]> {
    return (await this.list(tenant, options)).tables;
  }

  /**
   * All tables, synonyms (and views), ordered by schema and name. Throws AppError UNKNOWN_SCHEMA, and INVALID_ARGUMENT
   * for a database that the tenant doesn't list.
   */
  async list(tenant: Tenant, given: CatalogOptions = {}): Promise<TableList> {
    const options = { ...given, ...within(tenant, given.database, given) };
    const { access, includeViews, database } = options;
    const [schema, part] = [options.schema?.toLowerCase(), options.nameLike?.toLowerCase()];
    const recent = options.recent === true;
    const all = recent ? await this.finder.recent(tenant, options) : await this.finder.all(tenant, options);
    const visible = visibleOf(all, access);
    const found = schema === undefined ? visible : visible.filter(table => table.schema.toLowerCase() === schema);
    if (options.schema !== undefined && found.length === 0 && !(await this.hasSchema(tenant, options.schema, options)))
      throw unknownSchema(options.schema, visible);
    const wanted = found
      .filter(({ type }) => includeViews === true || type !== 'view')
      .filter(({ name }) => part === undefined || name.toLowerCase().includes(part));
    const copies = recent
      ? new Map<KnownTable, KnownTable>()
      : await this.copies.among(tenant, wanted, visible, options);
    const tables = wanted.map(table =>
      summaryOf({ ...table, copyOf: table.copyOf ?? copies.get(table) }, access, database),
    );
    return { tables, truncated: all.cut };
  }

  /**
   * A synonym is described by the columns of its target. Throws AppError UNKNOWN_TABLE (with the nearest names),
   * AMBIGUOUS_TABLE (with the candidates), and INVALID_ARGUMENT for a table of a database that the tenant doesn't list.
   */
  async table(tenant: Tenant, name: ObjectName, given: CallerOptions = {}): Promise<TableDescription> {
    const options = within(tenant, name.database ?? given.database, given);
    for (let attempt = 1; ; attempt++) {
      const found = await this.finder.find(tenant, name, options);
      if (found.type === 'synonym') return this.synonym(tenant, found, given, options);
      const sets = await this.catalog.table(tenant, found, options);
      const now = (sets[0] ?? []).filter(([schema, table]) => mayTouch(options.access, String(schema), String(table)));
      if (stillTrue(found, name, now) || attempt > 2)
        return withoutHidden(tableDescription(summaryOf(found, options.access, options.database), sets), options);
      this.finder.forget(tenant, options);
    }
  }

  /** Returns the catalogue's own spelling of a name. Throws the same errors as `table`. */
  async resolve(tenant: Tenant, name: ObjectName, given: CallerOptions = {}): Promise<TableSummary> {
    const options = within(tenant, name.database ?? given.database, given);
    return summaryOf(await this.finder.find(tenant, name, options), options.access, options.database);
  }

  /**
   * The collation of a text column of the tenant's own database, as the catalogue spells its names; undefined where it is
   * not known, and for a column that is no text.
   */
  async collation(
    tenant: Tenant,
    table: { readonly schema: string; readonly name: string },
    column: string,
    options: Pick<CallerOptions, 'subject' | 'signal'> = {},
  ): Promise<string | undefined> {
    const [[found] = []] = await this.catalog.collation(tenant, table, column, options);
    return typeof found === 'string' ? found : undefined;
  }

  /** Returns the columns of the tables whose names occur in a text: of the 20 longest names. */
  async columnsOfMentioned(tenant: Tenant, text: string, given: CallerOptions = {}): Promise<readonly string[]> {
    const options = within(tenant, given.database, given);
    const lower = text.toLowerCase();
    const mentioned = visibleOf(await this.finder.recent(tenant, options), options.access)
      .filter(({ name }) => lower.includes(name.toLowerCase()))
      .sort((a, b) => b.name.length - a.name.length)
      .slice(0, MAX_MENTIONED)
      .map(table => targetOf(table, options.access)?.place ?? table);
    const rows = await this.catalog.columns(tenant, mentioned, options);
    return rows.map(([, , column]) => String(column));
  }

  private async synonym(
    tenant: Tenant,
    synonym: KnownTable,
    given: CallerOptions,
    options: LookupOptions,
  ): Promise<TableDescription> {
    const target = targetOf(synonym, options.access);
    const place = target?.place ?? placeInOther(tenant, target?.written);
    const base = await (place === undefined
      ? undefined
      : this.table(tenant, place, { ...given, database: options.database }).catch(undefinedIfUnknown));
    const { schema, name: table, ...facts } = summaryOf(synonym, options.access, options.database);
    if (base !== undefined) return { ...base, table, schema, ...facts };
    const message =
      'The target of this synonym is in another database or cannot be seen, so its columns are not known here. A query with TOP (0) shows them, if it may be read.';
    return { ...tableDescription({ schema, name: table, ...facts }, []), message };
  }

  /** Whether there is a schema, with tables or without, which the person may use. */
  private async hasSchema(tenant: Tenant, wanted: string, options: LookupOptions): Promise<boolean> {
    return maySee(options.access, wanted) && (await this.catalog.hasSchema(tenant, wanted, options));
  }
}

/** The target of a synonym, if it is in another database that the tenant lists. */
function placeInOther(tenant: Tenant, written: string | undefined): ObjectName | undefined {
  try {
    const name = written === undefined ? undefined : parseObjectName(written);
    return name?.database !== undefined && listedDatabase(tenant, name.database) !== undefined ? name : undefined;
  } catch {
    // A synonym may stand for an object of another server.
    return undefined;
  }
}

/** The description without the keys that lead to, or come from, tables that the person may not use. */
function withoutHidden(table: TableDescription, { access }: LookupOptions): TableDescription {
  if (access === undefined || !limitsObjects(access)) return table;
  return {
    ...table,
    foreign_keys: table.foreign_keys.filter(({ references }) => mayTouch(access, references.schema, references.table)),
    referenced_by: table.referenced_by.filter(({ schema, table: name }) => mayTouch(access, schema, name)),
  };
}

/** Whether the table that was found still exists, with its name, and is still the only match. */
function stillTrue(found: KnownTable, wanted: ObjectName, now: Rows): boolean {
  const there = now.some(
    ([schema, name, , id]) => id === found.objectId && schema === found.schema && name === found.name,
  );
  return there && (wanted.schema !== undefined || now.length === 1);
}
