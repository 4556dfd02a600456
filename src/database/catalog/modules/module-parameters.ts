import type { Rows } from '../../connection/catalog-runner.js';
import { readParameterType } from '../../driver/parameter-types.js';
import { quotedPlace } from '../../object-name.js';
import type { DescribedModule, ModuleParameter, TableType } from '../../policy/modules/described-module.js';
import type { HeaderParameter } from '../../policy/modules/module-header.js';
import { ModuleFault } from '../../policy/modules/module-check.js';
import { typeFacts, typeText } from '../type-text.js';

/** A parameter as the catalogue has it. */
export interface CataloguedParameter {
  readonly name: string;
  readonly type: string;
  readonly output: boolean;
  readonly table: { readonly schema: string; readonly name: string; readonly objectId: number } | undefined;
}

/** Reads rows of PARAMETERS_WITH_TABLES, without the result of a function. */
export function cataloguedParameters(rows: Rows): readonly CataloguedParameter[] {
  return rows
    .filter(([name]) => typeof name === 'string' && name !== '')
    .map(([name, declared, base, length, precision, scale, output, schema, objectId]) => ({
      name: String(name).replace(/^@/, ''),
      type: typeText(typeFacts(declared, base, length, precision, scale)),
      output: output === true,
      table: typeof objectId === 'number' ? { schema: String(schema), name: String(declared), objectId } : undefined,
    }));
}

/** Reads rows of TABLE_TYPE_COLUMNS. */
export function tableType(schema: string, name: string, rows: Rows): TableType | ModuleFault {
  const shown = quotedPlace({ schema, name });
  const made = rows.find(row => row[7] === 1);
  if (made !== undefined)
    return new ModuleFault(`takes the table type ${shown}, whose column ${String(made[0])} the server fills itself`);
  const columns = rows.map(([column, declared, base, length, precision, scale, nullable]) => ({
    name: String(column),
    type: typeText(typeFacts(declared, base, length, precision, scale)),
    nullable: nullable === true,
  }));
  // The cells of a sql_variant would be of several types.
  const unknown = columns.find(({ type }) => type === 'sql_variant' || 'fault' in readParameterType(type));
  return unknown === undefined
    ? { schema, name, columns }
    : new ModuleFault(`takes the table type ${shown}, whose column ${unknown.name} has the type ${unknown.type}`);
}

/**
 * The parameters that a caller can give. `header` is what the text says of defaults; undefined where it can't be read: then
 * any parameter may have one. A parameter whose type can't be passed is left to its default.
 */
export function moduleParameters(
  kind: DescribedModule['kind'],
  catalogued: readonly CataloguedParameter[],
  tables: ReadonlyMap<number, TableType>,
  header: readonly HeaderParameter[] | undefined,
): readonly ModuleParameter[] | ModuleFault {
  const parameters: ModuleParameter[] = [];
  for (const { name, type, output, table } of catalogued) {
    const written = header?.find(each => each.name.toLowerCase() === name.toLowerCase());
    const known = table === undefined ? undefined : tables.get(table.objectId);
    if (known !== undefined) {
      // Without rows, if nothing is given.
      parameters.push({ name, type: quotedPlace(known), table: known, output: false, required: false });
      continue;
    }
    const required = header !== undefined && written?.default === undefined && !output;
    if ('fault' in readParameterType(type)) {
      // The arguments of a function are given by their position.
      if (required || output || kind === 'function')
        return new ModuleFault(`has a parameter @${name} of type ${type}, which cannot be passed`);
      continue;
    }
    const usual = written?.default;
    parameters.push({ name, type, output, required, ...(usual === undefined ? {} : { default: usual }) });
  }
  return parameters;
}
