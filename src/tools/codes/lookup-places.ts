import type { ColumnDescription, TableDescription, TableSummary } from '../../database/catalog/catalog.types.js';
import type { DeclaredJoin } from '../../search/definitions.port.js';
import { stemOf } from './name-stem.js';

/** The table that may explain the codes of a column. Without `key` its own primary key is meant. */
export interface LookupPlace {
  readonly column: string;
  readonly schema: string;
  readonly table: string;
  readonly key?: string;
  readonly source: 'foreign_key' | 'declared' | 'name';
}

/** A lookup table may have more codes than are shown; a larger table has things and no codes. */
const MAX_LOOKUP_ROWS = 40;
const MAX_CODE_LENGTH = 20;
const TEXTS: ReadonlySet<string> = new Set(['char', 'nchar', 'varchar', 'nvarchar']);
const NUMBERS: ReadonlySet<string> = new Set(['bit', 'tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric']);

export type CodeKind = 'text' | 'number';

/** Whether the column may hold codes, and of which kind; undefined for dates, long texts and the like. */
export function codeKind({ type, max_length: length, computed }: ColumnDescription): CodeKind | undefined {
  if (computed !== undefined) return undefined;
  if (TEXTS.has(type)) return length !== undefined && length > 0 && length <= MAX_CODE_LENGTH ? 'text' : undefined;
  return NUMBERS.has(type) ? 'number' : undefined;
}

/** Finds the lookup table of each column: by a foreign key, else by a declared join, else by its name. */
export class LookupPlaces {
  private readonly byStem: ReadonlyMap<string, readonly TableSummary[]>;

  /** `visible` are the tables that the person may use. */
  constructor(
    private readonly visible: readonly TableSummary[],
    private readonly joins: readonly DeclaredJoin[],
  ) {
    this.byStem = Map.groupBy(visible.filter(isSmall), ({ name }) => stemOf(name) ?? '');
  }

  of(table: TableDescription): readonly LookupPlace[] {
    return table.columns.flatMap(column => {
      const { name } = column;
      if (codeKind(column) === undefined) return [];
      // The keys of a table are its own codes.
      const place = this.byKey(table, name) ?? this.byJoin(table, name) ?? this.byName(table, name);
      return place === undefined || !this.isSmallTable(place) ? [] : [place];
    });
  }

  private byKey({ foreign_keys: keys }: TableDescription, column: string): LookupPlace | undefined {
    const own = keys.filter(key => key.column === column);
    const single = own.find(({ name }) => keys.filter(key => key.name === name).length === 1);
    if (single === undefined) return undefined;
    const { schema, table, column: key } = single.references;
    return { column, schema, table, key, source: 'foreign_key' };
  }

  private byJoin({ schema, table }: TableDescription, column: string): LookupPlace | undefined {
    for (const { from, fromColumns, to, toColumns } of this.joins) {
      const sides = [
        { here: from, columns: fromColumns, there: to, keys: toColumns },
        { here: to, columns: toColumns, there: from, keys: fromColumns },
      ];
      for (const { here, columns, there, keys } of sides) {
        if (columns.length !== 1 || !same(here.schema, schema) || !same(here.table, table)) continue;
        if (!same(columns[0] ?? '', column)) continue;
        return { column, schema: there.schema, table: there.table, key: keys[0] ?? '', source: 'declared' };
      }
    }
    return undefined;
  }

  /** One table must fit best: that of the same schema, or the only one. */
  private byName(table: TableDescription, column: string): LookupPlace | undefined {
    const stem = stemOf(column);
    if (stem === undefined || table.primary_keys.includes(column)) return undefined;
    const all = (this.byStem.get(stem) ?? []).filter(
      ({ schema, name }) => schema !== table.schema || name !== table.table,
    );
    const near = all.filter(({ schema }) => schema === table.schema);
    const [found, another] = near.length > 0 ? near : all;
    if (found === undefined || another !== undefined) return undefined;
    return { column, schema: found.schema, table: found.name, source: 'name' };
  }

  private isSmallTable(place: LookupPlace): boolean {
    return this.visible.some(
      table => same(table.schema, place.schema) && same(table.name, place.table) && isSmall(table),
    );
  }
}

function isSmall({ type, row_count: rows }: TableSummary): boolean {
  return type === 'table' && rows !== undefined && rows > 0 && rows <= MAX_LOOKUP_ROWS;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
