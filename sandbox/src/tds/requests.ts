import type { RequestParameter, TableValue } from '../engine/contracts.ts';
import { notSupported, SqlError } from '../engine/sql-error.ts';
import type { Value } from '../engine/sql-type.ts';
import { ByteReader, ProtocolError } from './byte-reader.ts';
import { UNTYPED_NULL } from '../engine/types.ts';
import { TypeToken } from './type-token.ts';
import { InvalidValue } from './valid-value.ts';
import { readTypeInfo, type WireType } from './value-reader.ts';

/** ALL_HEADERS (MS-TDS 2.2.5.3): transaction descriptor, query notification, trace. Only the length matters here. */
function skipHeaders(reader: ByteReader): void {
  const start = reader.position;
  const length = reader.u32();
  if (length < 4) throw new ProtocolError('ALL_HEADERS is too short.');
  reader.position = start;
  reader.skip(length);
}

/** The text of a SQLBatch (MS-TDS 2.2.6.7). */
export function readBatch(body: Uint8Array): string {
  const reader = new ByteReader(body);
  skipHeaders(reader);
  return reader.utf16(reader.remaining & ~1);
}

export interface ProcedureCall {
  readonly name: string;
  readonly parameters: readonly RequestParameter[];
}

/** Procedures that a client may call by number (MS-TDS 2.2.6.6). */
const WELL_KNOWN: readonly string[] = [
  '',
  'sp_cursor',
  'sp_cursoropen',
  'sp_cursorprepare',
  'sp_cursorexecute',
  'sp_cursorprepexec',
  'sp_cursorunprepare',
  'sp_cursorfetch',
  'sp_cursoroption',
  'sp_cursorclose',
  'sp_executesql',
  'sp_prepare',
  'sp_execute',
  'sp_prepexec',
  'sp_prepexecrpc',
  'sp_unprepare',
];

const BATCH_FLAG = 0xff;
const NO_EXEC_FLAG = 0xfe;
const NO_METADATA = 0x02;
const REUSE_METADATA = 0x04;

const OUTPUT = 0x01;
const DEFAULT_VALUE = 0x02;
const ENCRYPTED = 0x08;

/**
 * The procedure calls of one RPC message (MS-TDS 2.2.6.6). They are read while they are executed, because a message
 * may contain millions. Throws SqlError for unsupported calls.
 */
export function* readProcedureCalls(body: Uint8Array): Generator<ProcedureCall> {
  const reader = new ByteReader(body);
  skipHeaders(reader);
  do yield readCall(reader);
  while (reader.remaining > 0);
}

function readCall(reader: ByteReader): ProcedureCall {
  const nameLength = reader.u16();
  const name = nameLength === 0xffff ? (WELL_KNOWN[reader.u16()] ?? '') : reader.utf16(nameLength * 2);
  if (name === '') throw new ProtocolError('An RPC names no procedure.');
  const options = reader.u16();
  if ((options & (NO_METADATA | REUSE_METADATA)) !== 0) throw notSupported('RPC without column metadata');
  const parameters: RequestParameter[] = [];
  while (reader.remaining > 0) {
    const next = reader.peekU8();
    if (next === BATCH_FLAG || next === NO_EXEC_FLAG) {
      reader.skip(1);
      if (next === NO_EXEC_FLAG) throw notSupported('the no-exec flag of RPC');
      break;
    }
    const parameterName = reader.shortText();
    const status = reader.u8();
    if ((status & ENCRYPTED) !== 0) throw notSupported('Always Encrypted parameters');
    if (reader.peekU8() === TypeToken.tvp) {
      const table = readTable(reader, parameters.length + 1, parameterName);
      parameters.push({ name: parameterName, type: UNTYPED_NULL, value: null, output: false, table });
      continue;
    }
    const wireType = readTypeInfo(reader);
    const value = readValue(wireType, reader, parameters.length + 1, parameterName);
    if ((status & DEFAULT_VALUE) !== 0) {
      // A named parameter with its default is the same as one that is not passed.
      if (parameterName === '') throw notSupported('DEFAULT for an RPC parameter without a name');
      continue;
    }
    parameters.push({ name: parameterName, type: wireType.type, value, output: (status & OUTPUT) !== 0 });
  }
  return { name, parameters };
}

const NULL_TABLE = 0xffff;
const TABLE_ROW = 0x01;

/** TVP_TYPE_INFO (MS-TDS 2.2.5.5.5): the type's name, the columns, and rows up to an end token. */
function readTable(reader: ByteReader, ordinal: number, name: string): TableValue {
  reader.skip(1);
  if (reader.shortText() !== '') throw notSupported('a table type of another database');
  const schema = reader.shortText();
  const typeName = reader.shortText();
  const count = reader.u16();
  const columns: WireType[] = [];
  for (let i = 0; count !== NULL_TABLE && i < count; i++) {
    reader.skip(4);
    // fDefault: the server fills the column.
    if (reader.u16() !== 0) throw notSupported('options of the columns of a table-valued parameter');
    columns.push(readTypeInfo(reader));
    reader.shortText();
  }
  if (reader.u8() !== 0) throw notSupported('the order of the columns of a table-valued parameter');
  const rows: Value[][] = [];
  for (let token = reader.u8(); token !== 0; token = reader.u8()) {
    if (token !== TABLE_ROW) throw new ProtocolError('A table-valued parameter has an unknown token.');
    rows.push(columns.map(column => readValue(column, reader, ordinal, name)));
  }
  return { schema, name: typeName, types: columns.map(({ type }) => type), rows };
}

/** 0 keeps the level of the session; 1 to 5 are READ UNCOMMITTED to SNAPSHOT (MS-TDS 2.2.6.9). */
function isolationLevel(reader: ByteReader): number {
  const level = reader.u8();
  if (level > 5) throw new ProtocolError(`Unknown isolation level ${level}.`);
  return level;
}

function readValue(wireType: WireType, reader: ByteReader, ordinal: number, name: string): Value {
  try {
    return wireType.read(reader);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new SqlError(
      8023,
      `The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. Parameter ${ordinal} ("${name}"): The supplied value is not a valid instance of data type ${error.type.name}. Check the source data for invalid values. An example of an invalid value is data of numeric type with scale greater than precision.`,
    );
  }
}

export interface TransactionRequest {
  readonly kind: 'begin' | 'commit' | 'rollback' | 'save';
  readonly name: string;
  readonly isolation: number;
  /** commit and rollback may start the next transaction at once. */
  readonly then?: { readonly name: string; readonly isolation: number };
}

/** MS-TDS 2.2.6.9 */
export function readTransactionRequest(body: Uint8Array): TransactionRequest {
  const reader = new ByteReader(body);
  skipHeaders(reader);
  const name = (): string => reader.utf16(reader.u8());
  const type = reader.u16();
  switch (type) {
    case 5: {
      const isolation = isolationLevel(reader);
      return { kind: 'begin', isolation, name: name() };
    }
    case 7:
    case 8: {
      const kind = type === 7 ? 'commit' : 'rollback';
      const own = name();
      const flags = reader.remaining > 0 ? reader.u8() : 0;
      if ((flags & 1) === 0) return { kind, name: own, isolation: 0 };
      const isolation = isolationLevel(reader);
      return { kind, name: own, isolation: 0, then: { isolation, name: name() } };
    }
    case 9:
      return { kind: 'save', name: name(), isolation: 0 };
    case 0:
    case 1:
    case 6:
      throw notSupported('distributed transactions');
    default:
      throw new ProtocolError(`Unknown transaction request ${type}.`);
  }
}
