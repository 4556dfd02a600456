import { DAYS_1900, datetimeUnits, splitTicks } from './dates.ts';
import { powerOfTen } from './decimals.ts';
import { notSupported } from './sql-error.ts';
import type { DateTimeOffsetValue, SqlType, Value } from './sql-type.ts';
import { precisionScale } from './types.ts';

export const toHex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();

/** Returns undefined unless the text consists of pairs of hexadecimal digits. */
export function decodeHex(text: string): Uint8Array | undefined {
  return text.length % 2 === 0 && /^[0-9a-f]*$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/** The last `width` bytes as a signed big-endian number. */
export function integerFromBytes(bytes: Uint8Array, width: number): bigint {
  let n = 0n;
  for (const b of bytes.subarray(Math.max(0, bytes.length - width))) n = (n << 8n) | BigInt(b);
  return BigInt.asIntN(width * 8, n);
}

function integerToBytes(value: bigint, width: number): Uint8Array {
  const bytes = new Uint8Array(width);
  let rest = BigInt.asUintN(width * 8, value);
  for (let i = width - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

const littleEndian = (value: bigint, width: number): Uint8Array => integerToBytes(value, width).reverse();

/** uniqueidentifier: the first three groups are little-endian. */
export function guidToBytes(guid: string): Uint8Array {
  const raw = Buffer.from(guid.replace(/-/g, ''), 'hex');
  raw.subarray(0, 4).reverse();
  raw.subarray(4, 6).reverse();
  raw.subarray(6, 8).reverse();
  return raw;
}

export function guidFromBytes(bytes: Uint8Array): string {
  const raw = Buffer.alloc(16);
  raw.set(bytes.subarray(0, 16));
  raw.subarray(0, 4).reverse();
  raw.subarray(4, 6).reverse();
  raw.subarray(6, 8).reverse();
  const h = raw.toString('hex').toUpperCase();
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

function floatBytes(value: number, width: 4 | 8): Uint8Array {
  const buffer = Buffer.alloc(width);
  if (width === 4) buffer.writeFloatBE(value);
  else buffer.writeDoubleBE(value);
  return buffer;
}

const INTEGER_WIDTH: Readonly<Record<string, number>> = {
  bit: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
  money: 8,
  smallmoney: 4,
};

/** The result of CAST(value AS varbinary(max)) for types other than text: SQL Server's storage format. */
export function bytesOf(t: SqlType): (v: Exclude<Value, null>) => Uint8Array {
  const width = INTEGER_WIDTH[t.name];
  if (width !== undefined) return v => integerToBytes(BigInt(v as number | bigint), width);
  const { precision, scale } = precisionScale(t);
  const timeWidth = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
  const timePart = (ticks: number): Uint8Array => littleEndian(BigInt(ticks) / powerOfTen(7 - scale), timeWidth);
  switch (t.name) {
    case 'decimal':
    case 'numeric': {
      const size = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16;
      return v => {
        const n = v as bigint;
        return concat(Uint8Array.of(precision, scale, 0, n < 0n ? 0 : 1), littleEndian(n < 0n ? -n : n, size));
      };
    }
    case 'float':
      return v => floatBytes(v as number, 8);
    case 'real':
      return v => floatBytes(v as number, 4);
    case 'uniqueidentifier':
      return v => guidToBytes(v as string);
    case 'datetime':
      return v => {
        const { days, time } = splitTicks(v as bigint);
        return concat(integerToBytes(BigInt(days - DAYS_1900), 4), integerToBytes(BigInt(datetimeUnits(time)), 4));
      };
    case 'smalldatetime':
      return v => {
        const { days, time } = splitTicks(v as bigint);
        return concat(
          integerToBytes(BigInt(days - DAYS_1900), 2),
          integerToBytes(BigInt(Math.round(time / 600_000_000)), 2),
        );
      };
    case 'date':
      return v => littleEndian(BigInt(v as number), 3);
    case 'time':
      return v => concat(Uint8Array.of(scale), timePart(v as number));
    case 'datetime2':
      return v => {
        const { days, time } = splitTicks(v as bigint);
        return concat(Uint8Array.of(scale), timePart(time), littleEndian(BigInt(days), 3));
      };
    case 'datetimeoffset':
      return v => {
        const { utcTicks, offset } = v as DateTimeOffsetValue;
        const { days, time } = splitTicks(utcTicks);
        return concat(
          Uint8Array.of(scale),
          timePart(time),
          littleEndian(BigInt(days), 3),
          littleEndian(BigInt(offset), 2),
        );
      };
    default:
      throw notSupported(`the conversion from ${t.name} to binary`);
  }
}
