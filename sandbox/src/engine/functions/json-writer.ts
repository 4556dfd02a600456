import type { BoundExpression } from '../contracts.ts';
import { converter } from '../convert.ts';
import { dateTimeFormatter } from '../date-format.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, Value, VariantValue } from '../sql-type.ts';
import { NVARCHAR_MAX, isApproximate, isBinary, isDateTime, isMoney, isNumeric } from '../types.ts';
import { escapeJson } from './text-functions.ts';

const fragments = new WeakSet<BoundExpression>();

/** Marks an expression whose text is JSON already: FOR JSON, JSON_OBJECT and JSON_MODIFY don't quote it. */
export function markJsonFragment(x: BoundExpression): BoundExpression {
  fragments.add(x);
  return x;
}
export const isJsonFragment = (x: BoundExpression): boolean => fragments.has(x);

const writers = new WeakMap<SqlType, (v: Exclude<Value, null>) => string>();

function writerFor(t: SqlType): (v: Exclude<Value, null>) => string {
  if (t.name === 'bit') return v => (v === 1 ? 'true' : 'false');
  if (t.name === 'sql_variant') return v => jsonLiteral((v as VariantValue).value, (v as VariantValue).type);
  if (isApproximate(t)) {
    // FOR JSON writes all digits: 1.500000000000000e+000.
    return v => floatLiteral(v as number, t.name === 'real');
  }
  if (isNumeric(t)) {
    const toText = converter(t, NVARCHAR_MAX, isMoney(t) ? { style: 2 } : {});
    return v => toText(v) as string;
  }
  if (isDateTime(t)) {
    const format = dateTimeFormatter(t, t.name === 'time' ? 121 : 126, 'nvarchar');
    return v => `"${trimFraction(t, format(v))}"`;
  }
  if (isBinary(t)) return v => `"${Buffer.from(v as Uint8Array).toString('base64')}"`;
  if (t.name === 'hierarchyid' || t.name === 'geography' || t.name === 'geometry') {
    throw new SqlError(
      13604,
      `FOR JSON cannot serialize CLR objects. Cast CLR types explicitly into one of the supported types in FOR JSON queries.`,
    );
  }
  return v => `"${escapeJson(v as string)}"`;
}

/** A zero fraction of a time is omitted. */
const trimFraction = (t: SqlType, s: string): string => (t.name === 'time' ? s.replace(/\.0+$/, '') : s);

function floatLiteral(v: number, single: boolean): string {
  const [mantissa = '', exponent = '0'] = v.toExponential(single ? 7 : 15).split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${mantissa}e${sign}${exponent.replace(/[+-]/, '').padStart(3, '0')}`;
}

/** The value as a JSON literal, as FOR JSON writes it. */
export function jsonLiteral(v: Value, t: SqlType = NVARCHAR_MAX): string {
  if (v === null) return 'null';
  let write = writers.get(t);
  if (!write) {
    write = writerFor(t);
    writers.set(t, write);
  }
  return write(v);
}
