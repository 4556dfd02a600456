import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { protectedColumns } from '../../common/column-patterns.js';
import { CatalogService, lookupFor } from '../../database/catalog/catalog.service.js';
import type { TableDescription } from '../../database/catalog/catalog.types.js';
import type { CellValue } from '../../database/driver/result-set.js';
import { quotedPlace, quoteName } from '../../database/object-name.js';
import { QueryService } from '../../database/query/query.service.js';
import { DefinitionsPort } from '../../search/definitions.port.js';
import type { ToolCall } from '../tool.js';
import { type CodeKind, codeKind, type LookupPlace, LookupPlaces } from './lookup-places.js';
import { lookupColumns } from './lookup-columns.js';
import { RowAccess } from './row-access.js';

/** The codes of one column with their meanings. */
export interface Codes {
  readonly codes: readonly (readonly [code: string, meaning: string])[];
  /** There are more. */
  readonly more: boolean;
}

/** The codes of a table's columns, by column. */
export type CodesOfTable = ReadonlyMap<string, Codes>;

const MAX_CODES = 20;
const MAX_MEANING = 60;
/** Lookup tables that one call reads. */
const MAX_LOOKUPS = 20;
/** How long all of them may take together; what is not known by then is left out. */
const LIMIT_MS = 3_000;
const NONE: CodesOfTable = new Map();

/**
 * Reads what the codes of a column mean, from the lookup table that a foreign key, a declared join or the column's name
 * leads to. The reads are the person's own: the policy judges them, row-level security applies, and they are audited. A
 * person who may not read rows gets no codes, and nobody gets those of `protected_columns`.
 */
@Injectable()
export class ColumnCodes {
  constructor(
    private readonly catalog: CatalogService,
    private readonly queries: QueryService,
    private readonly definitions: DefinitionsPort,
    private readonly access: RowAccess,
  ) {}

  /** The codes of each of the tables, in their order. Tables that cannot be read have none. */
  async of(tables: readonly TableDescription[], call: ToolCall): Promise<readonly CodesOfTable[]> {
    if (call.tenant.config.valueSearch === 'off' || !this.access.mayReadRows(call)) return tables.map(() => NONE);
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(LIMIT_MS)]);
    // The rows of lookup tables are no progress of the call.
    const bounded = { ...call, signal, progress: () => {} };
    const reader = new CodeReader(this.catalog, this.queries, bounded);
    try {
      const found = [];
      for (const table of tables) {
        const places = await this.placesIn(table.database, bounded);
        found.push(await reader.codesOf(table, places.of(table)));
      }
      return found;
    } catch (error) {
      if (call.signal.aborted || !isExpected(error)) throw error;
      return tables.map(() => NONE);
    }
  }

  /** The list of tables is at most a minute old, so that it is not read for each table. */
  private async placesIn(database: string | undefined, call: ToolCall): Promise<LookupPlaces> {
    const visible = await this.catalog.tables(call.tenant, { ...lookupFor(call), database, recent: true });
    // Definitions are about the tenant's own database.
    return new LookupPlaces(visible, database === undefined ? this.definitions.definitionsOf(call.tenant).joins : []);
  }
}

/** Reads each lookup table once in a call. */
class CodeReader {
  private readonly read = new Map<string, Promise<Codes | undefined>>();
  private readonly isProtected: ReturnType<typeof protectedColumns>;

  constructor(
    private readonly catalog: CatalogService,
    private readonly queries: QueryService,
    private readonly call: ToolCall,
  ) {
    this.isProtected = protectedColumns(call.tenant.config.protectedColumns);
  }

  async codesOf(
    { database, schema, table, columns }: TableDescription,
    places: readonly LookupPlace[],
  ): Promise<CodesOfTable> {
    const codes = new Map<string, Codes>();
    for (const place of places) {
      const { column } = place;
      const kind = codeKind(columns.find(({ name }) => name === column) ?? NO_COLUMN);
      if (kind === undefined || this.isProtected({ schema, table, column })) continue;
      const found = await this.lookup(database, place, kind);
      if (found !== undefined && found.codes.length > 0) codes.set(column, found);
    }
    return codes;
  }

  private async lookup(database: string | undefined, place: LookupPlace, kind: CodeKind): Promise<Codes | undefined> {
    const id = JSON.stringify([database, place.schema, place.table, place.key, kind]).toLowerCase();
    let found = this.read.get(id);
    if (found === undefined) {
      if (this.read.size >= MAX_LOOKUPS || this.call.signal.aborted) return undefined;
      found = this.codesIn(database, place, kind).catch((error: unknown) => {
        if (isExpected(error)) return undefined;
        throw error;
      });
      this.read.set(id, found);
    }
    return found;
  }

  private async codesIn(
    database: string | undefined,
    { schema, table, key }: LookupPlace,
    kind: CodeKind,
  ): Promise<Codes | undefined> {
    const options = { ...lookupFor(this.call), database };
    const lookup = await this.catalog.table(this.call.tenant, { schema, name: table }, options);
    const columns = lookupColumns(lookup, kind, key, column => this.isProtected({ schema, table, column }));
    if (columns === undefined) return undefined;
    const [code, text] = [quoteName(columns.key), quoteName(columns.text)];
    const place = quotedPlace({ ...lookup, name: lookup.table });
    const { resultSets } = await this.queries.read(
      `SELECT TOP (${MAX_CODES + 1}) ${code}, LEFT(${text}, ${MAX_MEANING}) FROM ${place} ORDER BY ${code}`,
      this.call,
      { maxRows: MAX_CODES + 1 },
    );
    const rows = resultSets[0]?.rows ?? [];
    return {
      codes: rows.slice(0, MAX_CODES).map(([value, meaning]) => [plain(value), plain(meaning)]),
      more: rows.length > MAX_CODES,
    };
  }
}

const NO_COLUMN = { name: '', type: '', nullable: true, default: null };

/** One line of text, whatever the cell holds. */
function plain(value: CellValue | undefined): string {
  return String(value ?? '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/** Errors of one lookup: it may not be read, or has changed, or took too long. */
function isExpected(error: unknown): boolean {
  return error instanceof AppError && error.code !== 'INTERNAL';
}
