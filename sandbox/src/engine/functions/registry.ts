import type { BoundExpression } from '../contracts.ts';
import { SqlError, notSupported } from '../sql-error.ts';
import { CLOCK_FUNCTIONS } from './clock-functions.ts';
import type { FunctionArgument, FunctionContext } from './context.ts';
import { DATE_CONSTRUCTORS } from './date-constructors.ts';
import { DATE_FUNCTIONS } from './date-functions.ts';
import type { FunctionDefinition } from './definition.ts';
import { FORMAT_FUNCTIONS } from './format-functions.ts';
import { GENERAL_FUNCTIONS } from './general-functions.ts';
import { HASH_FUNCTIONS } from './hash-functions.ts';
import { JSON_FUNCTIONS } from './json-functions.ts';
import { MATH_FUNCTIONS } from './math-functions.ts';
import { METADATA_FUNCTIONS } from './metadata-functions.ts';
import { SESSION_FUNCTIONS } from './session-functions.ts';
import { STRING_FUNCTIONS } from './string-functions.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';

const FUNCTIONS = new Map<string, FunctionDefinition>(
  [
    GENERAL_FUNCTIONS,
    STRING_FUNCTIONS,
    TEXT_FUNCTIONS,
    MATH_FUNCTIONS,
    DATE_FUNCTIONS,
    CLOCK_FUNCTIONS,
    DATE_CONSTRUCTORS,
    HASH_FUNCTIONS,
    SESSION_FUNCTIONS,
    METADATA_FUNCTIONS,
    JSON_FUNCTIONS,
    FORMAT_FUNCTIONS,
  ].flatMap(table => Object.entries(table)),
);

/** Built-ins of SQL Server that the sandbox knows but doesn't implement. */
const REFUSED: ReadonlySet<string> = new Set([
  'FORMATMESSAGE',
  'TEXTPTR',
  'TEXTVALID',
  'PWDENCRYPT',
  'PWDCOMPARE',
  'ENCRYPTBYKEY',
  'DECRYPTBYKEY',
  'ENCRYPTBYPASSPHRASE',
  'DECRYPTBYPASSPHRASE',
  'SIGNBYCERT',
  'CERTENCODED',
  'FILE_ID',
  'FILE_NAME',
  'FILEGROUP_ID',
  'FILEGROUP_NAME',
  'FULLTEXTCATALOGPROPERTY',
  'FULLTEXTSERVICEPROPERTY',
  'EVENTDATA',
  'COLUMNS_UPDATED',
  'UPDATE',
  'TRIGGER_NESTLEVEL',
  'GET_FILESTREAM_TRANSACTION_CONTEXT',
  'MIN_ACTIVE_ROWVERSION',
  'TERTIARY_WEIGHTS',
  'VECTOR_DISTANCE',
  'VECTOR_NORM',
  'EDIT_DISTANCE',
  'REGEXP_LIKE',
  'REGEXP_REPLACE',
  'REGEXP_SUBSTR',
  'REGEXP_COUNT',
  'REGEXP_INSTR',
  'PUBLISHINGSERVERNAME',
]);

function checkCount(name: string, given: number, { min, max }: FunctionDefinition): void {
  if (given >= min && given <= max) return;
  const shown = name.toLowerCase();
  if (min === max) throw new SqlError(174, `The ${shown} function requires ${min} argument(s).`, 15);
  throw new SqlError(189, `The ${shown} function requires ${min} to ${max} arguments.`, 15);
}

/**
 * Binds a call of a built-in scalar function; undefined when there is no such built-in. Wrong numbers of arguments
 * and types that can't be converted are errors, as is a built-in that the sandbox doesn't implement.
 */
export function bindScalarFunction(
  name: string,
  args: readonly FunctionArgument[],
  context: FunctionContext,
): BoundExpression | undefined {
  const upper = name.toUpperCase();
  const definition = FUNCTIONS.get(upper);
  if (!definition) {
    if (REFUSED.has(upper)) throw notSupported(`the function ${upper}`);
    return undefined;
  }
  checkCount(upper, args.length, definition);
  return definition.bind({ name: upper, args, context });
}
