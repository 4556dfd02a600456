import { TYPES } from 'tedious';
import { quotedPlace } from '../object-name.js';
import { typed, type TypedParameter } from './parameters.js';

/** A table type, with the SQL types of its columns. */
export interface ParameterTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export type TableRow = Readonly<Record<string, unknown>>;

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
export function tableParameter(name: string, table: ParameterTable, rows: readonly TableRow[]): TypedParameter {
  const cells = rows.map((row, i) =>
    table.columns.map(({ name: column, type }) =>
      typed(`${name}[${i}].${column}`, { type, value: row[column] ?? null }),
    ),
  );
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

/** The wire type of a column: that of its longest cell. */
function wireOf(type: string, rows: readonly (readonly TypedParameter[])[], column: number) {
  const cells = rows.map(row => row[column]).filter(cell => cell !== undefined);
  const first = cells[0] ?? typed('column', { type, value: null });
  const isLong = cells.some(({ options }) => options?.length === Infinity);
  return { type: first.type, length: isLong ? Infinity : (first.options?.length ?? undefined) };
}
