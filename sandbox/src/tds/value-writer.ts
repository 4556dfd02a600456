import type { DateTimeOffsetValue, SqlType, Value, VariantValue } from '../engine/sql-type.ts';
import type { ByteWriter } from './byte-writer.ts';
import { encodeText } from './collation.ts';
import { guidToBytes } from './guid.ts';
import { decimalFacets } from './type-info.ts';
import { DAYS_TO_1900, decimalBytes, TICKS_PER_DAY, timeBytes } from './type-token.ts';
import { writeVariant } from './variant-writer.ts';

export type ValueWriter = (w: ByteWriter, value: Value) => void;

const PLP_NULL = 0xffff_ffff_ffff_ffffn;
const SHORT_NULL = 0xffff;
const MAX_SHORT = 0xfffe;

/** An engine value does not fit its declared type: this is a defect of the sandbox, not an error of the client. */
function wrongValue(type: SqlType, value: Value): Error {
  return new Error(`A ${typeof value} cannot be sent as ${type.name}.`);
}

function asNumber(type: SqlType, value: Value): number {
  if (typeof value === 'number') return value;
  throw wrongValue(type, value);
}

function asBigint(type: SqlType, value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  throw wrongValue(type, value);
}

function asString(type: SqlType, value: Value): string {
  if (typeof value === 'string') return value;
  throw wrongValue(type, value);
}

function asBytes(type: SqlType, value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw wrongValue(type, value);
}

function asOffset(type: SqlType, value: Value): DateTimeOffsetValue {
  if (typeof value === 'object' && value !== null && 'utcTicks' in value) return value;
  throw wrongValue(type, value);
}

function asVariant(type: SqlType, value: Value): VariantValue {
  if (typeof value === 'object' && value !== null && 'type' in value) return value;
  throw wrongValue(type, value);
}

/** Writes the plain bytes of a type without a length, as a sql_variant contains them. */
export function plainWriter(type: SqlType): ValueWriter {
  switch (type.name) {
    case 'bit':
    case 'tinyint':
      return (w, v) => w.u8(asNumber(type, v));
    case 'smallint':
      return (w, v) => w.i16(asNumber(type, v));
    case 'int':
      return (w, v) => w.i32(asNumber(type, v));
    case 'bigint':
      return (w, v) => w.i64(asBigint(type, v));
    case 'real':
      return (w, v) => w.f32(asNumber(type, v));
    case 'float':
      return (w, v) => w.f64(asNumber(type, v));
    case 'decimal':
    case 'numeric': {
      const magnitudeBytes = decimalBytes(decimalFacets(type).precision) - 1;
      return (w, v) => {
        const unscaled = asBigint(type, v);
        w.u8(unscaled < 0n ? 0 : 1);
        let magnitude = unscaled < 0n ? -unscaled : unscaled;
        for (let written = 0; written < magnitudeBytes; written += 4) {
          w.u32(Number(magnitude & 0xffff_ffffn));
          magnitude >>= 32n;
        }
      };
    }
    case 'money':
      // The high half comes first (MS-TDS 2.2.5.5.1.4).
      return (w, v) => {
        const scaled = asBigint(type, v);
        w.i32(Number(scaled >> 32n)).u32(Number(scaled & 0xffff_ffffn));
      };
    case 'smallmoney':
      return (w, v) => w.i32(Number(asBigint(type, v)));
    case 'datetime':
      return (w, v) => {
        const ticks = asBigint(type, v);
        let days = Number(ticks / TICKS_PER_DAY) - DAYS_TO_1900;
        let thirds = Math.round((Number(ticks % TICKS_PER_DAY) * 3) / 100_000);
        if (thirds === 25_920_000) {
          thirds = 0;
          days++;
        }
        w.i32(days).u32(thirds);
      };
    case 'smalldatetime':
      return (w, v) => {
        const minutes = Number(asBigint(type, v) / 600_000_000n) - DAYS_TO_1900 * 1440;
        w.u16(Math.floor(minutes / 1440)).u16(minutes % 1440);
      };
    case 'date':
      return (w, v) => w.unsigned(asNumber(type, v), 3);
    case 'time': {
      const { bytes, divisor } = timeFacets(type);
      return (w, v) => w.unsigned(Math.floor(asNumber(type, v) / divisor), bytes);
    }
    case 'datetime2': {
      const { bytes, divisor } = timeFacets(type);
      return (w, v) => {
        const ticks = asBigint(type, v);
        w.unsigned(Math.floor(Number(ticks % TICKS_PER_DAY) / divisor), bytes).unsigned(
          Number(ticks / TICKS_PER_DAY),
          3,
        );
      };
    }
    case 'datetimeoffset': {
      const { bytes, divisor } = timeFacets(type);
      return (w, v) => {
        const { utcTicks, offset } = asOffset(type, v);
        w.unsigned(Math.floor(Number(utcTicks % TICKS_PER_DAY) / divisor), bytes);
        w.unsigned(Number(utcTicks / TICKS_PER_DAY), 3).i16(offset);
      };
    }
    case 'uniqueidentifier':
      return (w, v) => w.bytes(guidToBytes(asString(type, v)));
    case 'char':
    case 'varchar':
    case 'text':
      return (w, v) => w.bytes(encodeText(asString(type, v), type.collation));
    case 'nchar':
    case 'nvarchar':
    case 'ntext':
    case 'xml':
      return (w, v) => w.utf16(asString(type, v));
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'rowversion':
    case 'hierarchyid':
    case 'geography':
    case 'geometry':
      return (w, v) => w.bytes(asBytes(type, v));
    case 'sql_variant':
      return (w, v) => writeVariant(w, asVariant(type, v));
    default:
      return type.name satisfies never;
  }
}

