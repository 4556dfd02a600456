import type { SqlType } from '../engine/sql-type.ts';
import type { ByteWriter } from './byte-writer.ts';
import { collationBytes } from './collation.ts';
import { decimalBytes, MAX_SHORT_BYTES, TypeToken } from './type-token.ts';

const MAX = 0xffff;
const MAX_VARIANT_BYTES = 8009;
const MAX_LOB_BYTES = 0x7fffffff;

/** Precision and scale of decimal and numeric when the type does not say. */
export function decimalFacets(type: SqlType): { precision: number; scale: number } {
  return { precision: type.precision ?? 18, scale: type.scale ?? 0 };
}

function byteLength(type: SqlType, bytesPerCharacter: number): number {
  if (type.length === -1) return MAX;
  const characters = type.length ?? MAX_SHORT_BYTES / bytesPerCharacter;
  return Math.min(Math.max(characters, 1) * bytesPerCharacter, MAX_SHORT_BYTES);
}

const UDT_ASSEMBLY = 'Microsoft.SqlServer.Types, Version=11.0.0.0, Culture=neutral, PublicKeyToken=89845dcd8080cc91';
const UDT_CLASS = { hierarchyid: 'SqlHierarchyId', geography: 'SqlGeography', geometry: 'SqlGeometry' } as const;

/**
 * TYPE_INFO of MS-TDS 2.2.5.6, always in the nullable form. `inColumn` adds what only COLMETADATA has: the
 * table's name of text, ntext and image.
 */
export function writeTypeInfo(w: ByteWriter, type: SqlType, database: string, inColumn: boolean): void {
  switch (type.name) {
    case 'bit':
      w.u8(TypeToken.bitN).u8(1);
      break;
    case 'tinyint':
      w.u8(TypeToken.intN).u8(1);
      break;
    case 'smallint':
      w.u8(TypeToken.intN).u8(2);
      break;
    case 'int':
      w.u8(TypeToken.intN).u8(4);
      break;
    case 'bigint':
      w.u8(TypeToken.intN).u8(8);
      break;
    case 'real':
      w.u8(TypeToken.floatN).u8(4);
      break;
    case 'float':
      w.u8(TypeToken.floatN).u8(8);
      break;
    case 'decimal':
    case 'numeric': {
      const { precision, scale } = decimalFacets(type);
      w.u8(type.name === 'decimal' ? TypeToken.decimalN : TypeToken.numericN);
      w.u8(decimalBytes(precision)).u8(precision).u8(scale);
      break;
    }
    case 'money':
      w.u8(TypeToken.moneyN).u8(8);
      break;
    case 'smallmoney':
      w.u8(TypeToken.moneyN).u8(4);
      break;
    case 'datetime':
      w.u8(TypeToken.datetimeN).u8(8);
      break;
    case 'smalldatetime':
      w.u8(TypeToken.datetimeN).u8(4);
      break;
    case 'date':
      w.u8(TypeToken.dateN);
      break;
    case 'time':
      w.u8(TypeToken.timeN).u8(type.scale ?? 7);
      break;
    case 'datetime2':
      w.u8(TypeToken.datetime2N).u8(type.scale ?? 7);
      break;
    case 'datetimeoffset':
      w.u8(TypeToken.datetimeOffsetN).u8(type.scale ?? 7);
      break;
    case 'uniqueidentifier':
      w.u8(TypeToken.guid).u8(16);
      break;
    case 'char':
      w.u8(TypeToken.bigChar).u16(byteLength(type, 1)).bytes(collationBytes(type.collation));
      break;
    case 'varchar':
      w.u8(TypeToken.bigVarChar).u16(byteLength(type, 1)).bytes(collationBytes(type.collation));
      break;
    case 'nchar':
      w.u8(TypeToken.nChar).u16(byteLength(type, 2)).bytes(collationBytes(type.collation));
      break;
    case 'nvarchar':
      w.u8(TypeToken.nVarChar).u16(byteLength(type, 2)).bytes(collationBytes(type.collation));
      break;
    case 'binary':
      w.u8(TypeToken.bigBinary).u16(byteLength(type, 1));
      break;
    case 'rowversion':
      w.u8(TypeToken.bigBinary).u16(8);
      break;
    case 'varbinary':
      w.u8(TypeToken.bigVarBinary).u16(byteLength(type, 1));
      break;
    case 'text':
    case 'ntext':
      w.u8(type.name === 'text' ? TypeToken.text : TypeToken.nText).u32(MAX_LOB_BYTES);
      w.bytes(collationBytes(type.collation));
      if (inColumn) w.u8(0);
      break;
    case 'image':
      w.u8(TypeToken.image).u32(MAX_LOB_BYTES);
      if (inColumn) w.u8(0);
      break;
    case 'xml':
      w.u8(TypeToken.xml).u8(0);
      break;
    case 'sql_variant':
      w.u8(TypeToken.variant).u32(MAX_VARIANT_BYTES);
      break;
    case 'hierarchyid':
    case 'geography':
    case 'geometry': {
      const assembly = `Microsoft.SqlServer.Types.${UDT_CLASS[type.name]}, ${UDT_ASSEMBLY}`;
      w.u8(TypeToken.udt).u16(type.name === 'hierarchyid' ? 892 : MAX);
      w.shortText(database).shortText('sys').shortText(type.name).longText(assembly);
      break;
    }
    default:
      type.name satisfies never;
  }
}

/** The UserType field: 80 tells a rowversion from a binary(8). */
export function userTypeOf(type: SqlType): number {
  return type.name === 'rowversion' ? 80 : 0;
}
