import type { SqlType, SqlTypeName, Value, VariantValue } from '../engine/sql-type.ts';
import { type ByteReader, ProtocolError } from './byte-reader.ts';
import { TypeToken } from './type-token.ts';
import { readPlain } from './value-reader.ts';

const NO_COLLATION = new Uint8Array(5);

const SIMPLE: Readonly<Record<number, SqlTypeName>> = {
  [TypeToken.bit]: 'bit',
  [TypeToken.int1]: 'tinyint',
  [TypeToken.int2]: 'smallint',
  [TypeToken.int4]: 'int',
  [TypeToken.int8]: 'bigint',
  [TypeToken.float4]: 'real',
  [TypeToken.float8]: 'float',
  [TypeToken.money]: 'money',
  [TypeToken.money4]: 'smallmoney',
  [TypeToken.datetime]: 'datetime',
  [TypeToken.datetime4]: 'smalldatetime',
  [TypeToken.guid]: 'uniqueidentifier',
  [TypeToken.dateN]: 'date',
};

/** The content of a sql_variant (MS-TDS 2.2.5.5.4): base type, property bytes, value. */
export function readVariant(reader: ByteReader, length: number): VariantValue {
  const token = reader.u8();
  const propertyBytes = reader.u8();
  const properties = reader.view(propertyBytes);
  const bytes = length - 2 - propertyBytes;
  if (bytes < 0) throw new ProtocolError('A sql_variant is shorter than its properties.');
  const { type, collation } = baseType(token, properties);
  const value: Value = readPlain(type, bytes, reader, collation);
  return { type, value: value as Exclude<Value, VariantValue> };
}

function baseType(token: number, properties: Buffer): { type: SqlType; collation: Uint8Array } {
  const simple = SIMPLE[token];
  if (simple) return { type: { name: simple }, collation: NO_COLLATION };
  const first = properties[0] ?? 0;
  switch (token) {
    case TypeToken.timeN:
      return { type: { name: 'time', scale: first }, collation: NO_COLLATION };
    case TypeToken.datetime2N:
      return { type: { name: 'datetime2', scale: first }, collation: NO_COLLATION };
    case TypeToken.datetimeOffsetN:
      return { type: { name: 'datetimeoffset', scale: first }, collation: NO_COLLATION };
    case TypeToken.decimalN:
      return { type: { name: 'decimal', precision: first, scale: properties[1] ?? 0 }, collation: NO_COLLATION };
    case TypeToken.numericN:
      return { type: { name: 'numeric', precision: first, scale: properties[1] ?? 0 }, collation: NO_COLLATION };
    case TypeToken.bigVarBinary:
    case TypeToken.bigBinary:
      return {
        type: { name: token === TypeToken.bigBinary ? 'binary' : 'varbinary', length: lengthAt(properties, 0, 1) },
        collation: NO_COLLATION,
      };
    case TypeToken.bigVarChar:
    case TypeToken.bigChar:
      return {
        type: { name: token === TypeToken.bigChar ? 'char' : 'varchar', length: lengthAt(properties, 5, 1) },
        collation: properties.subarray(0, 5),
      };
    case TypeToken.nVarChar:
    case TypeToken.nChar:
      return {
        type: { name: token === TypeToken.nChar ? 'nchar' : 'nvarchar', length: lengthAt(properties, 5, 2) },
        collation: properties.subarray(0, 5),
      };
    default:
      throw new ProtocolError(`A sql_variant cannot hold type 0x${token.toString(16)}.`);
  }
}

function lengthAt(properties: Buffer, at: number, bytesPerCharacter: number): number {
  if (properties.length < at + 2) throw new ProtocolError('A sql_variant lacks its length.');
  return Math.max(1, properties.readUInt16LE(at) / bytesPerCharacter);
}
