import type { CellValue } from '../result-set.js';
import type { CellLimit } from './cut-text.js';
import { dateText, DAYS_TO_1900, datetimeoffsetText, datetimeText, secondsText, timeText } from './date-text.js';
import { largeDecimal, shortestSingle, smallDecimal } from './decimal-text.js';
import type { WireColumn } from './wire.js';

/** Reads a value whose bytes are all in the buffer. */
export type ByLength = (buffer: Buffer, at: number, length: number, column: WireColumn, limit: CellLimit) => CellValue;

export const bit: ByLength = (buffer, at) => buffer[at] !== 0;

export const integer: ByLength = (buffer, at, length) => {
  switch (length) {
    case 1:
      return buffer.readUInt8(at);
    case 2:
      return buffer.readInt16LE(at);
    case 4:
      return buffer.readInt32LE(at);
    default:
      return bigint(buffer.readBigInt64LE(at));
  }
};

function bigint(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

export const float: ByLength = (buffer, at, length) =>
  length === 4 ? shortestSingle(buffer.readFloatLE(at)) : buffer.readDoubleLE(at);

export const money: ByLength = (buffer, at, length) => {
  if (length === 4) return signed(BigInt(buffer.readInt32LE(at)));
  return signed((BigInt(buffer.readInt32LE(at)) << 32n) + BigInt(buffer.readUInt32LE(at + 4)));
};

function signed(tenThousandths: bigint): number | string {
  return tenThousandths < 0n ? largeDecimal(-tenThousandths, true, 4) : largeDecimal(tenThousandths, false, 4);
}

/** Sign byte (1 is positive), then 4, 8, 12 or 16 bytes of magnitude (MS-TDS 2.2.5.5.1.6). */
export function decimal(buffer: Buffer, at: number, length: number, scale: number): number | string {
  const negative = buffer[at] === 0;
  if (length === 5) return smallDecimal(buffer.readUInt32LE(at + 1), negative, scale);
  const low = buffer.readUInt32LE(at + 1);
  const high = buffer.readUInt32LE(at + 5);
  if (length === 9 && high < 0x20_0000) return smallDecimal(high * 0x1_0000_0000 + low, negative, scale);
  let magnitude = (BigInt(high) << 32n) | BigInt(low);
  if (length >= 13) magnitude |= BigInt(buffer.readUInt32LE(at + 9)) << 64n;
  if (length >= 17) magnitude |= BigInt(buffer.readUInt32LE(at + 13)) << 96n;
  return largeDecimal(magnitude, negative, scale);
}

export const datetime: ByLength = (buffer, at, length) =>
  length === 4
    ? `${dateText(buffer.readUInt16LE(at) + DAYS_TO_1900)}T${secondsText(buffer.readUInt16LE(at + 2) * 60)}`
    : datetimeText(buffer.readInt32LE(at), buffer.readInt32LE(at + 4));

export const date: ByLength = (buffer, at) => dateText(buffer.readUIntLE(at, 3));

export function time(buffer: Buffer, at: number, length: number, scale: number): string {
  return timeText(buffer.readUIntLE(at, length), scale);
}

export function datetime2(buffer: Buffer, at: number, length: number, scale: number): string {
  return `${dateText(buffer.readUIntLE(at + length - 3, 3))}T${time(buffer, at, length - 3, scale)}`;
}

export function datetimeoffset(buffer: Buffer, at: number, length: number, scale: number): string {
  const days = buffer.readUIntLE(at + length - 5, 3);
  const offset = buffer.readInt16LE(at + length - 2);
  return datetimeoffsetText(days, buffer.readUIntLE(at, length - 5), scale, offset);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

/** The first three groups are little-endian (MS-DTYP 2.3.4). Upper case, as SQL Server shows it. */
export const guid: ByLength = (buffer, at) => {
  const h = (i: number): string => HEX[buffer[at + i] ?? 0] ?? '';
  return (
    `${h(3)}${h(2)}${h(1)}${h(0)}-${h(5)}${h(4)}-${h(7)}${h(6)}-${h(8)}${h(9)}-` +
    `${h(10)}${h(11)}${h(12)}${h(13)}${h(14)}${h(15)}`
  );
};
