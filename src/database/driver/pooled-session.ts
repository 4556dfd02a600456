import type { ConnectionPool } from 'mssql';
import { PreambleError } from '../preamble-error.js';
import { type AcquirablePool, acquirePatched } from './patched-driver.js';
import { isProvenClean, ownLimits, SILENT } from './session-proof.js';
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

/** Whose session it becomes. */
export interface SessionClaim {
  readonly owner: string;
  /** A reset clears the keys of the session context. Without that a session serves one owner in its life. */
  readonly resetsContext: boolean;
  /** Nothing of an earlier use may remain, not even the owner's own. */
  readonly anew?: boolean;
}

/** More than the connections of the largest pool (POOL_MAX). */
const MAX_REPLACEMENTS = 300;
/** The connections whose last owner changed nothing in the session, with that owner. */
const lastOwner = new WeakMap<object, { readonly owner: string; readonly settings: boolean }>();
const borrowedBefore = new WeakSet<object>();
/** The connections that may hold the session context of an owner. */
const claimedBefore = new WeakSet<object>();

/**
 * A connection that one caller has borrowed from the pool. The session state of another owner is reset before its use.
 * A connection whose state is in doubt never returns to the pool open.
 */
export class PooledSession {
  private idle: Promise<void> = Promise.resolve();
  private released = false;
  private owner: string | undefined;
  private resetsContext = true;
  private reuse: SessionReuse = 'none';
  private settingsToKeep: string | undefined;
  /** After an error or a cancel a transaction may still be open and hold locks. */
  private unclean = false;
  /** A statement of our own failed, so nothing is known of the session. */
  private broken = false;

  private constructor(
    private readonly pool: AcquirablePool,
    private connection: DriverConnection,
    private readonly onCancelIgnored: () => void,
  ) {}

  /** `fresh`: a connection that nobody has used yet. Refuses a connection of another copy of the driver. */
  static async acquire(
    pool: ConnectionPool,
    { fresh = false, onCancelIgnored = () => {} }: { fresh?: boolean; onCancelIgnored?: () => void } = {},
  ): Promise<PooledSession> {
    const acquirable = pool as unknown as AcquirablePool;
    const session = new PooledSession(acquirable, await acquirePatched(acquirable), onCancelIgnored);
    if (fresh && borrowedBefore.has(session.connection)) await session.replace(borrowedBefore);
    borrowedBefore.add(session.connection);
    return session;
  }

  /** An error or a cancel since the session was borrowed: the next caller's statement must not run on it. */
  get isInDoubt(): boolean {
    return this.unclean || this.broken;
  }

  /**
   * Makes the session this owner's, and returns how much of its state can be reused. A session needs no reset when its
   * last owner was the same and only read. The next request of any other session resets it, and has to set the context.
   */
  async claim({ owner, resetsContext, anew = false }: SessionClaim): Promise<SessionReuse> {
    this.owner = owner;
    this.resetsContext = resetsContext;
    const last = lastOwner.get(this.connection);
    this.reuse = anew || last?.owner !== owner ? 'none' : last.settings ? 'contextAndSettings' : 'context';
    if (this.reuse === 'none') {
      if (!resetsContext && claimedBefore.has(this.connection)) await this.replace(claimedBefore);
      this.reset();
    }
    claimedBefore.add(this.connection);
    return this.reuse;
  }

  /** The next request begins with sp_reset_connection (MS-TDS 2.2.3.1.2, RESETCONNECTION), which also rolls back. */
  reset(): void {
    lastOwner.delete(this.connection);
    this.connection.resetConnectionOnNextRequest = true;
    this.connection.transactionDescriptors.length = 1;
    this.connection.inTransaction = false;
  }

  /** Closes the connection when it is released, because its session has settings that no other call may get. */
  retire(): void {
    this.broken = true;
  }

  /** Closes the connection and takes another one of the pool that is not among the `unfit`. */
  async replace(unfit: { has(connection: object): boolean } = { has: () => false }): Promise<void> {
    for (let i = 0; i < MAX_REPLACEMENTS; i++) {
      await this.idle;
      this.close();
      this.pool.release(this.connection);
      // If no other connection can be had, there is nothing to release any more.
      this.released = true;
      this.connection = await acquirePatched(this.pool);
      this.released = this.unclean = this.broken = false;
      if (!unfit.has(this.connection)) break;
    }
    borrowedBefore.add(this.connection);
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

  /** The collation of the database. */
  get collation(): DriverConnection['databaseCollation'] {
    return this.connection.databaseCollation;
  }

  /**
   * Runs one sp_executesql. A stopped request resolves at once, and its cancel continues: `release` waits for it.
   * One request at a time. Throws PreambleError when the caller's statement has not begun.
   */
  async run(rpc: Rpc, handler: ResponseHandler, limits: RunLimits): Promise<RunOutcome> {
    try {
      return await this.send(rpc, handler, limits, 'execSql');
    } catch (error) {
      if (error instanceof PreambleError) this.broken = true;
      throw error;
    }
  }

  /** Runs a batch without parameters, whose settings and transaction outlive it. By default its response is discarded. */
  async runBatch(text: string, limits: RunLimits, handler: ResponseHandler = SILENT): Promise<RunOutcome> {
    try {
      return await this.send({ text, parameters: [] }, handler, limits, 'execSqlBatch');
    } catch (error) {
      this.broken = true;
      throw error;
    }
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
    return runRequest(this.connection, { rpc, handler, limits, execute }, ({ failed, cancelIgnored }) => {
      if (failed) this.unclean = true;
      if (cancelIgnored) this.onCancelIgnored();
      finish();
    });
  }

  /** Returns the connection to the pool once no request runs on it any more. Resolves then; never rejects. */
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.idle;
    if (this.isInDoubt) {
      lastOwner.delete(this.connection);
      if (this.broken || !this.resetsContext || !(await this.isProvenClean())) this.close();
    } else if (this.settingsToKeep !== undefined) await this.keepSettings(this.settingsToKeep);
    this.pool.release(this.connection);
  }

  /** The pool drops a closed connection when it is next asked for one. */
  private close(): void {
    if (!this.connection.closed) this.connection.close();
  }

  private async isProvenClean(): Promise<boolean> {
    this.reset();
    const proven = await isProvenClean(this.connection, (...request) => this.send(...request, 'execSqlBatch'));
    await this.idle;
    return proven;
  }

  private async keepSettings(settings: string): Promise<void> {
    const outcome = await this.runBatch(settings, ownLimits()).catch(() => undefined);
    await this.idle;
    if (outcome === undefined || outcome.stopped !== undefined || this.owner === undefined) {
      lastOwner.delete(this.connection);
      this.close();
    } else lastOwner.set(this.connection, { owner: this.owner, settings: true });
  }
}
