import type { CellValue, ProcedureEnding, ResultColumn, TruncationReason } from '../driver/result-set.js';
import type { ResponseHandler } from '../driver/session-request.js';
import { beginning, type CellLimit } from '../driver/values/cut-text.js';
import { documentKind } from '../driver/values/document-pieces.js';
import { MESSAGE_NUMBERS } from '../sql-server.messages.js';

const MAX_MESSAGES = 100;
const MAX_MESSAGE_LENGTH = 2_000;
const MAX_MESSAGES_LENGTH = 20_000;
/** Messages that accompany a reset or an error and that tell the caller nothing. */
const QUIET_MESSAGES: ReadonlySet<number> = new Set([
  MESSAGE_NUMBERS.databaseContextChanged,
  MESSAGE_NUMBERS.languageChanged,
  MESSAGE_NUMBERS.statementTerminated,
]);
const MAX_RESULT_SETS = 50;
/** Progress is reported each time that this many rows have arrived. */
const PROGRESS_ROWS = 100;
/** Bytes reserved around a document: its column, the truncation mark, and the properties of the result. */
const DOCUMENT_FRAME = 500;

export interface RowLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly skipRows: number;
  /** For a write: the statement runs to its end, and rows beyond the limits are dropped. */
  readonly drain?: boolean;
  /** Counts the cells that the driver cuts, also those of rows that are not delivered. */
  readonly cells?: CellLimit;
}

export interface RowSink {
  columns(columns: readonly ResultColumn[]): void;
  /** Returns the size of the row in bytes, or undefined when it does not fit into the bytes that are left. */
  row(row: readonly CellValue[], bytesLeft: number): number | undefined | Promise<number | undefined>;
}

