import { createRequire } from 'node:module';
import type { CellValue } from '../result-set.js';
import { codePageText } from './code-page.js';
import { cutText, hexText } from './cut-text.js';
import {
  bit,
  type ByLength,
  date,
  datetime,
  datetime2,
  datetimeoffset,
  decimal,
  float,
  guid,
  integer,
  money,
  time,
} from './scalar-values.js';
import { readVariant } from './variant-value.js';
import type { WireColumn, WireReader, WireResult } from './wire.js';

// MS-TDS 2.2.5.5: the layout of each type's value in a row.

const require = createRequire(import.meta.url);
const { NotEnoughDataError } = require('tedious/lib/token/helpers') as {
  NotEnoughDataError: new (byteCount: number) => object;
};

// The driver copies value and offset at once, so all readers share one object.
const shared: WireResult = { value: null, offset: 0 };

function result(value: CellValue, offset: number): WireResult {
  shared.value = value;
  shared.offset = offset;
  return shared;
}

function need(buffer: Buffer, end: number): void {
  if (buffer.length < end) throw new NotEnoughDataError(end);
}

/** The value is preceded by one byte of length, which is 0 for NULL. */
const byteLength =
  (read: ByLength): WireReader =>
  (buffer, offset, column, limit) => {
    need(buffer, offset + 1);
    const length = buffer[offset] ?? 0;
    if (length === 0) return result(null, offset + 1);
    need(buffer, offset + 1 + length);
    return result(read(buffer, offset + 1, length, column, limit), offset + 1 + length);
  };

const fixed =
  (length: number, read: ByLength): WireReader =>
  (buffer, offset, column, limit) => {
    need(buffer, offset + length);
    return result(read(buffer, offset, length, column, limit), offset + length);
  };

const NULL_LENGTH = 0xffff;
/** The value is preceded by two bytes of length, which are 0xFFFF for NULL. */
const shortLength =
  (read: ByLength): WireReader =>
  (buffer, offset, column, limit) => {
    need(buffer, offset + 2);
    const length = buffer.readUInt16LE(offset);
    if (length === NULL_LENGTH) return result(null, offset + 2);
    need(buffer, offset + 2 + length);
    return result(read(buffer, offset + 2, length, column, limit), offset + 2 + length);
  };

const nationalText: ByLength = (buffer, at, length, _column, limit) =>
  cutText(buffer.toString('utf16le', at, at + length), limit);

const bytes: ByLength = (buffer, at, length, _column, limit) =>
  hexText(buffer.subarray(at, at + length), length, limit);

const codepageText: ByLength = (buffer, at, length, column, limit) =>
  cutText(codePageText(buffer.subarray(at, at + length), column.collation), limit);

const nullOnly: WireReader = (_buffer, offset) => result(null, offset);
const variant: WireReader = (buffer, offset, column, limit) => {
  need(buffer, offset + 4);
  const length = buffer.readUInt32LE(offset);
  if (length === 0) return result(null, offset + 4);
  need(buffer, offset + 4 + length);
  return result(readVariant(buffer.subarray(offset + 4, offset + 4 + length), column, limit), offset + 4 + length);
};

const READERS: ReadonlyMap<string, WireReader> = new Map<string, WireReader>([
  ['Null', nullOnly],
  ['TinyInt', fixed(1, integer)],
  ['SmallInt', fixed(2, integer)],
  ['Int', fixed(4, integer)],
  ['BigInt', fixed(8, integer)],
  ['IntN', byteLength(integer)],
  ['Bit', fixed(1, bit)],
  ['BitN', byteLength(bit)],
  ['Real', fixed(4, float)],
  ['Float', fixed(8, float)],
  ['FloatN', byteLength(float)],
  ['SmallMoney', fixed(4, money)],
  ['Money', fixed(8, money)],
  ['MoneyN', byteLength(money)],
  ['NumericN', byteLength((b, at, length, column) => decimal(b, at, length, column.scale ?? 0))],
  ['DecimalN', byteLength((b, at, length, column) => decimal(b, at, length, column.scale ?? 0))],
  ['SmallDateTime', fixed(4, datetime)],
  ['DateTime', fixed(8, datetime)],
  ['DateTimeN', byteLength(datetime)],
  ['Date', byteLength(date)],
  ['Time', byteLength((b, at, length, column) => time(b, at, length, column.scale ?? 7))],
  ['DateTime2', byteLength((b, at, length, column) => datetime2(b, at, length, column.scale ?? 7))],
  ['DateTimeOffset', byteLength((b, at, length, column) => datetimeoffset(b, at, length, column.scale ?? 7))],
  ['UniqueIdentifier', byteLength(guid)],
  ['NVarChar', shortLength(nationalText)],
  ['NChar', shortLength(nationalText)],
  ['VarChar', shortLength(codepageText)],
  ['Char', shortLength(codepageText)],
  ['VarBinary', shortLength(bytes)],
  ['Binary', shortLength(bytes)],
  ['Variant', variant],
]);

/** Undefined for the old types text and image, which the driver reads exactly. */
export function readerOf(column: WireColumn): WireReader | undefined {
  return READERS.get(column.type.name);
}
