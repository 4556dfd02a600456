import type { AccessLimits } from '../../../common/principal.js';
import { limitsObjects, mayTouch } from '../../access.js';
import { accessIn } from '../../listed-databases.js';
import { quotedPlace, quoteName } from '../../object-name.js';
import type { DescribedModule, ModuleParameter } from './described-module.js';
import { assertVersion } from './module-version.js';

/** The first column of the row that our batch returns last; no procedure names a column so. */
export const ENDING = 'mcp: the procedure has ended';

/** How a procedure is called with some of its parameters. */
export interface ModuleCall {
  /** As the audit trail has it: names of parameters, never values. */
  readonly shown: string;
  /** What runs, on one line. Each parameter that is passed is a variable with its name. */
  readonly text: string;
  /** The parameters that are passed: those that were given, and those whose last value is returned. */
  readonly passed: readonly ModuleParameter[];
}

/** `given` are the names of the parameters that have a value, as the module spells them. */
export function moduleCall(module: DescribedModule, given: ReadonlySet<string>): ModuleCall {
  const { kind, parameters, reading } = module;
  const check = reading === undefined ? '' : assertVersion(reading.version);
  const passed = parameters.filter(({ name, output }) => given.has(name) || output);
  const place = quotedPlace(module);
  if (kind === 'function') {
    const values = parameters.map(({ name }) => (given.has(name) ? `@${name}` : 'DEFAULT'));
    const shown = `SELECT * FROM ${place}(${values.join(', ')})`;
    return { shown, text: `${check}${shown};`, passed };
  }
  const assigned = passed.map(({ name, output }) => `@${name} = @${name}${output ? ' OUTPUT' : ''}`);
  const call = [place, ...(assigned.length === 0 ? [] : [assigned.join(', ')])].join(' ');
  const status = freeName('mcp_return_value', parameters);
  const outputs = parameters
    .filter(({ output }) => output)
    .map(({ name }) => `, @${name} AS ${quoteName(name)}`)
    .join('');
  return {
    shown: `EXEC ${call}`,
    text: `${check}DECLARE @${status} int; EXEC @${status} = ${call}; SELECT @${status} AS ${quoteName(ENDING)}${outputs};`,
    passed,
  };
}

function freeName(wanted: string, parameters: readonly ModuleParameter[]): string {
  const taken = parameters.map(({ name }) => name.toLowerCase());
  let name = wanted;
  while (taken.includes(name)) name += '_';
  return name;
}

/**
 * Whether a person's rules allow a module: all that it reads has to be open to them. Of a module that may change data
 * nobody knows what it uses, so it is closed to people who are limited to some objects.
 */
export function mayCall({ reading }: DescribedModule, limits: AccessLimits, database: string): boolean {
  if (!limitsObjects(limits)) return true;
  const access = accessIn(limits, database);
  return reading?.objects.every(({ schema, name }) => mayTouch(access, schema, name)) ?? false;
}
