import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { AccessLimits } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { mayTouch } from '../access.js';
import type { CallContext } from '../call-context.js';
import type { Requester, Rows } from '../connection/catalog-runner.js';
import { CatalogFallback } from './catalog-fallback.js';
import type { TableDescription, TableSummary } from './catalog.types.js';
import { nearestNames } from '../../common/nearest-names.js';
import { type ObjectName, shownName } from '../object-name.js';
import { tableDescription } from './table-description.js';

export interface CatalogOptions {
  /** Compared case-insensitively. */
  readonly schema?: string | undefined;
  readonly includeViews?: boolean | undefined;
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

interface Known extends TableSummary {
  readonly objectId: number;
}

interface Names {
  readonly tables: readonly Known[];
  readonly at: number;
}

/** How long a name may be resolved from memory. A name that is not found there is looked up in the database again. */
const NAMES_FRESH_MS = 15_000;
const MAX_CANDIDATES = 10;

/** Lists and describes tables from the sys views, in one round trip each. Row counts never use COUNT(*). */
@Injectable()
export class CatalogService {
  private readonly names = new Map<string, Names>();

  constructor(private readonly catalog: CatalogFallback) {}

  /** All tables (and views), ordered by schema and name. */
  async tables(tenant: Tenant, options: CatalogOptions = {}): Promise<readonly TableSummary[]> {
    const all = await this.readNames(tenant, options);
    const schema = options.schema?.toLowerCase();
    return all
      .filter(
        table =>
          (options.includeViews === true || table.type === 'table') &&
          (schema === undefined || table.schema.toLowerCase() === schema) &&
          mayTouch(options.access, table.schema, table.name),
      )
      .map(({ objectId: _objectId, ...summary }) => summary);
  }

  /** Throws AppError UNKNOWN_TABLE (with the nearest names) and AMBIGUOUS_TABLE (with the candidates). */
  async table(tenant: Tenant, name: ObjectName, options: LookupOptions = {}): Promise<TableDescription> {
    for (let attempt = 1; ; attempt++) {
      const found = await this.find(tenant, name, options);
      const sets = await this.catalog.table(tenant, found, options);
      const now = (sets[0] ?? []).filter(([schema, table]) => mayTouch(options.access, String(schema), String(table)));
      if (this.stillTrue(found, name, now) || attempt > 2) return tableDescription(found, sets);
      this.names.delete(tenant.name);
    }
  }

  /** Returns the catalogue's own spelling of a name. Throws the same errors as `table`. */
  async resolve(tenant: Tenant, name: ObjectName, options: LookupOptions = {}): Promise<TableSummary> {
    const { objectId: _objectId, ...summary } = await this.find(tenant, name, options);
    return summary;
  }

  /** Returns the columns of all tables whose names occur in a text. */
  async columnsOfMentioned(tenant: Tenant, text: string, options: LookupOptions = {}): Promise<readonly string[]> {
    const lower = text.toLowerCase();
    const rows = await this.catalog.columns(tenant, options);
    return rows
      .filter(
        ([schema, table]) =>
          lower.includes(String(table).toLowerCase()) && mayTouch(options.access, String(schema), String(table)),
      )
      .map(([, , column]) => String(column));
  }

  /** Whether the table found in memory still exists, with its name, and is still the only match. */
  private stillTrue(found: Known, wanted: ObjectName, now: Rows): boolean {
    const there = now.some(
      ([schema, name, , id]) => id === found.objectId && schema === found.schema && name === found.name,
    );
    return there && (wanted.schema !== undefined || now.length === 1);
  }

  private async find(tenant: Tenant, wanted: ObjectName, options: LookupOptions): Promise<Known> {
    const remembered = this.names.get(tenant.name);
    if (remembered !== undefined && Date.now() - remembered.at < NAMES_FRESH_MS) {
      const matches = matching(remembered.tables, wanted, options.access);
      if (matches.length === 1 && matches[0] !== undefined) return matches[0];
    }
    const tables = await this.readNames(tenant, options);
    const matches = matching(tables, wanted, options.access);
    const [only] = matches;
    if (only === undefined) throw unknownTable(wanted, tables, options.access);
    if (matches.length > 1) throw ambiguousTable(wanted, matches);
    return only;
  }

  private async readNames(tenant: Tenant, requester: Requester): Promise<readonly Known[]> {
    const rows = await this.catalog.tables(tenant, requester);
    const tables = rows.map(([schema, name, type, objectId, rowCount, description]): Known => ({
      schema: String(schema),
      name: String(name),
      type: String(type).trim() === 'V' ? 'view' : 'table',
      objectId: Number(objectId),
      ...(typeof rowCount === 'number' && String(type).trim() !== 'V' ? { row_count: rowCount } : {}),
      ...(typeof description === 'string' ? { description } : {}),
    }));
    this.names.set(tenant.name, { tables, at: Date.now() });
    return tables;
  }
}

/** Matches case-insensitively. If several tables match, the exact spelling wins. */
function matching(tables: readonly Known[], wanted: ObjectName, access: AccessLimits | undefined): readonly Known[] {
  const name = wanted.name.toLowerCase();
  const schema = wanted.schema?.toLowerCase();
  const found = tables.filter(
    table =>
      table.name.toLowerCase() === name &&
      (schema === undefined || table.schema.toLowerCase() === schema) &&
      mayTouch(access, table.schema, table.name),
  );
  if (found.length < 2) return found;
  const exact = found.filter(
    table => table.name === wanted.name && (wanted.schema === undefined || table.schema === wanted.schema),
  );
  return exact.length === 0 ? found : exact;
}

function unknownTable(wanted: ObjectName, tables: readonly Known[], access: AccessLimits | undefined): AppError {
  const visible = tables.filter(table => mayTouch(access, table.schema, table.name));
  const shown = wanted.schema === undefined ? wanted.name : `${wanted.schema}.${wanted.name}`;
  const nearest = nearestNames(
    shown,
    visible.map(table => shownName(table.schema, table.name)),
  );
  return new AppError('UNKNOWN_TABLE', `There is no table or view named ${JSON.stringify(shown)}.`, {
    hint:
      nearest.length === 0 ? 'Call list_tables for the names of the tables.' : `Did you mean ${nearest.join(', ')}?`,
    details: { nearest },
  });
}

function ambiguousTable(wanted: ObjectName, matches: readonly Known[]): AppError {
  const candidates = matches.slice(0, MAX_CANDIDATES).map(table => shownName(table.schema, table.name));
  return new AppError('AMBIGUOUS_TABLE', `${JSON.stringify(wanted.name)} is the name of several tables.`, {
    hint: `Write one of ${candidates.join(', ')}.`,
    details: { candidates },
  });
}
