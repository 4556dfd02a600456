import { toHex } from './bytes.ts';
import type { BoundExpression } from './contracts.ts';
import { checkConversion } from './conversion-rules.ts';
import { toDateTime } from './convert-dates.ts';
import { toApproximate, toDecimal, toInteger, type RawConverter } from './convert-numbers.ts';
import { toBinary, toText, toUniqueIdentifier } from './convert-strings.ts';
import { SqlError, notSupported } from './sql-error.ts';
import type { SqlType, Value, VariantValue } from './sql-type.ts';
import {
  NVARCHAR_MAX,
  isApproximate,
  isBinary,
  isDateTime,
  isDecimal,
  isInteger,
  isLargeObject,
  isString,
  sameCodePage,
} from './types.ts';
import { checkXml } from './xml-text.ts';

export type Converter = (v: Value) => Value;

export interface ConvertOptions {
  readonly style?: number;
  /** Allows implicit conversions only (errors 206 and 257). */
  readonly implicit?: boolean;
  /** TRY_CAST and similar functions: an unsuitable value gives NULL instead of an error. */
  readonly try?: boolean;
}

const identity: Converter = v => v;
const toNull: Converter = () => null;

/** The conversion changes no value: the types are equal, and no facet truncates or pads. */
function unchanged(from: SqlType, to: SqlType): boolean {
  if (from.name !== to.name) return false;
  if (isString(from) || isBinary(from)) {
    if (isString(from) && !sameCodePage(from, to)) return false;
    if (to.length === undefined || to.length === -1) return true;
    const fixed = to.name === 'char' || to.name === 'nchar' || to.name === 'binary';
    return fixed
      ? from.length === to.length
      : from.length !== undefined && from.length !== -1 && from.length <= to.length;
  }
  if (isDecimal(from)) {
    return from.scale === to.scale && (from.precision ?? 18) <= (to.precision ?? 18);
  }
  return (from.scale ?? 7) <= (to.scale ?? 7);
}

function rawConverter(from: SqlType, to: SqlType, style: number | undefined): RawConverter {
  if (to.name === 'sql_variant') {
    if (from.name === 'sql_variant') return v => v;
    if (isLargeObject(from))
      throw new SqlError(206, `Operand type clash: ${from.name}(max) is incompatible with sql_variant`);
    return v => ({ type: from, value: v as VariantValue['value'] });
  }
  if (from.name === 'sql_variant') {
    const byType = new WeakMap<SqlType, Converter>();
    return v => {
      const { type, value } = v as VariantValue;
      let convert = byType.get(type);
      if (!convert) byType.set(type, (convert = converter(type, to, { style })));
      return convert(value);
    };
  }
  if (isString(to)) return toText(from, to, style);
  if (isInteger(to)) return toInteger(from, to);
  if (isDecimal(to)) return toDecimal(from, to);
  if (isApproximate(to)) return toApproximate(from, to);
  if (isDateTime(to)) return toDateTime(from, to, style);
  if (isBinary(to)) return toBinary(from, to, style);
  if (to.name === 'uniqueidentifier') return toUniqueIdentifier(from);
  if (to.name === 'xml') {
    if (from.name === 'xml') return v => v;
    const text = isString(from) ? undefined : toText(from, NVARCHAR_MAX, 0);
    return v => checkXml((text ? text(v) : v) as string);
  }
  if (from.name === to.name) return v => v;
  // The serialisation of a CLR type is kept unchanged.
  if (isBinary(from)) return v => v;
  throw notSupported(`the conversion from ${from.name} to ${to.name}`);
}

/** A function that turns values of `from` into values of `to`; NULL stays NULL. */
export function converter(from: SqlType, to: SqlType, options: ConvertOptions = {}): Converter {
  if (from.untypedNull) return toNull;
  checkConversion(from, to, options.implicit === true);
  if (unchanged(from, to)) return identity;
  const raw = rawConverter(from, to, options.style);
  if (!options.try) return v => (v === null ? null : raw(v));
  return v => {
    if (v === null) return null;
    try {
      return raw(v);
    } catch (error) {
      // 529 (a variant whose content can't be converted at all) is an error under TRY_CAST too.
      if (error instanceof SqlError && error.number !== 529 && error.number !== 50000) return null;
      throw error;
    }
  };
}

/** For INSERT and UPDATE: like an implicit conversion, but text that doesn't fit is error 2628. */
export function assignmentConverter(
  from: SqlType,
  to: SqlType,
  target: { readonly table: string; readonly column: string },
): Converter {
  const limit = to.length;
  const convert = converter(from, to, { implicit: true });
  const limited =
    (isString(to) || to.name === 'binary' || to.name === 'varbinary') && limit !== undefined && limit !== -1;
  if (!limited || from.untypedNull) return convert;
  const text = isString(from) || isDateTime(from);
  if (!text && !isBinary(from)) return convert;
  if (from.length !== undefined && from.length !== -1 && from.length <= limit) return convert;
  const full = isString(from) || isBinary(from) ? identity : converter(from, NVARCHAR_MAX, { implicit: true });
  const truncated = (shown: string): SqlError =>
    new SqlError(
      2628,
      `String or binary data would be truncated in table '${target.table}', column '${target.column}'. Truncated value: '${shown}'.`,
    );
  return v => {
    if (v === null) return null;
    const whole = full(v);
    // Trailing spaces and zero bytes that don't fit are dropped silently.
    if (typeof whole === 'string') {
      if (whole.length > limit && /[^ ]/.test(whole.slice(limit))) throw truncated(whole.slice(0, limit));
    } else if (whole instanceof Uint8Array && whole.length > limit && whole.subarray(limit).some(b => b !== 0)) {
      throw truncated(`0x${toHex(whole.subarray(0, limit))}`);
    }
    return convert(v);
  };
}

/** CAST: the expression converted; unchanged when the types are the same, folded when it is a literal. */
export function castExpression(x: BoundExpression, to: SqlType, options: ConvertOptions = {}): BoundExpression {
  const convert = converter(x.type, to, options);
  if (x.literal) {
    // The error is raised when the row is evaluated, because a branch of CASE may never be.
    try {
      const value = convert(x.literal.value);
      return { type: to, evaluate: () => value, literal: { value, computed: true } };
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
    }
  }
  if (convert === identity) return { type: to, evaluate: env => x.evaluate(env) };
  return { type: to, evaluate: env => convert(x.evaluate(env)) };
}

const displays = new WeakMap<SqlType, Converter>();

/** The text that CAST(v AS nvarchar(max)) gives; 'NULL' for NULL. */
export function toDisplayString(v: Value, t: SqlType): string {
  if (v === null) return 'NULL';
  if (isBinary(t)) return `0x${toHex(v as Uint8Array)}`;
  let convert = displays.get(t);
  if (!convert) displays.set(t, (convert = converter(t, NVARCHAR_MAX)));
  return convert(v) as string;
}