/** Counts rows and bytes as they arrive, and stops the request at the first row beyond a limit. */
export class RowLimiter implements ResponseHandler {
  readonly affectedRows: number[] = [];
  readonly messages: string[] = [];
  rows = 0;
  bytes = 0;
  sets = 0;
  /** The cells that were cut in the delivered rows. */
  cutCells = 0;
  truncatedBy: TruncationReason | undefined;
  /** The indexes of the truncated result sets. */
  readonly cutSets = new Set<number>();
  /** Whether the sink has received anything: then the statement must not be retried. */
  delivered = false;
  /** The values of a procedure's end (EndingRow). */
  ending: ProcedureEnding | undefined;
  private messageLength = 0;
  private open = false;
  private announce: readonly ResultColumn[] | undefined;
  private skipped = 0;
  /** Rows of the open result set that the server sent, also those that no limit let through. */
  private arrived = 0;
  /** What `limits.cells` had counted before the row that is being looked at. */
  private cutBefore: number;
  private piece: { columns: readonly ResultColumn[]; texts: string[]; bytes: number } | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly limits: RowLimits,
    private readonly onProgress: (rows: number) => void = () => {},
  ) {
    this.cutBefore = limits.cells?.cutCells ?? 0;
  }

  /** Messages of this server, before those of the database. */
  warn(texts: readonly string[]): this {
    for (const text of texts) this.message(text, 0);
    return this;
  }

  columns(columns: readonly ResultColumn[]): void {
    this.open = true;
    this.sets++;
    this.arrived = 0;
    const pieceName = columns.length === 1 ? documentKind(columns[0]?.name) : undefined;
    this.piece =
      pieceName === undefined
        ? undefined
        : { columns: [{ name: pieceName, type: columns[0]?.type ?? '', document: true }], texts: [], bytes: 0 };
    this.announce = this.piece?.columns ?? columns;
  }

  /** The columns are delivered with the first row or at the end, so that a deadlock before that can be retried. */
  private deliverColumns(): void {
    if (this.announce === undefined) return;
    this.delivered = true;
    if (this.sets <= MAX_RESULT_SETS) this.sink.columns(this.announce);
    this.announce = undefined;
  }

  row(row: CellValue[]): void | 'stop' | Promise<void | 'stop'> {
    this.deliverColumns();
    this.arrived++;
    const cut = this.cutInRow();
    if (this.sets > MAX_RESULT_SETS || (this.truncatedBy !== undefined && this.limits.drain === true))
      return this.stop('rows');
    if (this.piece !== undefined) return this.pieceRow(String(row[0] ?? ''));
    if (this.sets === 1 && this.skipped < this.limits.skipRows) {
      this.skipped++;
      return undefined;
    }
    if (this.rows >= this.limits.maxRows) return this.stop('rows');
    const written = this.sink.row(row, this.limits.maxBytes - this.bytes);
    return written instanceof Promise ? written.then(bytes => this.count(bytes, cut)) : this.count(written, cut);
  }

  private cutInRow(): number {
    const before = this.cutBefore;
    this.cutBefore = this.limits.cells?.cutCells ?? 0;
    return this.cutBefore - before;
  }

  done(rows: number | undefined, changes: boolean): void | Promise<void> {
    const hadRows = this.open;
    this.open = false;
    if (hadRows) this.deliverColumns();
    // The rows of a SELECT have been counted already; a change with OUTPUT has rows and a count of changed rows.
    // Babelfish says 0 for such a change, so the rows that OUTPUT delivered count then.
    if (rows !== undefined && (!hadRows || changes))
      this.affectedRows.push(rows === 0 && hadRows ? this.arrived : rows);
    return hadRows ? this.flushPiece() : undefined;
  }

  message(text: string, number: number): void {
    if (QUIET_MESSAGES.has(number) || this.messageLength > MAX_MESSAGES_LENGTH) return;
    const shown = text.length > MAX_MESSAGE_LENGTH ? `${text.slice(0, MAX_MESSAGE_LENGTH)}…` : text;
    this.messageLength += shown.length;
    const full = this.messages.length >= MAX_MESSAGES || this.messageLength > MAX_MESSAGES_LENGTH;
    if (full) this.messageLength = Infinity;
    this.messages.push(full ? 'There are more messages, which were left out.' : shown);
  }

  private count(bytes: number | undefined, cut: number): void | 'stop' | Promise<void | 'stop'> {
    if (bytes === undefined) return this.stop('bytes');
    this.cutCells += cut;
    return this.add(bytes);
  }

  private add(bytes: number): void {
    this.bytes += bytes;
    this.rows++;
    if (this.rows % PROGRESS_ROWS === 0) this.onProgress(this.rows);
  }

  private stop(reason: TruncationReason): void | 'stop' | Promise<void | 'stop'> {
    const flushed = this.flushPiece();
    this.truncatedBy ??= reason;
    this.cutSets.add(Math.min(this.sets, MAX_RESULT_SETS) - 1);
    const verdict = this.limits.drain === true ? undefined : 'stop';
    return flushed instanceof Promise ? flushed.then(() => verdict) : verdict;
  }

  private pieceRow(text: string): void | 'stop' | Promise<void | 'stop'> {
    const piece = this.piece;
    if (piece === undefined) return undefined;
    // The size includes the escapes of JSON, as the caller will receive it.
    const bytes = Buffer.byteLength(JSON.stringify(text)) - 2;
    const left = this.limits.maxBytes - DOCUMENT_FRAME - this.bytes - piece.bytes;
    piece.texts.push(bytes <= left ? text : `${beginning(text, left / 2)}… [cut: the rest does not fit]`);
    piece.bytes += bytes;
    return bytes <= left ? undefined : this.stop('bytes');
  }

  /** Hands the document on that the pieces make up. */
  private flushPiece(): void | Promise<void> {
    const piece = this.piece;
    this.piece = undefined;
    if (piece === undefined || piece.texts.length === 0) return undefined;
    const written = this.sink.row([piece.texts.join('')], Infinity);
    if (written instanceof Promise) return written.then(bytes => this.add(bytes ?? 0));
    return this.add(written ?? 0);
  }
}
