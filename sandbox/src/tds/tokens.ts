import type { ResultColumn, ServerMessage } from '../engine/contracts.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import type { ByteWriter } from './byte-writer.ts';
import { userTypeOf, writeTypeInfo } from './type-info.ts';
import { valueWriter } from './value-writer.ts';

/** MS-TDS 2.2.7: the tokens of a response. */
export const Token = {
  columnMetadata: 0x81,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAck: 0xad,
  featureAck: 0xae,
  row: 0xd1,
  rowWithNulls: 0xd2,
  environmentChange: 0xe3,
  federatedInfo: 0xee,
  returnStatus: 0x79,
  done: 0xfd,
  doneProcedure: 0xfe,
  doneInProcedure: 0xff,
} as const;

/** MS-TDS 2.2.7.6: bits of a DONE's status. */
export const DoneStatus = { more: 0x01, error: 0x02, inTransaction: 0x04, count: 0x10, attention: 0x20 } as const;

/** MS-TDS 2.2.7.9: kinds of ENVCHANGE. */
export const EnvironmentChange = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  beginTransaction: 8,
  commitTransaction: 9,
  rollbackTransaction: 10,
  resetAcknowledged: 18,
} as const;

const SERVER_NAME = 'SANDBOX';
/** Message texts of sys.messages have at most 2,047 characters, but PRINT may send 4,000. */
const MAX_MESSAGE = 4000;

export function writeDone(w: ByteWriter, token: number, status: number, command: number, count: bigint): void {
  w.u8(token).u16(status).u16(command).u64(count);
}

/** ERROR and INFO (MS-TDS 2.2.7.10, 2.2.7.13). */
export function writeMessage(w: ByteWriter, token: number, message: ServerMessage): void {
  w.u8(token);
  const at = w.length;
  w.u16(0);
  w.i32(message.number).u8(message.state).u8(message.severity);
  w.longText(message.message.slice(0, MAX_MESSAGE))
    .shortText(SERVER_NAME)
    .shortText(message.procedure)
    .u32(message.line);
  w.patchU16(at, w.length - at - 2);
}

export function writeTextChange(w: ByteWriter, type: number, now: string, before: string): void {
  w.u8(Token.environmentChange);
  const at = w.length;
  w.u16(0).u8(type).shortText(now).shortText(before);
  w.patchU16(at, w.length - at - 2);
}

export function writeBinaryChange(w: ByteWriter, type: number, now: Uint8Array, before: Uint8Array): void {
  w.u8(Token.environmentChange);
  const at = w.length;
  w.u16(0).u8(type).u8(now.length).bytes(now).u8(before.length).bytes(before);
  w.patchU16(at, w.length - at - 2);
}

function columnFlags(column: ResultColumn): number {
  // Bits of MS-TDS 2.2.7.4: nullable, updatable unknown, identity, computed.
  const updatable = column.identity || column.computed ? 0 : 0x08;
  return (column.nullable ? 1 : 0) | updatable | (column.identity ? 0x10 : 0) | (column.computed ? 0x20 : 0);
}

export function writeColumnMetadata(w: ByteWriter, columns: readonly ResultColumn[], database: string): void {
  w.u8(Token.columnMetadata).u16(columns.length);
  for (const column of columns) {
    w.u32(userTypeOf(column.type)).u16(columnFlags(column));
    writeTypeInfo(w, column.type, database, true);
    w.shortText(column.name);
  }
}

/** Writes rows of the given columns: ROW, or NBCROW (2.2.7.14) when a value is NULL. */
export function rowWriter(columns: readonly ResultColumn[]): (w: ByteWriter, values: readonly Value[]) => void {
  const writers = columns.map(column => valueWriter(column.type));
  const count = writers.length;
  const bitmap = new Uint8Array((count + 7) >> 3);
  return (w, values) => {
    let nulls = false;
    for (let i = 0; i < count; i++) {
      if (values[i] === null) {
        if (!nulls) bitmap.fill(0);
        nulls = true;
        bitmap[i >> 3] = (bitmap[i >> 3] ?? 0) | (1 << (i & 7));
      }
    }
    if (nulls) w.u8(Token.rowWithNulls).bytes(bitmap);
    else w.u8(Token.row);
    for (let i = 0; i < count; i++) {
      const value = values[i];
      if (value === undefined) throw new Error(`A row has fewer than ${count} values.`);
      if (value !== null) writers[i]?.(w, value);
    }
  };
}

/** RETURNVALUE (MS-TDS 2.2.7.19) of an output parameter. */
export function writeReturnValue(
  w: ByteWriter,
  ordinal: number,
  name: string,
  type: SqlType,
  value: Value,
  database: string,
): void {
  w.u8(Token.returnValue).u16(ordinal).shortText(name).u8(1).u32(userTypeOf(type)).u16(1);
  writeTypeInfo(w, type, database, false);
  valueWriter(type)(w, value);
}
