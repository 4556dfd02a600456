import type { SqlType, VariantValue } from '../engine/sql-type.ts';
import type { ByteWriter } from './byte-writer.ts';
import { collationBytes } from './collation.ts';
import { decimalFacets } from './type-info.ts';
import { MAX_SHORT_BYTES, TypeToken } from './type-token.ts';
import { plainWriter } from './value-writer.ts';

/** Base type, count of property bytes, properties, value (MS-TDS 2.2.5.5.4); the caller writes the length. */
export function writeVariant(w: ByteWriter, variant: VariantValue): void {
  if (variant.value === null) throw new Error('A sql_variant holds no NULL: the variant itself is NULL.');
  writeProperties(w, variant.type);
  plainWriter(variant.type)(w, variant.value);
}

function maxBytes(type: SqlType, bytesPerCharacter: number): number {
  const characters = type.length === undefined || type.length < 0 ? MAX_SHORT_BYTES : type.length;
  return Math.min(characters * bytesPerCharacter, MAX_SHORT_BYTES);
}

function writeProperties(w: ByteWriter, type: SqlType): void {
  switch (type.name) {
    case 'bit':
      w.u8(TypeToken.bit).u8(0);
      break;
    case 'tinyint':
      w.u8(TypeToken.int1).u8(0);
      break;
    case 'smallint':
      w.u8(TypeToken.int2).u8(0);
      break;
    case 'int':
      w.u8(TypeToken.int4).u8(0);
      break;
    case 'bigint':
      w.u8(TypeToken.int8).u8(0);
      break;
    case 'real':
      w.u8(TypeToken.float4).u8(0);
      break;
    case 'float':
      w.u8(TypeToken.float8).u8(0);
      break;
    case 'money':
      w.u8(TypeToken.money).u8(0);
      break;
    case 'smallmoney':
      w.u8(TypeToken.money4).u8(0);
      break;
    case 'datetime':
      w.u8(TypeToken.datetime).u8(0);
      break;
    case 'smalldatetime':
      w.u8(TypeToken.datetime4).u8(0);
      break;
    case 'uniqueidentifier':
      w.u8(TypeToken.guid).u8(0);
      break;
    case 'date':
      w.u8(TypeToken.dateN).u8(0);
      break;
    case 'time':
      w.u8(TypeToken.timeN)
        .u8(1)
        .u8(type.scale ?? 7);
      break;
    case 'datetime2':
      w.u8(TypeToken.datetime2N)
        .u8(1)
        .u8(type.scale ?? 7);
      break;
    case 'datetimeoffset':
      w.u8(TypeToken.datetimeOffsetN)
        .u8(1)
        .u8(type.scale ?? 7);
      break;
    case 'decimal':
    case 'numeric': {
      const { precision, scale } = decimalFacets(type);
      w.u8(type.name === 'decimal' ? TypeToken.decimalN : TypeToken.numericN)
        .u8(2)
        .u8(precision)
        .u8(scale);
      break;
    }
    case 'char':
      w.u8(TypeToken.bigChar).u8(7).bytes(collationBytes(type.collation)).u16(maxBytes(type, 1));
      break;
    case 'varchar':
      w.u8(TypeToken.bigVarChar).u8(7).bytes(collationBytes(type.collation)).u16(maxBytes(type, 1));
      break;
    case 'nchar':
      w.u8(TypeToken.nChar).u8(7).bytes(collationBytes(type.collation)).u16(maxBytes(type, 2));
      break;
    case 'nvarchar':
      w.u8(TypeToken.nVarChar).u8(7).bytes(collationBytes(type.collation)).u16(maxBytes(type, 2));
      break;
    case 'binary':
    case 'rowversion':
      w.u8(TypeToken.bigBinary).u8(2).u16(maxBytes(type, 1));
      break;
    case 'varbinary':
      w.u8(TypeToken.bigVarBinary).u8(2).u16(maxBytes(type, 1));
      break;
    default:
      throw new Error(`A sql_variant cannot hold ${type.name}.`);
  }
}
