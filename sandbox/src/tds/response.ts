import type { LockWait, RequestOutcome, ResultColumn, ResultSink, ServerMessage } from '../engine/contracts.ts';
import type { Value } from '../engine/sql-type.ts';
import { ByteWriter } from './byte-writer.ts';
import { DEFAULT_COLLATION } from './collation.ts';
import { writeFederatedAck } from './federated.ts';
import { SERVER_VERSION } from './prelogin.ts';
import type { LoginRequest } from './login7.ts';
import * as tokens from './tokens.ts';
import { DoneStatus, EnvironmentChange, Token } from './tokens.ts';

/** A buffer is sent when it holds this many bytes. */
const MAX_BUFFER_BYTES = 64 * 1024;
const MAX_BUFFER_ROWS = 500;
/** The number of unacknowledged buffers at which the query must wait. */
const CREDIT_WINDOW = 4;

const COMMANDS = { select: 0xc1, dml: 0xc3, ddl: 0xc6, other: 0 } as const;

interface PendingDone {
  readonly token: number;
  readonly status: number;
  readonly command: number;
  readonly count: bigint;
}

/** Sends a buffer to the client; `last` ends the response. */
export type SendBuffer = (bytes: Buffer, last: boolean) => void;

/**
 * Turns what the interpreter reports into the tokens of one response. A statement's DONE is held back until it
 * is known whether another token follows, since only the last one lacks the MORE bit.
 */
export class TdsResponse implements ResultSink {
  readonly drained: LockWait = { ready: () => this.credits > 0 };
  private readonly w = new ByteWriter();
  private readonly send: SendBuffer;
  private readonly database: () => string;
  private pending: PendingDone | undefined;
  private writeRow: ((w: ByteWriter, values: readonly Value[]) => void) | undefined;
  private rows = 0;
  private credits = CREDIT_WINDOW;
  private doneToken: number = Token.done;
  private lastSent = performance.now();
  private failed = false;
  /** The highest severity of an error so far. */
  worstSeverity = 0;
  /** The database before a change: the session has switched already when it reports the change. */
  private databaseBefore: string;

  constructor(send: SendBuffer, database: () => string) {
    this.send = send;
    this.database = database;
    this.databaseBefore = database();
  }

  /** An RPC's statements end with DONEINPROC, a batch's with DONE. */
  beginProcedure(): void {
    this.doneToken = Token.doneInProcedure;
  }

  columns(columns: readonly ResultColumn[]): void {
    this.flushDone();
    tokens.writeColumnMetadata(this.w, columns, this.database());
    this.writeRow = tokens.rowWriter(columns);
  }

  row(values: readonly Value[]): boolean {
    if (!this.writeRow) throw new Error('A row came before its columns.');
    const before = this.w.length;
    try {
      this.writeRow(this.w, values);
    } catch (error) {
      // After half a row the client could not read on.
      this.w.truncate(before);
      throw error;
    }
    this.rows++;
    if (this.w.length >= MAX_BUFFER_BYTES || this.rows >= MAX_BUFFER_ROWS) this.sendBuffer();
    return this.credits <= 0;
  }

  done(
    rowCount: number | null,
    info: { readonly kind: 'select' | 'dml' | 'ddl' | 'other'; readonly failed?: boolean },
  ): void {
    this.flushDone();
    this.writeRow = undefined;
    if (info.failed) this.failed = true;
    if (rowCount === null && info.kind === 'other' && !info.failed) return;
    const status = (rowCount === null ? 0 : DoneStatus.count) | (info.failed ? DoneStatus.error : 0);
    this.pending = { token: this.doneToken, status, command: COMMANDS[info.kind], count: BigInt(rowCount ?? 0) };
  }

  info(message: ServerMessage): void {
    this.flushDone();
    tokens.writeMessage(this.w, Token.info, message);
  }

  error(message: ServerMessage): void {
    this.flushDone();
    this.failed = true;
    this.worstSeverity = Math.max(this.worstSeverity, message.severity);
    tokens.writeMessage(this.w, Token.error, message);
  }

  environment(change: Parameters<ResultSink['environment']>[0]): void {
    this.flushDone();
    if (change.type === 'database') {
      tokens.writeTextChange(this.w, EnvironmentChange.database, change.name, this.databaseBefore);
      this.databaseBefore = change.name;
      return;
    }
    const descriptor = Buffer.alloc(8);
    descriptor.writeBigUInt64LE(change.transaction);
    const none = Buffer.alloc(0);
    if (change.type === 'begin') {
      tokens.writeBinaryChange(this.w, EnvironmentChange.beginTransaction, descriptor, none);
    } else {
      const type =
        change.type === 'commit' ? EnvironmentChange.commitTransaction : EnvironmentChange.rollbackTransaction;
      tokens.writeBinaryChange(this.w, type, none, descriptor);
    }
  }

