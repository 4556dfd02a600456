import { notSupported } from '../engine/sql-error.ts';
import type { SqlType, SqlTypeName, Value } from '../engine/sql-type.ts';
import { checkXml } from '../engine/xml-text.ts';
import { type ByteReader, ProtocolError } from './byte-reader.ts';
import { decodeText } from './collation.ts';
import { guidFromBytes } from './guid.ts';
import { DAYS_TO_1900, TICKS_PER_DAY, TypeToken } from './type-token.ts';
import { hasLength, InvalidValue, isInstance } from './valid-value.ts';
import { readVariant } from './variant-reader.ts';

/** A TYPE_INFO of the client (MS-TDS 2.2.5.6): the type, and how to read a value of it. */
export interface WireType {
  readonly type: SqlType;
  read(reader: ByteReader): Value;
}

const UNKNOWN_PLP = 0xffff_ffff_ffff_fffen;
const THIRDS_PER_DAY = 25_920_000;
const MINUTES_PER_DAY = 1440;
const PLP_NULL = 0xffff_ffff_ffff_ffffn;

const FIXED: Readonly<Record<number, SqlTypeName>> = {
  [TypeToken.int1]: 'tinyint',
  [TypeToken.bit]: 'bit',
  [TypeToken.int2]: 'smallint',
  [TypeToken.int4]: 'int',
  [TypeToken.int8]: 'bigint',
  [TypeToken.datetime4]: 'smalldatetime',
  [TypeToken.datetime]: 'datetime',
  [TypeToken.float4]: 'real',
  [TypeToken.float8]: 'float',
  [TypeToken.money]: 'money',
  [TypeToken.money4]: 'smallmoney',
};

