import { converter } from '../engine/convert.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { TableValue } from '../engine/contracts.ts';
import type * as ast from '../parser/ast.ts';
import type { MemoryTable } from '../storage/memory-table.ts';
import type { TypeDefinition } from '../storage/table.ts';
import { createTableVariable } from './ddl/create-table.ts';
import type { Frame } from './frame.ts';
import type { SessionState } from './session-state.ts';

const typeNames = new WeakMap<MemoryTable, string>();

/** The table type that a declaration names; undefined for any other type. */
export function tableTypeOf(session: SessionState, { parts }: ast.TypeName): TypeDefinition | undefined {
  const [name = '', schema] = [...parts].reverse();
  const found = session.database.type(schema ?? 'dbo', name);
  return found?.body === undefined ? undefined : found;
}

export const fullTypeName = ({ schema, name }: TypeDefinition): string => `${schema}.${name}`;

/** A new, empty table of a type. */
export function newTypedTable(
  session: SessionState,
  frame: Frame,
  variable: string,
  type: TypeDefinition,
): MemoryTable {
  const table = createTableVariable(session, frame, variable, type.body!);
  typeNames.set(table, fullTypeName(type));
  return table;
}

/** The table type of a parameter that was checked when its module was created. */
export function namedTableType(session: SessionState, fullName: string): TypeDefinition {
  const dot = fullName.indexOf('.');
  const type = session.database.type(fullName.slice(0, dot), fullName.slice(dot + 1));
  if (type?.body === undefined)
    throw new SqlError(2715, `Column, parameter, or variable #1: Cannot find data type ${fullName}.`, 16, 3);
  return type;
}

/** Declares a table-valued parameter, which is empty when nothing was passed. Error 206 for a table of another type. */
export function declareTableParameter(
  session: SessionState,
  frame: Frame,
  parameter: { readonly name: string; readonly tableType: string },
  given: MemoryTable | undefined,
): void {
  const type = namedTableType(session, parameter.tableType);
  const table = given ?? newTypedTable(session, frame, parameter.name, type);
  const found = typeNames.get(table);
  if (found?.toLowerCase() !== parameter.tableType.toLowerCase())
    throw new SqlError(206, `Operand type clash: ${found ?? 'table'} is incompatible with ${type.name}`, 16, 2);
  frame.tableVariables.set(parameter.name.toLowerCase(), table);
  frame.readOnlyTables.add(parameter.name.toLowerCase());
}

/** The rows that a client sent (MS-TDS 2.2.5.5.5), converted to the types of the columns. */
export function tableFromClient(
  session: SessionState,
  frame: Frame,
  parameter: string,
  value: TableValue,
): MemoryTable {
  const { schema, name, types, rows } = value;
  const type = namedTableType(session, `${schema === '' ? 'dbo' : schema}.${name}`);
  const table = newTypedTable(session, frame, parameter, type);
  if (rows.length > 0 && types.length !== table.columns.length)
    throw new SqlError(
      500,
      `Trying to pass a table-valued parameter with ${types.length} column(s) where the corresponding user-defined table type requires ${table.columns.length} column(s).`,
    );
  const converters = table.columns.map(({ type: to }, i) => converter(types[i]!, to, { implicit: true }));
  for (const row of rows) {
    const values = row.map((cell, i) => (cell === null ? null : converters[i]!(cell)));
    const missing = table.columns.find(({ nullable }, i) => !nullable && values[i] === null);
    if (missing)
      throw new SqlError(
        515,
        `Cannot insert the value NULL into column '${missing.name}', table '${parameter}'; column does not allow nulls. INSERT fails.`,
        16,
        2,
      );
    table.insert(values, undefined);
  }
  return table;
}
