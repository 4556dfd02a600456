import { DATE_TYPES, dateText } from './parameter-dates.js';
import type { ParameterType } from './parameter-types.js';

// Checks that a value passes into its named type unchanged, before the database sees it. Without a warning the server
// would truncate a string that is too long for a variable, round a number to its scale, and read the first 36 characters
// of a uniqueidentifier; for a value outside of the type's range it would send an error of its own.

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};
const MONEY_SCALE = 4;
const MONEY_DIGITS = 15;
/** In ten-thousandths. */
const MONEY: Readonly<Record<string, readonly [bigint, bigint]>> = {
  money: RANGES.bigint as readonly [bigint, bigint],
  smallmoney: RANGES.int as readonly [bigint, bigint],
};
/** The precision from which on `float(n)` has 8 bytes; below it is a real. */
const DOUBLE_FROM = 25;
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;
const WRITTEN_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
const GUID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\})$/i;

/** The text to send for a value, or why it doesn't fit its type; the fault completes "The parameter …". */
export type ValueText = { readonly text: string } | { readonly fault: string };

export function valueText(type: ParameterType, value: string | number): ValueText {
  const { base, declaration } = type;
  const text = String(value);
  const range = RANGES[base];
  if (range !== undefined) return faulty(integerFault(base, range, value)) ?? { text };
  if (DATE_TYPES.has(base)) return dateText(base, declaration, type.scale ?? 0, text);
  switch (base) {
    case 'decimal':
    case 'numeric':
    case 'money':
    case 'smallmoney':
      return exactNumber(type, value);
    case 'float':
    case 'real':
      return faulty(floatFault(type, text)) ?? { text };
    case 'uniqueidentifier':
      return GUID.test(text) ? { text } : { fault: 'is not a uniqueidentifier' };
    default:
      return text.length > (type.length ?? Infinity)
        ? { fault: `is longer than ${declaration} and would be truncated` }
        : { text };
  }
}

const faulty = (fault: string | undefined): ValueText | undefined => (fault === undefined ? undefined : { fault });

function integerFault(
  base: string,
  [least, most]: readonly [bigint, bigint],
  value: string | number,
): string | undefined {
  if (!/^[+-]?\d{1,21}$/.test(String(value))) return 'is not a whole number';
  if (isInexact(value)) return INEXACT;
  const n = BigInt(String(value).replace(/^\+/, ''));
  return n < least || n > most ? `does not fit ${base}` : undefined;
}

const INEXACT = 'is beyond 2^53, where a JSON number is not exact: pass the value as a string';
const isInexact = (value: string | number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);

function exactNumber(
  { base, declaration, precision = 19, scale = MONEY_SCALE }: ParameterType,
  value: string | number,
): ValueText {
  const written = String(value);
  if (!WRITTEN_NUMBER.test(written)) return { fault: 'is not a number' };
  if (isInexact(value)) return { fault: INEXACT };
  const text = plainNumber(written);
  const [whole = '', digits = ''] = text.replace(/^[+-]/, '').split('.');
  const fraction = digits.replace(/0+$/, '');
  if (fraction.length > scale) return { fault: `has more decimal places than ${declaration} and would be rounded` };
  const wholeDigits = whole.replace(/^0+/, '');
  const money = MONEY[base];
  const room = money === undefined ? precision - scale : MONEY_DIGITS;
  if (wholeDigits.length > room) return { fault: beyond(base, declaration, room) };
  const sign = text.startsWith('-') ? '-' : '';
  if (money !== undefined) {
    const units = BigInt(`${sign}${wholeDigits || '0'}${fraction.padEnd(scale, '0')}`);
    if (units < money[0] || units > money[1]) return { fault: `does not fit ${base}` };
  }
  return { text: `${sign}${wholeDigits || '0'}${fraction === '' ? '' : `.${fraction}`}` };
}

function beyond(base: string, declaration: string, room: number): string {
  return base in MONEY
    ? `does not fit ${base}`
    : `does not fit ${declaration}, which has ${room} ${room === 1 ? 'digit' : 'digits'} before the point`;
}

function floatFault({ base, declaration, precision = DOUBLE_FROM }: ParameterType, text: string): string | undefined {
  if (!WRITTEN_NUMBER.test(text)) return 'is not a number';
  const single = base === 'real' || precision < DOUBLE_FROM;
  const nearest = single ? Math.fround(Number(text)) : Number(text);
  if (!Number.isFinite(nearest)) return `is too large for ${declaration}`;
  return nearest === 0 && /[1-9]/.test(text.replace(/e.*$/i, ''))
    ? `is too close to zero for ${declaration} and would become 0`
    : undefined;
}

/** Writes `1.5e3` as `1500`, because SQL Server converts a string with an exponent only to float. */
export function plainNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent] = NUMBER.exec(text) ?? [];
  if (exponent === undefined) return text;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * The bytes of `0x…` hex, as results show them, or of base64 with or without padding; undefined for another text. A text
 * of 0x and hexadecimal digits is always hex, although it may be base64 too.
 */
export function bytesOf(text: string): Buffer | undefined {
  const hex = /^0x([0-9a-f]*)$/i.exec(text)?.[1];
  if (hex !== undefined) return hex.length % 2 === 0 ? Buffer.from(hex, 'hex') : undefined;
  const bytes = Buffer.from(text, 'base64');
  const bare = (base64: string) => base64.replace(/=+$/, '');
  return bare(bytes.toString('base64')) === bare(text) ? bytes : undefined;
}
