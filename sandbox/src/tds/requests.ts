import type { RequestParameter } from '../engine/contracts.ts';
import { notSupported } from '../engine/sql-error.ts';
import { ByteReader, ProtocolError } from './byte-reader.ts';
import { readTypeInfo } from './value-reader.ts';

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

/** The procedure calls of one RPC message (MS-TDS 2.2.6.6). Throws SqlError for what the sandbox lacks. */
export function readProcedureCalls(body: Uint8Array): ProcedureCall[] {
  const reader = new ByteReader(body);
  skipHeaders(reader);
  const calls: ProcedureCall[] = [];
  do calls.push(readCall(reader));
  while (reader.remaining > 0);
  return calls;
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
    const wireType = readTypeInfo(reader);
    const value = wireType.read(reader);
    if ((status & DEFAULT_VALUE) !== 0) {
      // A named parameter that takes its default is one that is not passed.
      if (parameterName === '') throw notSupported('DEFAULT for an RPC parameter without a name');
      continue;
    }
    parameters.push({ name: parameterName, type: wireType.type, value, output: (status & OUTPUT) !== 0 });
  }
  return { name, parameters };
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
      const isolation = reader.u8();
      return { kind: 'begin', isolation, name: name() };
    }
    case 7:
    case 8: {
      const kind = type === 7 ? 'commit' : 'rollback';
      const own = name();
      const flags = reader.remaining > 0 ? reader.u8() : 0;
      if ((flags & 1) === 0) return { kind, name: own, isolation: 0 };
      const isolation = reader.u8();
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
