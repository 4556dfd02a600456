import type { Rows } from '../../connection/catalog-runner.js';
import { typeFacts, typeText } from '../type-text.js';
import type { ParameterDescription, ResultColumnDescription } from './object.types.js';

/** Reads rows of PARAMETERS. */
export function parametersOf(rows: Rows): readonly ParameterDescription[] {
  return rows.map(([name, declared, base, length, precision, scale, output, readonly]) => ({
    ...(name === '' || name === null ? {} : { name: String(name) }),
    type: `${typeText(typeFacts(declared, base, length, precision, scale))}${readonly === true ? ' readonly' : ''}`,
    ...(output === true && name !== '' ? { output: true as const } : {}),
  }));
}

/** Reads rows of COLUMNS. */
export function viewColumns(rows: Rows | undefined): readonly ResultColumnDescription[] | undefined {
  return rows?.map(([name, declared, base, length, precision, scale, nullable]) => ({
    name: String(name),
    type: typeText(typeFacts(declared, base, length, precision, scale)),
    nullable: nullable === true,
  }));
}

/** Reads rows of FIRST_RESULT; undefined when it could not be told, as with temporary tables and dynamic SQL. */
export function firstResult(rows: Rows | undefined): readonly ResultColumnDescription[] | undefined {
  if (rows === undefined || rows.some(([, , , error]) => error !== null)) return undefined;
  return rows.map(([name, type, nullable]) => ({
    name: String(name ?? ''),
    type: String(type ?? ''),
    nullable: nullable === true,
  }));
}
