import type { Tenant } from '../../tenancy/tenant.js';
import type { CatalogFallback } from './catalog-fallback.js';
import type { KnownTable } from './known-table.js';
import type { LookupOptions } from './table-finder.js';

/** So many candidates are compared; a database with more has a habit that needs no proof, and its list no marks. */
const MAX_CANDIDATES = 200;

const WORD = '(?:bak|backup|bkp|old|alt|copy|kopie|copia|tmp|temp|orig)';
const DATE = '(?:(?:19|20)\\d{2}(?:[-_]?(?:0[1-9]|1[0-2])(?:[-_]?(?:0[1-9]|[12]\\d|3[01]))?)?|\\d{6})';
const MARK = `(?:${WORD}\\d{0,2}|${DATE})`;
const AFTER = new RegExp(`^(.+?)(?:[-_ .]+${MARK})+$`, 'iu');
/** Without a separator: `OrdersBAK`, `Orders20240131`; a word needs capitals, or `Threshold` would be a copy of `Thresh`. */
const GLUED = /^(.*\p{Ll})(?:BAK|OLD|ALT|COPY|Bak|Old|Alt|Copy|Backup|Kopie|(?:19|20)\d{2}(?:\d{4})?)$/u;
const BEFORE = new RegExp(`^(?:${MARK}[-_ .]+)+(?:of[-_ ]+)?(.+)$`, 'iu');

/** The names that a table would be a copy of, by its own name. */
function originalNames(name: string): readonly string[] {
  return [AFTER, GLUED, BEFORE].flatMap(pattern => pattern.exec(name)?.[1] ?? []);
}

/**
 * Finds what looks like a copy of another table: its name is the other's with BAK, OLD, ALT, COPY or a date, it has the
 * same columns, and nothing refers to it.
 */
export class CopiedTables {
  constructor(private readonly catalog: CatalogFallback) {}

  /** Which of the `tables` is a copy of which. Originals are looked for among the `visible` ones. */
  async among(
    tenant: Tenant,
    tables: readonly KnownTable[],
    visible: readonly KnownTable[],
    options: LookupOptions,
  ): Promise<ReadonlyMap<KnownTable, KnownTable>> {
    const pairs = candidates(tables, visible);
    if (pairs.length === 0 || pairs.length > MAX_CANDIDATES) return new Map();
    const places = [...new Set(pairs.flat())];
    const columns = await this.columnsOf(tenant, places, options);
    const alike = pairs.filter(([copy, original]) => {
      const own = columns.get(keyOf(copy));
      return own !== undefined && own === columns.get(keyOf(original));
    });
    if (alike.length === 0) return new Map();
    const referred = new Set(
      (await this.catalog.referredTables(tenant, options)).map(([schema, name]) => key(schema, name)),
    );
    return new Map(alike.filter(([copy]) => !referred.has(keyOf(copy))));
  }

  /** The columns of each table as one text. */
  private async columnsOf(
    tenant: Tenant,
    places: readonly KnownTable[],
    options: LookupOptions,
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await this.catalog.columns(tenant, places, options);
    const grouped = Map.groupBy(rows, ([schema, name]) => key(schema, name));
    return new Map([...grouped].map(([table, own]) => [table, JSON.stringify(own.map(row => String(row[2])).sort())]));
  }
}

type Pair = readonly [copy: KnownTable, original: KnownTable];

function candidates(tables: readonly KnownTable[], visible: readonly KnownTable[]): readonly Pair[] {
  const byName = new Map(visible.filter(isTable).map(table => [keyOf(table).toLowerCase(), table]));
  return tables.filter(isTable).flatMap((table): readonly Pair[] => {
    if (table.copyOf !== undefined || table.historyOf !== undefined) return [];
    const originals = originalNames(table.name).map(name => byName.get(key(table.schema, name).toLowerCase()));
    const original = originals.find(found => found !== undefined && found !== table);
    return original === undefined ? [] : [[table, original]];
  });
}

function isTable({ type }: KnownTable): boolean {
  return type === 'table';
}

function keyOf({ schema, name }: KnownTable): string {
  return key(schema, name);
}

function key(schema: unknown, name: unknown): string {
  return JSON.stringify([String(schema), String(name)]);
}
