import { bytesOf, decodeHex, guidFromBytes, toHex } from './bytes.ts';
import { codePageOf, decodeUtf16, encodeUtf16 } from './code-page.ts';
import { messageName, overflow, type RawConverter } from './convert-numbers.ts';
import { dateTimeFormatter } from './date-format.ts';
import { formatDecimal, rescale } from './decimals.ts';
import { formatFloat } from './float-format.ts';
import { SqlError, notSupported } from './sql-error.ts';
import type { SqlType } from './sql-type.ts';
import {
  isApproximate,
  isBinary,
  isDateTime,
  isDecimal,
  isInteger,
  isMoney,
  isString,
  isUnicode,
  precisionScale,
  sameCodePage,
} from './types.ts';

/** The number of characters that the type holds; Infinity for max, text and ntext. */
const capacity = (t: SqlType): number => (t.length === undefined || t.length === -1 ? Infinity : t.length);

/** Pads char and nchar. */
function padder(to: SqlType): (text: string) => string {
  const size = capacity(to);
  return (to.name === 'char' || to.name === 'nchar') && size !== Infinity ? text => text.padEnd(size) : text => text;
}

function groupThousands(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function moneyText(style: number): (v: bigint) => string {
  if (style === 2 || style === 126) return v => formatDecimal(v, 4);
  if (style === 1) return v => groupThousands(formatDecimal(rescale(v, 4, 2), 2));
  return v => formatDecimal(rescale(v, 4, 2), 2);
}

function stringToString(from: SqlType, to: SqlType): RawConverter {
  const size = capacity(to);
  const pad = padder(to);
  const recode = sameCodePage(from, to) ? undefined : codePageOf(to.collation);
  const fits = capacity(from) <= size;
  if (fits && !recode && to.name !== 'char' && to.name !== 'nchar') return v => v;
  return v => {
    let text = v as string;
    if (text.length > size) text = text.slice(0, size);
    return pad(recode ? recode.through(text) : text);
  };
}

function binaryToString(to: SqlType, style: number): (v: Uint8Array) => string {
  if (style === 1) return v => `0x${toHex(v)}`;
  if (style === 2) return toHex;
  if (isUnicode(to)) return decodeUtf16;
  const page = codePageOf(to.collation);
  return v => page.decode(v);
}

export function toText(from: SqlType, to: SqlType, style?: number): RawConverter {
  if (isString(from)) return stringToString(from, to);
  const size = capacity(to);
  const pad = padder(to);
  const orFail =
    (fail: () => SqlError) =>
    (text: string): string => {
      if (text.length > size) throw fail();
      return pad(text);
    };
  const cut = (text: string): string => pad(text.length > size ? text.slice(0, size) : text);
  if (isInteger(from)) {
    // Numbers that are too long become '*' in char and varchar, except bigint; in Unicode types they are an error.
    if (from.name !== 'bigint' && !isUnicode(to)) {
      return v => {
        const text = String(v as number);
        return pad(text.length > size ? '*' : text);
      };
    }
    const check = orFail(() => overflow(to));
    return v => check(String(v as number | bigint));
  }
  if (isMoney(from)) {
    const format = moneyText(style ?? 0);
    const check = orFail(
      () => new SqlError(234, `There is insufficient result space to convert a money value to ${to.name}.`),
    );
    return v => check(format(v as bigint));
  }
  if (isDecimal(from)) {
    const { scale } = precisionScale(from);
    const check = orFail(() => overflow(to, 'numeric'));
    return v => check(formatDecimal(v as bigint, scale));
  }
  if (isApproximate(from)) {
    return v => {
      const text = formatFloat(v as number, style);
      if (text.length > size)
        throw new SqlError(232, `Arithmetic overflow error for type ${to.name}, value = ${(v as number).toFixed(6)}.`);
      return pad(text);
    };
  }
  if (isDateTime(from)) {
    const format = dateTimeFormatter(from, style, to.name);
    return v => cut(format(v));
  }
  if (isBinary(from)) {
    const format = binaryToString(to, style ?? 0);
    return v => cut(format(v as Uint8Array));
  }
  if (from.name === 'uniqueidentifier') {
    const check = orFail(
      () => new SqlError(8170, 'Insufficient result space to convert uniqueidentifier value to char.'),
    );
    return v => check(v as string);
  }
  if (from.name === 'xml') {
    const page = isUnicode(to) ? undefined : codePageOf(to.collation);
    return v => cut(page ? page.through(v as string) : (v as string));
  }
  throw notSupported(`the conversion from ${from.name} to ${to.name}`);
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

export function toUniqueIdentifier(from: SqlType): RawConverter {
  if (from.name === 'uniqueidentifier') return v => v;
  if (isBinary(from)) return v => guidFromBytes(v as Uint8Array);
  return v => {
    const text = (v as string).trimStart();
    const braced = /^\{(.{36})\}/.exec(text)?.[1] ?? text;
    if (!GUID.test(braced)) {
      throw new SqlError(8169, 'Conversion failed when converting from a character string to uniqueidentifier.');
    }
    return braced.slice(0, 36).toUpperCase();
  };
}

export function toBinary(from: SqlType, to: SqlType, style = 0): RawConverter {
  const size = to.name === 'rowversion' ? 8 : capacity(to);
  const fixed = to.name === 'binary' || to.name === 'rowversion';
  // Text and binary are cut and padded on the right; numbers on the left.
  const right = (bytes: Uint8Array): Uint8Array => {
    const part = bytes.length > size ? bytes.subarray(0, size) : bytes;
    if (!fixed || part.length >= size) return part;
    const padded = new Uint8Array(size);
    padded.set(part);
    return padded;
  };
  const left = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length > size) return bytes.subarray(bytes.length - size);
    if (!fixed || bytes.length >= size) return bytes;
    const padded = new Uint8Array(size);
    padded.set(bytes, size - bytes.length);
    return padded;
  };
  if (isBinary(from)) return v => right(v as Uint8Array);
  if (isString(from) || from.name === 'xml') {
    if (style === 1 || style === 2) {
      return v => {
        const text = v as string;
        const bytes = style === 2 ? decodeHex(text) : /^0x/i.test(text) ? decodeHex(text.slice(2)) : undefined;
        if (!bytes) throw new SqlError(8114, `Error converting data type ${messageName(from)} to ${to.name}.`);
        return right(bytes);
      };
    }
    const page = isUnicode(from) || from.name === 'xml' ? undefined : codePageOf(from.collation);
    return v => right(page ? page.encode(v as string) : encodeUtf16(v as string));
  }
  const bytes = bytesOf(from);
  return isInteger(from) || isMoney(from) ? v => left(bytes(v)) : v => right(bytes(v));
}