function timeFacets(type: SqlType): { bytes: number; divisor: number } {
  const scale = type.scale ?? 7;
  return { bytes: timeBytes(scale), divisor: 10 ** (7 - scale) };
}

type LengthForm = 'byte' | 'short' | 'plp' | 'textPointer' | 'variant';

function lengthForm(type: SqlType): LengthForm {
  switch (type.name) {
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'binary':
    case 'varbinary':
    case 'rowversion':
      return type.length === -1 ? 'plp' : 'short';
    case 'xml':
    case 'hierarchyid':
    case 'geography':
    case 'geometry':
      return 'plp';
    case 'text':
    case 'ntext':
    case 'image':
      return 'textPointer';
    case 'sql_variant':
      return 'variant';
    default:
      return 'byte';
  }
}

/** Writes a value of a column, a return value or NULL, with its length (MS-TDS 2.2.5.2). */
export function valueWriter(type: SqlType): ValueWriter {
  const plain = plainWriter(type);
  switch (lengthForm(type)) {
    case 'byte':
      return (w, v) => {
        const at = w.length;
        w.u8(0);
        if (v === null) return;
        plain(w, v);
        const length = w.length - at - 1;
        w.patchU8(at, length);
      };
    case 'short':
      return (w, v) => {
        if (v === null) return void w.u16(SHORT_NULL);
        const at = w.length;
        w.u16(0);
        plain(w, v);
        const length = w.length - at - 2;
        if (length > MAX_SHORT)
          throw new Error(`A value of ${length} bytes cannot be sent as ${type.name}(${type.length}).`);
        w.patchU16(at, length);
      };
    case 'plp':
      return (w, v) => {
        if (v === null) return void w.u64(PLP_NULL);
        const at = w.length;
        w.u64(0n).u32(0);
        plain(w, v);
        const length = w.length - at - 12;
        if (length === 0) {
          w.truncate(at + 8);
        } else {
          w.patchU32(at, length);
          w.patchU32(at + 8, length);
        }
        w.u32(0);
      };
    case 'textPointer':
      return (w, v) => {
        if (v === null) return void w.u8(0);
        w.u8(16).bytes(TEXT_POINTER);
        const at = w.length;
        w.u32(0);
        plain(w, v);
        w.patchU32(at, w.length - at - 4);
      };
    case 'variant':
      return (w, v) => {
        if (v === null) return void w.u32(0);
        const at = w.length;
        w.u32(0);
        plain(w, v);
        w.patchU32(at, w.length - at - 4);
      };
  }
}

/** A text pointer and a timestamp, which no client reads: SQL Server sends dummies for both. */
const TEXT_POINTER = Buffer.from('dummy textptr\0\0\0dummyTS\0', 'latin1');
