import { toHex } from './bytes.ts';
import { collationFor } from './collation.ts';
import { converter } from './convert.ts';
import { SqlError } from './sql-error.ts';
import type { DateTimeOffsetValue, SqlType, Value, VariantValue } from './sql-type.ts';
import { FLOAT, isApproximate, isBinary, isDateTime, isDecimal, isInteger, isString, precisionScale } from './types.ts';

/** Throws for types that have no order and no equality. */
export function checkComparable(t: SqlType): void {
  if (t.name === 'xml') {
    throw new SqlError(305, 'The XML data type cannot be compared or sorted, except when using the IS NULL operator.');
  }
  if (t.name === 'text' || t.name === 'ntext' || t.name === 'image') {
    throw new SqlError(
      306,
      'The text, ntext, and image data types cannot be compared or sorted, except when using IS NULL or LIKE operator.',
    );
  }
}

/** uniqueidentifier is ordered by its last six bytes first, then by the groups from right to left. */
function guidOrder(guid: string): string {
  const pairs = (group: string): string => group.replace(/(..)/g, '$1,').split(',').reverse().join('');
  return (
    guid.slice(24) + guid.slice(19, 23) + pairs(guid.slice(14, 18)) + pairs(guid.slice(9, 13)) + pairs(guid.slice(0, 8))
  );
}

/** sql_variant: families in their order (learn.microsoft.com: sql_variant, Comparing sql_variant values). */
function variantFamily(t: SqlType): number {
  if (isDateTime(t)) return 5;
  if (isApproximate(t)) return 4;
  if (isDecimal(t) || isInteger(t)) return 3;
  if (isString(t)) return 2;
  return isBinary(t) ? 1 : 0;
}
const FAMILY_TYPE: Readonly<Record<number, SqlType>> = {
  2: { name: 'nvarchar', length: 4000 },
  4: FLOAT,
  5: { name: 'datetimeoffset', scale: 7 },
};

function exactNumber(v: VariantValue): bigint {
  const { scale } = precisionScale(v.type);
  return BigInt(v.value as number | bigint) * 10n ** BigInt(38 - scale);
}

function compareVariants(a: VariantValue, b: VariantValue): number {
  const family = variantFamily(a.type);
  const other = variantFamily(b.type);
  if (family !== other) return family - other;
  if (family === 3) {
    const x = exactNumber(a);
    const y = exactNumber(b);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  const common = FAMILY_TYPE[family] ?? a.type;
  const left = converter(a.type, common)(a.value);
  const right = converter(b.type, common)(b.value);
  return comparatorFor(common)(left, right);
}

const compareScalars = (a: Value, b: Value): number =>
  (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;

/** Orders two non-null values of one type, by its collation. */
export function comparatorFor(t: SqlType): (a: Value, b: Value) => number {
  checkComparable(t);
  if (isString(t)) return collationFor(t.collation).compare as (a: Value, b: Value) => number;
  if (isBinary(t)) return (a, b) => Buffer.compare(a as Uint8Array, b as Uint8Array);
  switch (t.name) {
    case 'datetimeoffset':
      return (a, b) => compareScalars((a as DateTimeOffsetValue).utcTicks, (b as DateTimeOffsetValue).utcTicks);
    case 'uniqueidentifier':
      return (a, b) => (a === b ? 0 : guidOrder(a as string) < guidOrder(b as string) ? -1 : 1);
    case 'sql_variant':
      return (a, b) => compareVariants(a as VariantValue, b as VariantValue);
    case 'hierarchyid':
    case 'geography':
    case 'geometry':
      return (a, b) => Buffer.compare(a as Uint8Array, b as Uint8Array);
    default:
      return compareScalars;
  }
}

/** A control character before upper-case letters: no folded text contains it. */
const NULL_KEY = '\u0000NULL';

function variantKey(v: VariantValue): string {
  const family = variantFamily(v.type);
  if (family === 3) return `3:${exactNumber(v)}`;
  const common = FAMILY_TYPE[family] ?? v.type;
  return `${family}:${String(hashKeyFor(common)(converter(v.type, common)(v.value)))}`;
}

/** Equal values of one type have equal keys, and only these; NULL has one of its own. */
export function hashKeyFor(t: SqlType): (v: Value) => string | number | bigint {
  checkComparable(t);
  if (isString(t)) {
    const { key } = collationFor(t.collation);
    return v => (v === null ? NULL_KEY : key(v as string));
  }
  if (isBinary(t)) return v => (v === null ? NULL_KEY : toHex(v as Uint8Array));
  switch (t.name) {
    case 'datetimeoffset':
      return v => (v === null ? NULL_KEY : (v as DateTimeOffsetValue).utcTicks);
    case 'sql_variant':
      return v => (v === null ? NULL_KEY : variantKey(v as VariantValue));
    // -0 and 0 are equal, as keys of a Map too.
    case 'hierarchyid':
    case 'geography':
    case 'geometry':
      return v => (v === null ? NULL_KEY : toHex(v as Uint8Array));
    default:
      return v => (v === null ? NULL_KEY : (v as string | number | bigint));
  }
}
