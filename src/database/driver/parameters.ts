import { TYPES } from 'tedious';
import { AppError } from '../../common/app-error.js';
import { type ParameterType, readParameterType } from './parameter-types.js';
import { bytesOf, valueText } from './parameter-values.js';

type DriverType = (typeof TYPES)[keyof typeof TYPES];

/** A parameter as it goes over the wire. */
export interface RpcParameter {
  readonly name: string;
  readonly type: DriverType;
  readonly value: unknown;
  readonly options?: { readonly length?: number; readonly precision?: number; readonly scale?: number };
}

/** A parameter of a statement, with its type as sp_executesql's declaration writes it. */
export interface TypedParameter extends RpcParameter {
  readonly declaration: string;
}

const NAME = /^@?[\p{L}_][\p{L}\p{Nd}_@$#]{0,126}$/u;
const MAX_PARAMETERS = 1000;
const INT_MAX = 2_147_483_647;

export const int = (name: string, value: number): RpcParameter => ({ name, type: TYPES.Int, value });

export const nvarchar = (name: string, value: string): RpcParameter =>
  value.length <= 4000
    ? { name, type: TYPES.NVarChar, value, options: { length: 4000 } }
    : { name, type: TYPES.NVarChar, value, options: { length: Infinity } };

/** Throws AppError INVALID_ARGUMENT, which names the parameter. Names may begin with `@`. */
export function typedParameters(parameters: Readonly<Record<string, unknown>> = {}): readonly TypedParameter[] {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) throw invalid('parameters', `has more than ${MAX_PARAMETERS} entries`);
  const seen = new Set<string>();
  return entries.map(([given, value]) => {
    if (!NAME.test(given))
      throw invalid(given, 'is not a parameter name (a letter or _, then letters, digits, _, $, #)');
    const name = given.startsWith('@') ? given.slice(1) : given;
    if (seen.has(name.toLowerCase())) throw invalid(name, 'is given twice');
    seen.add(name.toLowerCase());
    return typed(name, value);
  });
}

/** A JSON value, or `{type, value}`. Throws AppError INVALID_ARGUMENT. */
export function typed(name: string, value: unknown): TypedParameter {
  if (isExplicit(value)) return explicit(name, value.type, value.value);
  switch (typeof value) {
    case 'string':
      return text(name, value);
    case 'boolean':
      return { name, type: TYPES.Bit, value, declaration: 'bit' };
    case 'number':
      return number(name, value);
    case 'object':
      if (value === null)
        return { name, type: TYPES.NVarChar, value: null, options: { length: 4000 }, declaration: 'nvarchar(4000)' };
      throw invalid(name, 'must be a string, a number, a boolean, null, or {"type": …, "value": …}');
    default:
      throw invalid(name, 'must be a string, a number, a boolean, null, or {"type": …, "value": …}');
  }
}

function isExplicit(value: unknown): value is { type: string; value: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    'value' in value &&
    typeof value.type === 'string' &&
    Object.keys(value).length === 2
  );
}

function text(name: string, value: string): TypedParameter {
  return { ...nvarchar(name, value), declaration: value.length <= 4000 ? 'nvarchar(4000)' : 'nvarchar(max)' };
}

function number(name: string, value: number): TypedParameter {
  if (!Number.isFinite(value)) throw invalid(name, 'must be a finite number');
  if (Number.isInteger(value)) {
    if (Math.abs(value) <= INT_MAX) return { name, type: TYPES.Int, value, declaration: 'int' };
    if (Number.isSafeInteger(value)) return { name, type: TYPES.BigInt, value: String(value), declaration: 'bigint' };
    // The JSON text may have had more digits than a double holds. JSON.stringify writes only numbers from 10^21 with an
    // exponent.
    if (Math.abs(value) < 1e21)
      throw invalid(name, 'is beyond 2^53, where a JSON number is not exact: write {"type": "bigint", "value": "…"}');
  }
  const decimal = asDecimal(value);
  if (decimal === undefined) return { name, type: TYPES.Float, value, declaration: 'float' };
  // The decimal travels as text, because the driver would convert it to a double.
  return { ...nvarchar(name, decimal.text), declaration: decimal.declaration };
}

/** The shortest text of the number as a decimal; undefined when it does not fit decimal(38). */
function asDecimal(value: number): { text: string; declaration: string } | undefined {
  const plain = String(value);
  const match = /^-?(\d+)(?:\.(\d+))?$/.exec(plain);
  if (match === null) return undefined;
  const scale = match[2]?.length ?? 0;
  const precision = Math.max((match[1]?.length ?? 1) + scale, 1);
  return precision > 38 ? undefined : { text: plain, declaration: `decimal(${precision},${scale})` };
}

/**
 * A value whose type the caller names. It travels as text (binary as bytes), and the server converts it, which is exact
 * for every type. sp_executesql declares the type, so that an index on the column is used.
 */
function explicit(name: string, written: string, value: unknown): TypedParameter {
  const type = readParameterType(written);
  if ('fault' in type) throw invalid(name, type.fault);
  const { base, declaration } = type;
  switch (base) {
    case 'bit':
      return { name, type: TYPES.Bit, value: bitOf(name, value), declaration };
    case 'binary':
    case 'varbinary':
      return binary(name, type, value);
    case 'sql_variant':
      return { ...variant(name, value), declaration };
    default: {
      if (value === null) return { ...nothing(name), declaration };
      if (typeof value !== 'string' && typeof value !== 'number')
        throw invalid(name, `of type ${base} must be a string or a number`);
      const checked = valueText(type, value);
      if ('fault' in checked) throw invalid(name, checked.fault);
      return { ...nvarchar(name, checked.text), declaration };
    }
  }
}

const nothing = (name: string): RpcParameter => ({
  name,
  type: TYPES.NVarChar,
  value: null,
  options: { length: 4000 },
});

function bitOf(name: string, value: unknown): boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  if (value !== 0 && value !== 1) throw invalid(name, 'of type bit must be true or false');
  return value === 1;
}

/** NULL too travels as varbinary, because SQL Server converts no nvarchar to binary by itself. */
function binary(name: string, { declaration, length = Infinity }: ParameterType, value: unknown): TypedParameter {
  const bytes = typeof value === 'string' ? bytesOf(value) : undefined;
  if (value !== null && bytes === undefined)
    throw invalid(name, `of type ${declaration} must be hexadecimal text such as "0x1F2E", or base64`);
  if (bytes !== undefined && bytes.length > length)
    throw invalid(name, `is longer than ${declaration} and would be truncated`);
  return { name, type: TYPES.VarBinary, value: bytes ?? null, options: { length: Infinity }, declaration };
}

const LONGEST_VARIANT_TEXT = 4000;

/** The value travels in its own type, which the sql_variant then has as its base type. */
function variant(name: string, value: unknown): RpcParameter {
  switch (typeof value) {
    case 'boolean':
      return { name, type: TYPES.Bit, value };
    case 'number': {
      const whole = number(name, value);
      if (whole.declaration === 'int' || whole.declaration === 'bigint') return whole;
      return { name, type: TYPES.Float, value };
    }
    case 'string':
      if (value.length > LONGEST_VARIANT_TEXT)
        throw invalid(name, `is longer than a sql_variant, which holds ${LONGEST_VARIANT_TEXT} characters`);
      return nvarchar(name, value);
    default:
      if (value === null) return nothing(name);
      throw invalid(name, 'of type sql_variant must be a string, a number, a boolean or null');
  }
}

function invalid(name: string, what: string): AppError {
  return new AppError('INVALID_ARGUMENT', `The parameter "${name}" ${what}.`, { details: { parameter: name } });
}
