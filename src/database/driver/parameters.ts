import { TYPES } from 'tedious';
import { AppError } from '../../common/app-error.js';
import { bytesOf, plainNumber, typeFault, valueFault } from './parameter-values.js';

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

function typed(name: string, value: unknown): TypedParameter {
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

const EXPLICIT = /^([a-z_0-9]+)(?:\s*\(\s*(max|\d{1,4})(?:\s*,\s*(\d{1,2}))?\s*\))?$/i;
const ISO_LIKE = new Set(['date', 'time', 'datetime', 'smalldatetime', 'datetime2', 'datetimeoffset']);
const DECIMAL_LIKE = new Set(['decimal', 'numeric', 'money', 'smallmoney', 'float', 'real']);
const INTEGER_LIKE = new Set(['int', 'bigint', 'smallint', 'tinyint']);
const TEXT_LIKE = new Set(['varchar', 'nvarchar', 'char', 'nchar', 'xml', 'uniqueidentifier', 'sql_variant']);

/**
 * A value whose type the caller names. It travels as text (binary as bytes), and the server converts it, which is exact
 * for every type. sp_executesql declares the type, so that an index on the column is used.
 */
function explicit(name: string, type: string, value: unknown): TypedParameter {
  const match = EXPLICIT.exec(type.trim());
  const base = match?.[1]?.toLowerCase() ?? '';
  const declaration = declarationOf(name, base, match?.[2]?.toLowerCase(), match?.[3]);
  if (value === null) return { name, type: TYPES.NVarChar, value: null, options: { length: 4000 }, declaration };
  if (base === 'bit') {
    if (typeof value !== 'boolean' && value !== 0 && value !== 1)
      throw invalid(name, 'of type bit must be true or false');
    return { name, type: TYPES.Bit, value: Boolean(value), declaration };
  }
  if (base === 'binary' || base === 'varbinary') {
    const bytes = typeof value === 'string' ? bytesOf(value) : undefined;
    if (bytes === undefined) throw invalid(name, 'must be a base64 string');
    const longest = /\((\d+)\)$/.exec(declaration)?.[1];
    if (longest !== undefined && bytes.length > Number(longest))
      throw invalid(name, `is longer than ${declaration} and would be truncated`);
    return { name, type: TYPES.VarBinary, value: bytes, options: { length: Infinity }, declaration };
  }
  if (typeof value !== 'string' && typeof value !== 'number')
    throw invalid(name, `of type ${base} must be a string or a number`);
  let text = String(value);
  if (INTEGER_LIKE.has(base) && !/^[+-]?\d{1,21}$/.test(text)) throw invalid(name, `is not a whole number`);
  if (DECIMAL_LIKE.has(base)) {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text)) throw invalid(name, 'is not a number');
    if (base !== 'float' && base !== 'real') text = plainNumber(text);
  }
  const fault = valueFault(declaration, value);
  if (fault !== undefined) throw invalid(name, fault);
  return { ...nvarchar(name, text), declaration };
}

function declarationOf(name: string, base: string, first: string | undefined, second: string | undefined): string {
  const known =
    ISO_LIKE.has(base) ||
    DECIMAL_LIKE.has(base) ||
    INTEGER_LIKE.has(base) ||
    TEXT_LIKE.has(base) ||
    ['bit', 'binary', 'varbinary'].includes(base);
  if (!known) throw invalid(name, 'has a type that parameters cannot have');
  const fault = typeFault(base, first, second);
  if (fault !== undefined) throw invalid(name, fault);
  if (first !== undefined) return `${base}(${first}${second === undefined ? '' : `,${second}`})`;
  switch (base) {
    case 'varchar':
    case 'nvarchar':
    case 'varbinary':
      return `${base}(max)`;
    case 'char':
    case 'binary':
      return `${base}(8000)`;
    case 'nchar':
      return 'nchar(4000)';
    case 'decimal':
    case 'numeric':
      return `${base}(38,10)`;
    default:
      return base;
  }
}

function invalid(name: string, what: string): AppError {
  return new AppError('INVALID_ARGUMENT', `The parameter "${name}" ${what}.`, { details: { parameter: name } });
}
