import { type Connection, Request } from 'tedious';
import { columnType } from './column-types.js';
import { PreambleError } from '../preamble-error.js';
import { EXACT } from './exact-values.js';
import type { RpcParameter } from './parameters.js';
import type { CellValue, ResultColumn } from './result-set.js';
import { hasBegunTransaction, lastCommand } from './statement-command.js';
import type { CellLimit } from './values/cut-text.js';
import type { WireColumn } from './values/wire.js';

// node-mssql's own Request buffers FOR JSON and FOR XML whole and waits with a cancel while it is queued, so requests
// run directly on tedious's connection.

/** Statements of ours can precede the caller's. A PRINT of this text tells that they have ended. */
export const START_MARK = 'mcp: the statement begins';

export interface Rpc {
  readonly text: string;
  readonly parameters: readonly RpcParameter[];
  /**
   * What tells that our own statements have ended and the caller's begins: START_MARK, or the beginning of a transaction.
   * An error before that is a PreambleError. Absent when nothing precedes the caller's statement.
   */
  readonly start?: 'mark' | 'transaction' | undefined;
}

/**
 * Receives the response of the server in order. A promise pauses the stream until it resolves. When a method throws, or
 * its promise rejects, the request is cancelled and fails with that error.
 */
export interface ResponseHandler {
  columns(columns: readonly ResultColumn[]): void;
  /** `'stop'` cancels the request. */
  row(row: CellValue[]): void | 'stop' | Promise<void | 'stop'>;
  /**
   * The end of a statement, with its row count if the server sent one, and whether the statement changed these rows.
   */
  done(rows: number | undefined, changes: boolean): void | Promise<void>;
  /** PRINT, warnings and messages of severity up to 10. */
  message(text: string, number: number): void;
}

export type StopReason = 'handler' | 'timeout' | 'aborted';

/** How a request ended. Errors of the server or the connection are thrown. */
export interface RunOutcome {
  readonly stopped?: StopReason;
}

export interface RunLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly cells: CellLimit;
}

/** A connection with the parts of tedious that its declarations leave out. */
export type DriverConnection = Connection & {
  readonly databaseCollation?: WireColumn['collation'];
  readonly config: { readonly options: { [EXACT]?: CellLimit | undefined } };
  resetConnectionOnNextRequest: boolean;
  transactionDescriptors: Buffer[];
  inTransaction: boolean;
  closed: boolean;
  getInitialSql(): string;
};

interface SessionRequest {
  readonly rpc: Rpc;
  readonly handler: ResponseHandler;
  readonly limits: RunLimits;
  readonly execute: 'execSql' | 'execSqlBatch';
}

interface Cell {
  readonly value: CellValue;
}

interface InfoMessage {
  readonly number: number;
  readonly message: string;
}

/** CurCmd of INSERT, DELETE, UPDATE and MERGE (MS-TDS 2.2.7.6; mssql-jdbc's StreamDone names the numbers). */
const CHANGES: ReadonlySet<number | undefined> = new Set([0xc3, 0xc4, 0xc5, 0x117]);

/** How a request ended in the server, which can be later than its promise. */
export interface RequestEnd {
  /** An error, or a cancel: the session may have been left in any state. */
  readonly failed: boolean;
  /** The server did not end the cancelled request within the driver's `cancelTimeout`, so the driver has closed the connection. */
  readonly cancelIgnored: boolean;
}

/**
 * Runs one request and passes its response to the handler. When the request is stopped, the promise resolves at once
 * and the cancel continues in the background: `onEnd` is called once the server has ended the request.
 */
export function runRequest(
  connection: DriverConnection,
  session: SessionRequest,
  onEnd: (end: RequestEnd) => void,
): Promise<RunOutcome> {
  return new Promise<RunOutcome>((resolve, reject) => {
    new RunningRequest(connection, { ...session, onEnd, resolve, reject }).start();
  });
}

/** What a request works for: a call, with its HTTP request and response behind it. */
interface Task extends SessionRequest {
  readonly onEnd: (end: RequestEnd) => void;
  readonly resolve: (outcome: RunOutcome) => void;
  readonly reject: (error: unknown) => void;
}

const nothing = (): void => {};
const NO_TASK: Task = {
  rpc: { text: '', parameters: [] },
  handler: { columns: nothing, row: nothing, done: nothing, message: nothing },
  limits: { timeoutMs: 0, signal: new AbortController().signal, cells: { maxBytes: 0, cutCells: 0 } },
  execute: 'execSql',
  onEnd: nothing,
  resolve: nothing,
  reject: nothing,
};

/**
 * One request of the driver. The driver's objects refer to each other in a chain that only a full garbage collection
 * ends, so a request gives up its task when it has ended: otherwise each call with its HTTP request and response would
 * be copied to the old generation of the heap (bench/cpu-per-call.ts).
 */
