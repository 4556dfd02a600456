import type { ConnectionPool } from 'mssql';
import {
  type DriverConnection,
  type ResponseHandler,
  type Rpc,
  runRequest,
  type RunLimits,
  type RunOutcome,
} from './session-request.js';

/** How much session state can be reused: none, the session context, or the session context and the SET options. */
export type SessionReuse = 'none' | 'context' | 'contextAndSettings';

const KEEP_SETTINGS_MS = 2_000;
/** The connections whose last owner changed nothing in the session, with that owner. */
const lastOwner = new WeakMap<object, { readonly owner: string; readonly settings: boolean }>();

/**
 * A connection that one caller has borrowed from the pool. The session state of another owner is reset before its use.
 */
export class PooledSession {
  private idle: Promise<void> = Promise.resolve();
  private released = false;
  private owner: string | undefined;
  private reuse: SessionReuse = 'none';
  private settingsToKeep: string | undefined;
  /** After an error or a cancel a transaction may still be open and hold locks. */
  private unclean = false;

  private constructor(
    private readonly pool: ConnectionPool,
    private readonly connection: DriverConnection,
  ) {}

  static async acquire(pool: ConnectionPool): Promise<PooledSession> {
    const connection = (await (pool as unknown as AcquirablePool).acquire(pool)) as DriverConnection;
    return new PooledSession(pool, connection);
  }

  /**
   * Makes the session this owner's, and returns how much of its state can be reused. A session needs no reset when its
   * last owner was the same and only read. The next request of any other session resets it, and has to set the context.
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
   * Declares that the session holds no state but its owner's context. When the same owner uses it a second time,
   * `settings` are applied for good before the session returns to the pool: later calls send only their statement.
   */
  markClean(settings: string): void {
    if (this.owner === undefined) return;
    lastOwner.set(this.connection, { owner: this.owner, settings: this.reuse === 'contextAndSettings' });
    if (this.reuse === 'context') this.settingsToKeep = settings;
  }

  /**
   * Runs one sp_executesql. A stopped request resolves at once, and its cancel continues: `release` waits for it.
   * One request at a time.
   */
  run(rpc: Rpc, handler: ResponseHandler, limits: RunLimits): Promise<RunOutcome> {
    return this.send(rpc, handler, limits, 'execSql');
  }

  /** Runs a batch of ours without parameters, whose settings and transaction outlive it. Its response is discarded. */
  runBatch(text: string, limits: RunLimits): Promise<RunOutcome> {
    return this.send({ text, parameters: [] }, SILENT, limits, 'execSqlBatch');
  }

  private async send(
    rpc: Rpc,
    handler: ResponseHandler,
    limits: RunLimits,
    execute: 'execSql' | 'execSqlBatch',
  ): Promise<RunOutcome> {
    // A request that was stopped before may still be waiting for the server to confirm the cancel.
    await this.idle;
    let finish: () => void = () => {};
    this.idle = new Promise(resolve => (finish = resolve));
    return runRequest(this.connection, { rpc, handler, limits, execute }, failed => {
      if (failed) this.unclean = true;
      finish();
    });
  }

  /** Returns the connection to the pool once no request runs on it any more. Resolves then; never rejects. */
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

const SILENT: ResponseHandler = { columns: () => {}, row: () => {}, done: () => {}, message: () => {} };

/** Methods that are public in node-mssql, but missing from its declarations. */
interface AcquirablePool {
  acquire(requester: object): Promise<unknown>;
  release(connection: unknown): void;
}
