import { type Connection, Request } from 'tedious';
import { columnType } from './column-types.js';
import { EXACT } from './exact-values.js';
import type { RpcParameter } from './parameters.js';
import type { CellValue, ResultColumn } from './result-set.js';
import { lastCommand } from './statement-command.js';
import type { CellLimit } from './values/cut-text.js';
import type { WireColumn } from './values/wire.js';

// node-mssql's own Request buffers FOR JSON and FOR XML whole and waits with a cancel while it is queued, so requests
// run directly on tedious's connection.

export interface Rpc {
  readonly text: string;
  readonly parameters: readonly RpcParameter[];
}

/** Receives the response of the server in order. Its methods must not throw. */
export interface ResponseHandler {
  columns(columns: readonly ResultColumn[]): void;
  /** `'stop'` cancels the request; a promise pauses the stream until it resolves. */
  row(row: CellValue[]): void | 'stop' | Promise<void>;
  /**
   * The end of a statement, with its row count if the server sent one, and whether the statement changed these rows.
   */
  done(rows: number | undefined, changes: boolean): void;
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

/**
 * Runs one request and passes its response to the handler. When the request is stopped, the promise resolves at once
 * and the cancel continues in the background: `onEnd` is called once the server has ended the request.
 */
export function runRequest(
  connection: DriverConnection,
  { rpc, handler, limits, execute }: SessionRequest,
  onEnd: (failed: boolean) => void,
): Promise<RunOutcome> {
  return new Promise<RunOutcome>((resolve, reject) => {
    let over = false;
    const request = new Request(rpc.text, error => {
      cleanUp();
      onEnd(Boolean(error));
      if (over) return;
      over = true;
      if (error) reject(error);
      else resolve({});
    });
    const stop = (reason: StopReason): void => {
      if (over) return;
      over = true;
      connection.cancel();
      resolve({ stopped: reason });
    };
    const onAbort = (): void => stop('aborted');
    const onInfo = (info: InfoMessage): void => {
      if (!over) handler.message(info.message, info.number);
    };
    const timer = setTimeout(() => stop('timeout'), limits.timeoutMs);
    const cleanUp = (): void => {
      clearTimeout(timer);
      limits.signal.removeEventListener('abort', onAbort);
      connection.off('infoMessage', onInfo);
      connection.config.options[EXACT] = undefined;
    };
    request.on('columnMetadata', columns => {
      if (!over) handler.columns((columns as unknown as WireColumn[]).map(describe));
    });
    request.on('row', (cells: readonly { readonly value: CellValue }[]) => {
      if (over) return;
      const row = new Array<CellValue>(cells.length);
      for (let i = 0; i < cells.length; i++) row[i] = cells[i]?.value ?? null;
      const verdict = handler.row(row);
      if (verdict === undefined) return;
      if (verdict === 'stop') return stop('handler');
      request.pause();
      verdict.then(
        () => request.resume(),
        () => stop('handler'),
      );
    });
    const onDone = (rows: number | undefined): void => {
      if (!over) handler.done(rows, CHANGES.has(lastCommand(request)));
    };
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
      onEnd(false);
      return resolve({ stopped: 'aborted' });
    }
    connection[execute](request);
  });
}

function describe(column: WireColumn): ResultColumn {
  return { name: column.colName ?? '', type: columnType(column) };
}