class RunningRequest {
  private over = false;
  private stopped = false;
  private started: boolean;
  /** What the handler still works on. */
  private pending: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly request: Request;
  private readonly onAbort = (): void => this.stop('aborted');
  private readonly onInfo = (info: InfoMessage): void => this.info(info);

  constructor(
    private readonly connection: DriverConnection,
    private task: Task,
  ) {
    this.started = task.rpc.start === undefined;
    this.request = new Request(task.rpc.text, error => this.end(error));
  }

  start(): void {
    const { request, connection } = this;
    const { rpc, limits, execute } = this.task;
    if (limits.signal.aborted) {
      this.over = true;
      this.task.onEnd({ failed: false, cancelIgnored: false });
      return this.task.resolve({ stopped: 'aborted' });
    }
    this.timer = setTimeout(() => this.stop('timeout'), limits.timeoutMs);
    limits.signal.addEventListener('abort', this.onAbort, { once: true });
    request.on('columnMetadata', columns => this.columns(columns as unknown as WireColumn[]));
    request.on('row', (cells: readonly Cell[]) => this.row(cells));
    const onDone = (rows: number | undefined): void => this.done(rows);
    request.on('done', onDone);
    request.on('doneInProc', onDone);
    request.on('doneProc', onDone);
    connection.on('infoMessage', this.onInfo);
    // The driver's own timer stops at the first byte of the answer; ours covers the whole statement.
    request.setTimeout(0);
    for (const { name, type, value, options } of rpc.parameters) request.addParameter(name, type, value, options);
    connection.config.options[EXACT] = limits.cells;
    connection[execute](request);
  }

  private columns(columns: readonly WireColumn[]): void {
    this.started = true;
    this.pass(() => this.task.handler.columns(columns.map(describe)));
  }

  private row(cells: readonly Cell[]): void {
    if (this.over) return;
    const row = new Array<CellValue>(cells.length);
    for (let i = 0; i < cells.length; i++) row[i] = cells[i]?.value ?? null;
    try {
      this.heed(this.task.handler.row(row));
    } catch (error) {
      this.fail(error);
    }
  }

  private done(rows: number | undefined): void {
    this.pass(() => this.task.handler.done(rows, CHANGES.has(lastCommand(this.request))));
  }

  private info({ message, number }: InfoMessage): void {
    if (!this.started && message === START_MARK) this.started = true;
    else this.pass(() => this.task.handler.message(message, number));
  }

  /** Passes a part of the response on, unless the request is over. */
  private pass(part: () => void | Promise<void>): void {
    if (this.over) return;
    try {
      this.heed(part());
    } catch (error) {
      this.fail(error);
    }
  }

  private heed(verdict: void | 'stop' | Promise<void | 'stop'>): void {
    if (verdict === undefined) return;
    if (verdict === 'stop') return this.stop('handler');
    this.request.pause();
    const done = verdict
      .then(
        answer => (answer === 'stop' ? this.stop('handler') : undefined),
        (error: unknown) => this.fail(error),
      )
      .finally(() => {
        if (this.pending === done) this.pending = undefined;
        this.request.resume();
      });
    this.pending = done;
  }

  private stop(reason: StopReason): void {
    if (this.over) return;
    this.cancel();
    this.task.resolve({ stopped: reason });
  }

  private fail(error: unknown): void {
    if (this.over) return;
    this.cancel();
    this.task.reject(error);
  }

  private cancel(): void {
    this.over = this.stopped = true;
    this.connection.cancel();
  }

  /** The server has ended the request, or its connection was lost. */
  private end(error: Error | null | undefined): void {
    const { limits, onEnd } = this.task;
    clearTimeout(this.timer);
    limits.signal.removeEventListener('abort', this.onAbort);
    this.connection.off('infoMessage', this.onInfo);
    this.connection.config.options[EXACT] = undefined;
    onEnd({
      failed: Boolean(error),
      cancelIgnored: this.stopped && (error as { code?: string } | undefined)?.code === 'ETIMEOUT',
    });
    if (this.pending === undefined) this.finish(error);
    else void this.pending.then(() => this.finish(error));
  }

  private finish(error: Error | null | undefined): void {
    const { resolve, reject } = this.task;
    this.task = NO_TASK;
    if (this.over) return;
    this.over = true;
    if (!error) resolve({});
    else if (this.started || hasBegunTransaction(this.request) || !isOfServer(error)) reject(error);
    else reject(new PreambleError(error));
  }
}

/** Whether an error of the server ended the request, and not the driver or a lost connection. */
function isOfServer(error: Error): boolean {
  const [first] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
  return typeof (first as { number?: unknown }).number === 'number';
}

function describe(column: WireColumn): ResultColumn {
  return { name: column.colName ?? '', type: columnType(column) };
}
