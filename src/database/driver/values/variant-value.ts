import type { CellValue } from '../result-set.js';
import { codePageText, collationOf } from './code-page.js';
import { type CellLimit, cutText, hexText } from './cut-text.js';
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
import type { WireColumn } from './wire.js';

/** Base types whose value has no properties before it (MS-TDS 2.2.5.5.4). */
const PLAIN: ReadonlyMap<number, ByLength> = new Map<number, ByLength>([
  [0x24, guid],
  [0x28, date],
  [0x30, integer],
  [0x32, bit],
  [0x34, integer],
  [0x38, integer],
  [0x3a, datetime],
  [0x3b, float],
  [0x3c, money],
  [0x3d, datetime],
  [0x3e, float],
  [0x7a, money],
  [0x7f, integer],
]);

/**
 * Reads a sql_variant by its base type. A text is preceded by its collation and then by its maximum length; the driver
 * expects them in the other order, and would decode letters beyond ASCII in a wrong code page.
 */
export function readVariant(buffer: Buffer, column: WireColumn, limit: CellLimit): CellValue {
  const baseType = buffer[0] ?? 0;
  const propertyBytes = buffer[1] ?? 0;
  const at = 2 + propertyBytes;
  const length = buffer.length - at;
  const plain = PLAIN.get(baseType);
  if (plain !== undefined) return plain(buffer, at, length, column, limit);
  const property = buffer[2] ?? 0;
  switch (baseType) {
    case 0x29:
      return time(buffer, at, length, property);
    case 0x2a:
      return datetime2(buffer, at, length, property);
    case 0x2b:
      return datetimeoffset(buffer, at, length, property);
    case 0x6a:
    case 0x6c:
      return decimal(buffer, at, length, buffer[3] ?? 0);
    case 0xa5:
    case 0xad:
      return hexText(buffer.subarray(at), length, limit);
    case 0xa7:
    case 0xaf:
      return cutText(codePageText(buffer.subarray(at), collationOf(buffer.subarray(2, 7))), limit);
    case 0xe7:
    case 0xef:
      return cutText(buffer.toString('utf16le', at, buffer.length), limit);
    default:
      throw new Error(`sql_variant holds a value of the unknown type 0x${baseType.toString(16)}`);
  }
}