  resetAcknowledged(): void {
    tokens.writeTextChange(this.w, EnvironmentChange.resetAcknowledged, '', '');
  }

  /** Ends a procedure call: status, output values, DONEPROC. */
  endProcedure(outcome: RequestOutcome): void {
    this.flushDone();
    this.w.u8(Token.returnStatus).i32(outcome.returnStatus);
    outcome.outputs.forEach((output, ordinal) =>
      tokens.writeReturnValue(this.w, ordinal, output.name, output.type, output.value, this.database()),
    );
    this.pending = { token: Token.doneProcedure, status: this.failed ? DoneStatus.error : 0, command: 0, count: 0n };
    this.doneToken = Token.done;
    this.failed = false;
  }

  /** Sends the rest: the last DONE loses its MORE bit. */
  end(): void {
    const last = this.pending ?? {
      token: Token.done,
      status: this.failed ? DoneStatus.error : 0,
      command: 0,
      count: 0n,
    };
    this.pending = undefined;
    tokens.writeDone(this.w, last.token, last.status, last.command, last.count);
    this.send(this.w.take(), true);
  }

  /** An Attention has stopped the request: unsent bytes are discarded, and the response ends. */
  cancel(): void {
    this.w.truncate(0);
    this.pending = undefined;
    tokens.writeDone(this.w, Token.done, DoneStatus.error, 0, 0n);
    this.send(this.w.take(), true);
  }

  /** One buffer has left for the client. */
  credit(): void {
    this.credits = Math.min(CREDIT_WINDOW, this.credits + 1);
  }

  /** A buffer is full and cannot be sent until the client reads, as in a loop of PRINT. */
  get full(): boolean {
    return this.w.length >= MAX_BUFFER_BYTES && this.credits <= 0;
  }

  /** Sends bytes that have waited for `milliseconds`: the first rows of a slow query, a PRINT before a WAITFOR. */
  flushOlderThan(milliseconds: number, now: number): void {
    if (this.credits <= 0 || this.w.length === 0) return;
    if (this.w.length >= MAX_BUFFER_BYTES || now - this.lastSent > milliseconds) this.sendBuffer();
  }

  /** LOGINACK and the tokens around it (MS-TDS 2.2.7.12). */
  loginAccepted(
    database: string,
    { packetSize, federated }: Pick<LoginRequest, 'packetSize' | 'federated'>,
    info: (number: number, text: string) => ServerMessage,
  ): void {
    tokens.writeTextChange(this.w, EnvironmentChange.database, database, 'master');
    tokens.writeMessage(this.w, Token.info, info(5701, `Changed database context to '${database}'.`));
    tokens.writeBinaryChange(this.w, EnvironmentChange.collation, DEFAULT_COLLATION, Buffer.alloc(0));
    tokens.writeTextChange(this.w, EnvironmentChange.language, 'us_english', '');
    tokens.writeMessage(this.w, Token.info, info(5703, 'Changed language setting to us_english.'));
    this.w.u8(Token.loginAck);
    const at = this.w.length;
    const { major, minor, build } = SERVER_VERSION;
    this.w
      .u16(0)
      .u8(1)
      .bytes(Buffer.from([0x74, 0, 0, 4]))
      .shortText('Microsoft SQL Server');
    this.w.bytes(Buffer.from([major, minor, build >> 8, build & 0xff]));
    this.w.patchU16(at, this.w.length - at - 2);
    tokens.writeTextChange(this.w, EnvironmentChange.packetSize, String(packetSize), '4096');
    if (federated !== undefined) writeFederatedAck(this.w);
    this.end();
  }

  private flushDone(): void {
    if (!this.pending) return;
    const { token, status, command, count } = this.pending;
    this.pending = undefined;
    tokens.writeDone(this.w, token, status | DoneStatus.more, command, count);
  }

  private sendBuffer(): void {
    this.rows = 0;
    this.credits--;
    this.lastSent = performance.now();
    this.send(this.w.take(), false);
  }
}

/** The acknowledgement of an Attention, a message of its own (MS-TDS 3.3.5.7). */
export function attentionAcknowledgement(): Buffer {
  const w = new ByteWriter();
  tokens.writeDone(w, Token.done, DoneStatus.attention, 0, 0n);
  return w.take();
}
