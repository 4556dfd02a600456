import { TYPES } from 'tedious';
import { AppError } from '../../common/app-error.js';
import { quotedPlace } from '../object-name.js';
import { typed, type TypedParameter } from './parameters.js';

/** A table type, with the SQL types of its columns. */
export interface ParameterTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
}

const MAX_ROWS = 10_000;

/** The driver writes the name of a table type into the declaration as it is; it may need quotes. */
const QUOTED_TABLE = {
  ...TYPES.TVP,
  declaration: ({ value }: { value: unknown }) => `${quotedPlace(value as ParameterTable)} readonly`,
} as typeof TYPES.TVP;

/**
 * A table-valued parameter of rows as objects. As all typed values, the cells travel as text (bits and bytes as they are),
 * and the server converts them: the driver would make a double of a decimal. A column that a row leaves out is NULL. Throws
 * AppError INVALID_ARGUMENT, which names the row and the column.
 */
export function tableParameter(name: string, table: ParameterTable, rows: unknown): TypedParameter {
  if (!Array.isArray(rows)) throw invalid(name, 'must be a list of objects');
  if (rows.length > MAX_ROWS) throw invalid(name, `has more than ${MAX_ROWS} rows`);
  const cells = rows.map((row: unknown, i) => rowOf(`${name}[${i}]`, table, row));
  const columns = table.columns.map(({ name: column, type }, i) => ({ name: column, ...wireOf(type, cells, i) }));
  return {
    name,
    type: QUOTED_TABLE,
    value: {
      schema: table.schema,
      name: table.name,
      columns,
      rows: cells.map(row => row.map(({ value }) => value)),
    },
    declaration: `${quotedPlace(table)} READONLY`,
  };
}

function rowOf(place: string, { columns }: ParameterTable, row: unknown): readonly TypedParameter[] {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw invalid(place, 'must be an object');
  const given = new Map(Object.entries(row).map(([key, value]) => [key.toLowerCase(), value as unknown]));
  const cells = columns.map(({ name, type, nullable }) => {
    const value = given.get(name.toLowerCase()) ?? null;
    given.delete(name.toLowerCase());
    if (value === null && !nullable) throw invalid(`${place}.${name}`, `(${type}) must not be null`);
    return typed(`${place}.${name}`, { type, value });
  });
  const [unknown] = given.keys();
  if (unknown === undefined) return cells;
  throw invalid(
    place,
    `has no column ${JSON.stringify(unknown.slice(0, 100))}; they are ${columns.map(({ name }) => name).join(', ')}`,
  );
}

/** How a column travels: as its longest cell does. */
function wireOf(type: string, rows: readonly (readonly TypedParameter[])[], column: number) {
  const cells = rows.map(row => row[column]).filter(cell => cell !== undefined);
  const first = cells[0] ?? typed('column', { type, value: null });
  const isLong = cells.some(({ options }) => options?.length === Infinity);
  return { type: first.type, length: isLong ? Infinity : (first.options?.length ?? undefined) };
}

function invalid(name: string, what: string): AppError {
  return new AppError('INVALID_ARGUMENT', `The parameter "${name}" ${what}.`, { details: { parameter: name } });
}