const NULLABLE: Readonly<Record<number, Readonly<Record<number, SqlTypeName>>>> = {
  [TypeToken.intN]: { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' },
  [TypeToken.bitN]: { 1: 'bit' },
  [TypeToken.floatN]: { 4: 'real', 8: 'float' },
  [TypeToken.moneyN]: { 4: 'smallmoney', 8: 'money' },
  [TypeToken.datetimeN]: { 4: 'smalldatetime', 8: 'datetime' },
  [TypeToken.guid]: { 16: 'uniqueidentifier' },
};

/** Reads the plain bytes of a value whose length is known. Throws InvalidValue for bytes that are no value of its type. */
export function readPlain(type: SqlType, length: number, reader: ByteReader, collation: Uint8Array): Value {
  if (!hasLength(type, length)) throw new ProtocolError('A parameter value has a wrong length.');
  const value = readBytes(type, length, reader, collation);
  if (!isInstance(type, value)) throw new InvalidValue(type);
  return value;
}

/** A time of day in units of 100 ns. */
function timeOfDay(type: SqlType, length: number, reader: ByteReader): number {
  const ticks = reader.unsigned(length) * 10 ** (7 - (type.scale ?? 7));
  if (ticks >= Number(TICKS_PER_DAY)) throw new InvalidValue(type);
  return ticks;
}

function readBytes(type: SqlType, length: number, reader: ByteReader, collation: Uint8Array): Value {
  switch (type.name) {
    case 'bit':
      return reader.u8() === 0 ? 0 : 1;
    case 'tinyint':
      return reader.u8();
    case 'smallint':
      return reader.i16();
    case 'int':
      return reader.i32();
    case 'bigint':
      return reader.i64();
    case 'real':
      return reader.f32();
    case 'float':
      return reader.f64();
    case 'decimal':
    case 'numeric': {
      const positive = reader.u8() !== 0;
      let magnitude = 0n;
      const bytes = reader.view(length - 1);
      for (let i = bytes.length - 1; i >= 0; i--) magnitude = (magnitude << 8n) | BigInt(bytes.readUInt8(i));
      return positive ? magnitude : -magnitude;
    }
    case 'money': {
      const high = BigInt(reader.i32());
      return (high << 32n) | BigInt(reader.u32());
    }
    case 'smallmoney':
      return BigInt(reader.i32());
    case 'datetime': {
      const days = reader.i32() + DAYS_TO_1900;
      // The value keeps its grid of 1/300 s; see engine/dates.ts.
      const thirds = reader.u32();
      if (thirds >= THIRDS_PER_DAY) throw new InvalidValue(type);
      return BigInt(days) * TICKS_PER_DAY + BigInt(Math.round((thirds * 100_000) / 3));
    }
    case 'smalldatetime': {
      const days = reader.u16() + DAYS_TO_1900;
      const minutes = reader.u16();
      if (minutes >= MINUTES_PER_DAY) throw new InvalidValue(type);
      return BigInt(days) * TICKS_PER_DAY + BigInt(minutes) * 600_000_000n;
    }
    case 'date':
      return reader.unsigned(3);
    case 'time':
      return timeOfDay(type, length, reader);
    case 'datetime2': {
      const ticks = timeOfDay(type, length - 3, reader);
      return BigInt(reader.unsigned(3)) * TICKS_PER_DAY + BigInt(ticks);
    }
    case 'datetimeoffset': {
      const ticks = timeOfDay(type, length - 5, reader);
      const utcTicks = BigInt(reader.unsigned(3)) * TICKS_PER_DAY + BigInt(ticks);
      return { utcTicks, offset: reader.i16() };
    }
    case 'uniqueidentifier':
      return guidFromBytes(reader.view(length));
    case 'char':
    case 'varchar':
    case 'text':
      return decodeText(reader.view(length), collation);
    case 'nchar':
    case 'nvarchar':
    case 'ntext':
    case 'xml':
      return reader.utf16(length);
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'rowversion':
    case 'hierarchyid':
    case 'geography':
    case 'geometry':
      return Uint8Array.from(reader.view(length));
    case 'sql_variant':
      return readVariant(reader, length);
    default:
      return type.name satisfies never;
  }
}

const NO_COLLATION = new Uint8Array(5);

function byteLengthType(type: SqlType): WireType {
  return {
    type,
    read(reader) {
      const length = reader.u8();
      return length === 0 ? null : exactly(reader, length, () => readPlain(type, length, reader, NO_COLLATION));
    },
  };
}

/** A value must use exactly the bytes that its length says. */
function exactly(reader: ByteReader, length: number, read: () => Value): Value {
  const end = reader.position + length;
  const value = read();
  if (reader.position !== end) throw new ProtocolError('A parameter value has a wrong length.');
  return value;
}

function shortType(name: SqlTypeName, maxBytes: number, collation: Uint8Array): WireType {
  const wide = name === 'nchar' || name === 'nvarchar';
  if (maxBytes === 0xffff) return plpType({ name, length: -1 }, collation);
  const type: SqlType = { name, length: Math.max(1, wide ? maxBytes / 2 : maxBytes) };
  return {
    type,
    read(reader) {
      const length = reader.u16();
      if (length === 0xffff) return null;
      if (length > maxBytes || (wide && length % 2 !== 0))
        throw new ProtocolError('A parameter value is longer than its type.');
      return readPlain(type, length, reader, collation);
    },
  };
}

/** Partially length-prefixed values: max types, xml, CLR types (MS-TDS 2.2.5.2.3). */
function plpType(type: SqlType, collation: Uint8Array): WireType {
  return {
    type,
    read(reader) {
      const total = reader.u64();
      if (total === PLP_NULL) return null;
      const chunks: Buffer[] = [];
      for (let length = reader.u32(); length !== 0; length = reader.u32()) chunks.push(reader.view(length));
      const bytes = Buffer.concat(chunks);
      if (total !== UNKNOWN_PLP && BigInt(bytes.length) !== total) {
        throw new ProtocolError('A chunked parameter value has a wrong length.');
      }
      switch (type.name) {
        case 'nvarchar':
          return bytes.toString('utf16le');
        case 'xml':
          return wellFormed(bytes.toString('utf16le'));
        case 'varchar':
          return decodeText(bytes, collation);
        default:
          return new Uint8Array(bytes);
      }
    },
  };
}

/** Throws the error of CAST to xml. */
function wellFormed(text: string): string {
  return checkXml(text.startsWith('\ufeff') ? text.slice(1) : text);
}

/** text, ntext and image, which have no text pointer in parameters. */
function longType(name: 'text' | 'ntext' | 'image', collation: Uint8Array): WireType {
  const type: SqlType = { name };
  return {
    type,
    read(reader) {
      const length = reader.u32();
      return length === 0xffff_ffff ? null : readPlain(type, length, reader, collation);
    },
  };
}

function variantType(): WireType {
  return {
    type: { name: 'sql_variant' },
    read(reader) {
      const length = reader.u32();
      return length === 0 ? null : exactly(reader, length, () => readVariant(reader, length));
    },
  };
}

function udtType(reader: ByteReader): WireType {
  reader.shortText();
  reader.shortText();
  const name = reader.shortText().toLowerCase();
  if (name !== 'hierarchyid' && name !== 'geography' && name !== 'geometry') {
    throw notSupported(`parameters of the CLR type ${name}`);
  }
  return plpType({ name }, NO_COLLATION);
}

function scaleOf(reader: ByteReader): number {
  const scale = reader.u8();
  if (scale > 7) throw new ProtocolError('A time parameter has a scale above 7.');
  return scale;
}

/** Reads the TYPE_INFO that precedes the value of each RPC parameter. */
export function readTypeInfo(reader: ByteReader): WireType {
  const token = reader.u8();
  const fixed = FIXED[token];
  if (fixed) {
    const type: SqlType = { name: fixed };
    return { type, read: from => readPlain(type, 0, from, NO_COLLATION) };
  }
  const nullable = NULLABLE[token];
  if (nullable) {
    const name = nullable[reader.u8()];
    if (!name) throw new ProtocolError(`Type 0x${token.toString(16)} has a wrong length.`);
    return byteLengthType({ name });
  }
  switch (token) {
    case TypeToken.null:
      return { type: { name: 'nvarchar', length: 1, untypedNull: true }, read: () => null };
    case TypeToken.decimal:
    case TypeToken.numeric:
    case TypeToken.decimalN:
    case TypeToken.numericN: {
      reader.skip(1);
      const precision = reader.u8();
      const scale = reader.u8();
      if (precision < 1 || precision > 38 || scale > precision)
        throw new ProtocolError('A decimal parameter has an invalid precision or scale.');
      const isDecimal = token === TypeToken.decimalN || token === TypeToken.decimal;
      return byteLengthType({ name: isDecimal ? 'decimal' : 'numeric', precision, scale });
    }
    case TypeToken.dateN:
      return byteLengthType({ name: 'date' });
    case TypeToken.timeN:
      return byteLengthType({ name: 'time', scale: scaleOf(reader) });
    case TypeToken.datetime2N:
      return byteLengthType({ name: 'datetime2', scale: scaleOf(reader) });
    case TypeToken.datetimeOffsetN:
      return byteLengthType({ name: 'datetimeoffset', scale: scaleOf(reader) });
    case TypeToken.bigVarBinary:
      return shortType('varbinary', reader.u16(), NO_COLLATION);
    case TypeToken.bigBinary:
      return shortType('binary', reader.u16(), NO_COLLATION);
    case TypeToken.bigVarChar:
      return shortType('varchar', reader.u16(), reader.view(5));
    case TypeToken.bigChar:
      return shortType('char', reader.u16(), reader.view(5));
    case TypeToken.nVarChar:
      return shortType('nvarchar', reader.u16(), reader.view(5));
    case TypeToken.nChar:
      return shortType('nchar', reader.u16(), reader.view(5));
    case TypeToken.text:
      reader.skip(4);
      return longType('text', reader.view(5));
    case TypeToken.nText:
      reader.skip(4);
      return longType('ntext', reader.view(5));
    case TypeToken.image:
      reader.skip(4);
      return longType('image', NO_COLLATION);
    case TypeToken.xml:
      if (reader.u8() !== 0) throw notSupported('XML schema collections');
      return plpType({ name: 'xml' }, NO_COLLATION);
    case TypeToken.variant:
      reader.skip(4);
      return variantType();
    case TypeToken.udt:
      return udtType(reader);
    default:
      throw new ProtocolError(`Unknown data type 0x${token.toString(16)}.`);
  }
}
