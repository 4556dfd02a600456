import type { TableDescription } from '../../database/catalog/catalog.types.js';
import { type ColumnProfile, commonOf, profileOf } from '../../database/catalog/profiles/column-profile.js';
import type { CellValue } from '../../database/driver/result-set.js';
import { quotedPlace, quoteName } from '../../database/object-name.js';

export const SAMPLE_ROWS = 1_000;
/** Characters of a text that are compared; longer ones count as equal. */
const TEXT_LENGTH = 100;

const TEXTS: ReadonlySet<string> = new Set(['char', 'nchar', 'varchar', 'nvarchar']);
const NUMBERS: ReadonlySet<string> = new Set(
  'tinyint smallint int bigint decimal numeric money smallmoney float real'.split(' '),
);
/** Their ISO 8601 texts have the order of their values. */
const DATES: ReadonlySet<string> = new Set(['date', 'datetime', 'smalldatetime', 'datetime2', 'time']);
const OTHERS: ReadonlySet<string> = new Set(['bit', 'uniqueidentifier', 'datetimeoffset']);

type Column = TableDescription['columns'][number];

/** Whether the values of a column can be counted; those of xml, binary and spatial columns are too long. */
export function canBeSampled({ type }: Column): boolean {
  return TEXTS.has(type) || NUMBERS.has(type) || DATES.has(type) || OTHERS.has(type);
}

/** Reads the values of some columns in some rows, in no particular order. */
export function sampleStatement(table: TableDescription, columns: readonly Column[]): string {
  const values = columns.map(({ name, type }) => {
    const quoted = quoteName(name);
    return TEXTS.has(type) ? `LEFT(${quoted}, ${TEXT_LENGTH}) AS ${quoted}` : quoted;
  });
  return `SELECT TOP (${SAMPLE_ROWS}) ${values.join(', ')} FROM ${quotedPlace({ ...table, name: table.table })}`;
}

/** The profiles of sampled rows. `whole`: they are all rows of the table. */
export function sampleProfiles(
  columns: readonly Column[],
  rows: readonly (readonly CellValue[])[],
  whole: boolean,
  asOf: string,
): ReadonlyMap<string, ColumnProfile> {
  return new Map(
    columns.map((column, i) => [
      column.name,
      profileFrom(
        column,
        rows.map(row => row[i] ?? null),
        whole,
        asOf,
      ),
    ]),
  );
}

function profileFrom({ type }: Column, cells: readonly CellValue[], whole: boolean, asOf: string): ColumnProfile {
  const counts = new Map<CellValue, number>();
  for (const cell of cells) if (cell !== null) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const ordered = orderOf(type);
  const values = ordered === undefined ? [] : [...counts.keys()].sort(ordered);
  return profileOf({
    distinct: counts.size,
    nulls: cells.filter(cell => cell === null).length,
    min: values[0],
    max: values[values.length - 1],
    common: commonOf(counts),
    as_of: asOf,
    sampled: !whole,
  });
}

/** Texts have the order of their collation, which is not known here: they have no least and no greatest value. */
function orderOf(type: string): ((a: CellValue, b: CellValue) => number) | undefined {
  if (NUMBERS.has(type)) return (a, b) => Number(a) - Number(b);
  return DATES.has(type) ? (a, b) => (String(a) < String(b) ? -1 : 1) : undefined;
}
