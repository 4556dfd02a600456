import type { ConnectionPool } from 'mssql';
import { type Connection, Request } from 'tedious';
import { columnType } from './column-types.js';
import { EXACT } from './exact-values.js';
import type { CellValue, ResultColumn } from './result-set.js';
import type { RpcParameter } from './parameters.js';
import type { CellLimit } from './values/cut-text.js';
import { lastCommand } from './statement-command.js';
import type { WireColumn } from './values/wire.js';

// node-mssql's own Request buffers FOR JSON and FOR XML whole, has no place for the reset flag, and waits with a cancel
// while it is queued; so the pool lends us tedious's connection.

export interface Rpc {
  readonly text: string;
  readonly parameters: readonly RpcParameter[];
}

/** Takes what the server answers, in order. Must not throw. */
export interface ResponseHandler {
  columns(columns: readonly ResultColumn[]): void;
  /** `'stop'` cancels the rest; a promise holds the stream back. */
  row(row: CellValue[]): void | 'stop' | Promise<void>;
  /** The end of a statement; `rows` as the server counted them, when it did; whether they are rows that it changed. */
  done(rows: number | undefined, changes: boolean): void;
  /** PRINT, warnings and messages of severity up to 10. */
  message(text: string, number: number): void;
}

export type StopReason = 'handler' | 'timeout' | 'aborted';

/** How a request ended. Errors of the server or the connection are thrown. */
export interface RunOutcome {
  readonly stopped?: StopReason;
}

interface InfoMessage {
  readonly number: number;
  readonly message: string;
}
/** Parts of tedious's Connection that its declarations leave out. */
interface Internals {
  readonly config: { readonly options: { [EXACT]?: CellLimit | undefined } };
  resetConnectionOnNextRequest: boolean;
  transactionDescriptors: Buffer[];
  inTransaction: boolean;
  closed: boolean;
}

/** How much session state can be reused: none, the session context, or the session context and the SET options. */
export type SessionReuse = 'none' | 'context' | 'contextAndSettings';

const KEEP_SETTINGS_MS = 2_000;
/** Connections whose last user changed nothing in the session, with that user. */
const lastOwner = new WeakMap<object, { readonly owner: string; readonly settings: boolean }>();

/** A connection borrowed from the pool by one caller. Another person's session state is reset before the next use. */
export class PooledSession {
  private idle: Promise<void> = Promise.resolve();
  private released = false;
  private owner: string | undefined;
  private reuse: SessionReuse = 'none';
  private settingsToKeep: string | undefined;
  /** After an error or a cancel a transaction may still be open, with its locks. */
  private unclean = false;

  private constructor(
    private readonly pool: ConnectionPool,
    private readonly connection: Connection & Internals,
  ) {}

  static async acquire(pool: ConnectionPool): Promise<PooledSession> {
    const connection = (await (pool as unknown as AcquirablePool).acquire(pool)) as Connection & Internals;
    return new PooledSession(pool, connection);
  }

  /**
   * Makes the connection this owner's, and says what it still has of them. A connection whose last owner was the
   * same and did nothing but read needs no reset. Any other is reset by its next request, which has to say who calls.
   */
  claim(owner: string): SessionReuse {
    this.owner = owner;
    const last = lastOwner.get(this.connection);
    this.reuse = last?.owner === owner ? (last.settings ? 'contextAndSettings' : 'context') : 'none';
    if (this.reuse === 'none') this.reset();
    return this.reuse;
  }

  /** The next request begins with sp_reset_connection (MS-TDS 2.2.3.1.2, RESETCONNECTION), which also rolls back. */
  reset(): void {
    lastOwner.delete(this.connection);
    this.connection.resetConnectionOnNextRequest = true;
    this.connection.transactionDescriptors.length = 1;
    this.connection.inTransaction = false;
  }

  /**
   * Says that nothing but the owner's name is left on the connection. Who comes a second time gets the settings made
   * lasting with `settings`, on the way back to the pool: from then on a call is its statement and nothing else.
   */
  markClean(settings: string): void {
    if (this.owner === undefined) return;
    lastOwner.set(this.connection, { owner: this.owner, settings: this.reuse === 'contextAndSettings' });
    if (this.reuse === 'context') this.settingsToKeep = settings;
  }

  /**
   * Runs one sp_executesql. On a stop it resolves at once, and the cancel runs on: `release` waits for it.
   * One request at a time.
   */
  run(rpc: Rpc, handler: ResponseHandler, limits: RunLimits): Promise<RunOutcome> {
    return this.send(rpc, handler, limits, request => this.connection.execSql(request));
  }

  /** Runs a batch of ours without parameters, whose settings and transaction outlive it. Answers nothing. */
  async runBatch(text: string, limits: RunLimits): Promise<RunOutcome> {
    return this.send({ text, parameters: [] }, SILENT, limits, request => this.connection.execSqlBatch(request));
  }

  private async send(
    rpc: Rpc,
    handler: ResponseHandler,
    limits: RunLimits,
    execute: (request: Request) => void,
  ): Promise<RunOutcome> {
    const { connection } = this;
    // A request that was stopped before may still be waiting for the server to say so.
    await this.idle;
    let finish: () => void = () => {};
    this.idle = new Promise(resolve => (finish = resolve));
    return new Promise<RunOutcome>((resolve, reject) => {
      let over = false;
      const request = new Request(rpc.text, error => {
        cleanUp();
        finish();
        if (error) this.unclean = true;
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
        finish();
        return resolve({ stopped: 'aborted' });
      }
      execute(request);
    });
  }

  /** Gives the connection back once nothing runs on it any more. Resolves then; never rejects. */
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.idle;
    if (this.unclean) lastOwner.delete(this.connection);
    if (this.unclean && !this.connection.closed) await new Promise<void>(done => this.connection.reset(() => done()));
    else if (this.settingsToKeep !== undefined) await this.keepSettings(this.settingsToKeep);
    (this.pool as unknown as AcquirablePool).release(this.connection);
  }

  private async keepSettings(settings: string): Promise<void> {
    const limits = {
      timeoutMs: KEEP_SETTINGS_MS,
      signal: new AbortController().signal,
      cells: { maxBytes: 100, cutCells: 0 },
    };
    const outcome = await this.runBatch(settings, limits).catch(() => ({ stopped: 'timeout' }) as const);
    await this.idle;
    if (outcome.stopped !== undefined || this.owner === undefined) lastOwner.delete(this.connection);
    else lastOwner.set(this.connection, { owner: this.owner, settings: true });
  }
}

/** CurCmd of INSERT, DELETE, UPDATE and MERGE (MS-TDS 2.2.7.6; mssql-jdbc's StreamDone names the numbers). */
const CHANGES: ReadonlySet<number | undefined> = new Set([0xc3, 0xc4, 0xc5, 0x117]);

const SILENT: ResponseHandler = { columns: () => {}, row: () => {}, done: () => {}, message: () => {} };

export interface RunLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly cells: CellLimit;
}

function describe(column: WireColumn): ResultColumn {
  return { name: column.colName ?? '', type: columnType(column) };
}

/** Public in node-mssql, but missing from its declarations. */
interface AcquirablePool {
  acquire(requester: object): Promise<unknown>;
  release(connection: unknown): void;
}
