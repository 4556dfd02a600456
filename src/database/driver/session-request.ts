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
  { rpc, handler, limits, execute }: SessionRequest,
  onEnd: (end: RequestEnd) => void,
): Promise<RunOutcome> {
  return new Promise<RunOutcome>((resolve, reject) => {
    let over = false;
    let stopped = false;
    let started = rpc.start === undefined;
    /** What the handler still works on. */
    let pending: Promise<void> | undefined;
    const request = new Request(rpc.text, error => {
      cleanUp();
      onEnd({
        failed: Boolean(error),
        cancelIgnored: stopped && (error as { code?: string } | undefined)?.code === 'ETIMEOUT',
      });
      if (pending === undefined) finish(error);
      else void pending.then(() => finish(error));
    });
    const finish = (error: Error | null | undefined): void => {
      if (over) return;
      over = true;
      if (!error) resolve({});
      else if (started || hasBegunTransaction(request) || !isOfServer(error)) reject(error);
      else reject(new PreambleError(error));
    };
    const cancel = (): void => {
      over = stopped = true;
      connection.cancel();
    };
    const stop = (reason: StopReason): void => {
      if (over) return;
      cancel();
      resolve({ stopped: reason });
    };
    const fail = (error: unknown): void => {
      if (over) return;
      cancel();
      reject(error as Error);
    };
    const onAbort = (): void => stop('aborted');
    const heed = (verdict: void | 'stop' | Promise<void | 'stop'>): void => {
      if (verdict === undefined) return;
      if (verdict === 'stop') return stop('handler');
      request.pause();
      const done = verdict
        .then(answer => (answer === 'stop' ? stop('handler') : undefined), fail)
        .finally(() => {
          if (pending === done) pending = undefined;
          request.resume();
        });
      pending = done;
    };
    /** Passes a part of the response on, unless the request is over. */
    const pass = (part: () => void | Promise<void>): void => {
      if (over) return;
      try {
        heed(part());
      } catch (error) {
        fail(error);
      }
    };
    const onInfo = (info: InfoMessage): void => {
      if (!started && info.message === START_MARK) started = true;
      else pass(() => handler.message(info.message, info.number));
    };
    const timer = setTimeout(() => stop('timeout'), limits.timeoutMs);
    const cleanUp = (): void => {
      clearTimeout(timer);
      limits.signal.removeEventListener('abort', onAbort);
      connection.off('infoMessage', onInfo);
      connection.config.options[EXACT] = undefined;
    };
    request.on('columnMetadata', columns => {
      started = true;
      pass(() => handler.columns((columns as unknown as WireColumn[]).map(describe)));
    });
    request.on('row', (cells: readonly { readonly value: CellValue }[]) => {
      if (over) return;
      const row = new Array<CellValue>(cells.length);
      for (let i = 0; i < cells.length; i++) row[i] = cells[i]?.value ?? null;
      try {
        heed(handler.row(row));
      } catch (error) {
        fail(error);
      }
    });
    const onDone = (rows: number | undefined): void =>
      pass(() => handler.done(rows, CHANGES.has(lastCommand(request))));
    request.on('done', onDone);
    request.on('doneInProc', onDone);
    request.on('doneProc', onDone);
    connection.on('infoMessage', onInfo);
    // The driver's own timer stops at the first byte of the answer; ours covers the whole statement.
    request.setTimeout(0);
    for (const { name, type, value, options } of rpc.parameters) request.addParameter(name, type, value, options);
    connection.config.options[EXACT] = limits.cells;
    limits.signal.addEventListener('abort', onAbort, { once: true });
    if (limits.signal.aborted) {
      over = true;
      cleanUp();
      onEnd({ failed: false, cancelIgnored: false });
      return resolve({ stopped: 'aborted' });
    }
    connection[execute](request);
  });
}

/** Whether an error of the server ended the request, and not the driver or a lost connection. */
function isOfServer(error: Error): boolean {
  const [first] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
  return typeof (first as { number?: unknown }).number === 'number';
}

function describe(column: WireColumn): ResultColumn {
  return { name: column.colName ?? '', type: columnType(column) };
}
