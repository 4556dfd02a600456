import type { AccessLimits } from '../../common/principal.js';
import { limitsObjects, mayTouch } from '../access.js';
import type { Rows } from '../connection/catalog-runner.js';
import type { CellValue } from '../driver/result-set.js';
import { shownName } from '../object-name.js';
import type { TableFacts, TableKind, TableSummary } from './catalog.types.js';

interface Place {
  readonly schema: string;
  readonly name: string;
}

/** A table as the catalogue has it, before it is shown to a person. */
export interface KnownTable extends Place {
  readonly type: TableKind;
  /** 0 where only INFORMATION_SCHEMA is available. */
  readonly objectId: number;
  readonly rowCount: number | undefined;
  readonly description: string | undefined;
  readonly memoryOptimised: boolean;
  readonly historyTable: Place | undefined;
  readonly historyOf: Place | undefined;
  readonly copyOf: Place | undefined;
  /** What a synonym stands for: as it was written, and the table or view of this database, if it is one. */
  readonly target: { readonly written: string; readonly place: Place | undefined } | undefined;
}

/** Reads rows of catalog.queries' TABLES with the source of each table of change data capture (schema, name). */
export function knownTables(rows: Rows): readonly KnownTable[] {
  return rows.filter(standsForRows).map(row => {
    const [schema, name, type, objectId, rowCount, description, written, targetSchema, target] = row;
    const [memory, external, ...places] = row.slice(KINDS_AT);
    const [historySchema, history, currentSchema, current, copiedSchema, copied] = places;
    const kind = kindOf(type, external === true);
    return {
      schema: String(schema),
      name: String(name),
      type: kind,
      objectId: Number(objectId),
      rowCount: knownCount(rowCount, { type: kind, memory_optimised: memory === true }),
      description: typeof description === 'string' ? description : undefined,
      memoryOptimised: memory === true,
      historyTable: placeOf(historySchema, history),
      historyOf: placeOf(currentSchema, current),
      copyOf: placeOf(copiedSchema, copied),
      target: typeof written === 'string' ? { written, place: placeOf(targetSchema, target) } : undefined,
    };
  });
}

const TARGET_TYPE_AT = 9;
const KINDS_AT = 10;
const ROWSETS: ReadonlySet<string> = new Set(['U', 'V', 'ET']);

/** A synonym may also stand for a procedure or a function, which are no tables. */
function standsForRows(row: Rows[number]): boolean {
  const type = row[TARGET_TYPE_AT];
  return typeof type !== 'string' || type.trim() === '' || ROWSETS.has(type.trim());
}

function kindOf(type: CellValue | undefined, external: boolean): TableKind {
  switch (String(type).trim()) {
    case 'V':
      return 'view';
    case 'SN':
      return 'synonym';
    case 'ET':
      return 'external';
    default:
      return external ? 'external' : 'table';
  }
}

/**
 * The row count if it is one. Partitions count neither the rows of views and external tables nor, in every version, those
 * of memory-optimised tables; a negative number stands for an unknown one.
 */
export function knownCount(
  value: CellValue | undefined,
  table: { readonly type: TableKind; readonly memory_optimised?: boolean },
): number | undefined {
  if (typeof value !== 'number' || value < 0 || table.type !== 'table') return undefined;
  return value === 0 && table.memory_optimised === true ? undefined : value;
}

function placeOf(schema: CellValue | undefined, name: CellValue | undefined): Place | undefined {
  return typeof schema === 'string' && typeof name === 'string' ? { schema, name } : undefined;
}

/**
 * The table as a person sees it: without the names of tables that the person may not use. `database` is absent for the
 * tenant's own.
 */
export function summaryOf(table: KnownTable, access: AccessLimits | undefined, database?: string): TableSummary {
  const { schema, name, type, rowCount, description } = table;
  return {
    ...(database === undefined ? {} : { database }),
    schema,
    name,
    type,
    ...factsOf(table, access),
    ...(rowCount === undefined ? {} : { row_count: rowCount }),
    ...(description === undefined ? {} : { description }),
  };
}

function factsOf(table: KnownTable, access: AccessLimits | undefined): TableFacts {
  const shown = (place: Place | undefined): string | undefined =>
    place !== undefined && mayTouch(access, place.schema, place.name) ? shownName(place.schema, place.name) : undefined;
  const target = targetOf(table, access);
  const facts = {
    target: target === undefined ? undefined : (shown(target.place) ?? target.written),
    history_of: shown(table.historyOf),
    history_table: shown(table.historyTable),
    copy_of: shown(table.copyOf),
    memory_optimised: table.memoryOptimised ? true : undefined,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as TableFacts;
}

/** The target of a synonym, if the person may know it. One that can't be seen may be any table. */
export function targetOf({ target }: KnownTable, access: AccessLimits | undefined): KnownTable['target'] {
  if (target === undefined || access === undefined || !limitsObjects(access)) return target;
  const { place } = target;
  return place !== undefined && mayTouch(access, place.schema, place.name) ? target : undefined;
}
