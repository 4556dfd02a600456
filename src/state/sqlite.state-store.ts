import { EventEmitter } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementResultingChanges, type StatementSync } from 'node:sqlite';
import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import { migrate } from './sqlite-schema.js';
import type { StateStore } from './state-store.js';

/** While another process has the lock, SQLite blocks our event loop for this long; afterwards we retry asynchronously. */
const BUSY_MS = 50;
const BUSY_RETRIES = 40;
const SQLITE_BUSY = 5;
const PURGE_EVERY_MS = 10_000;
/** Rows that one statement deletes, which takes about a millisecond. */
const PURGE_BATCH = 500;

const log = logger('state');

/** Keeps the state of one server process in a file. Reads take microseconds on the event loop, writes about 0.1 ms. */
export class SqliteStateStore implements StateStore {
  readonly kind = 'sqlite';
  private readonly db: DatabaseSync;
  private readonly statements;
  private readonly channels = new EventEmitter({ captureRejections: false }).setMaxListeners(0);
  private readonly purging: NodeJS.Timeout;

  constructor(
    file: string,
    private readonly now: () => number = () => Date.now(),
  ) {
    if (file !== ':memory:') mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
    this.db = new DatabaseSync(file, { timeout: 2_000 });
    // SQLite creates the -wal and -shm files with the same mode.
    if (file !== ':memory:') chmodSync(file, 0o600);
    migrate(this.db);
    this.db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    const prepare = (sql: string): StatementSync => this.db.prepare(sql);
    this.statements = {
      get: prepare('SELECT value FROM entry WHERE name = ? AND expires > ?'),
      // An entry that is written again stays consumed, unless the old one had expired.
      set: prepare(
        `INSERT INTO entry (name, value, expires) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE
         SET value = ?2, expires = ?3, consumed = CASE WHEN expires > ?4 THEN consumed END`,
      ),
      // An entry that has expired counts as absent.
      setIfAbsent: prepare(
        `INSERT INTO entry (name, value, expires) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE
         SET value = ?2, expires = ?3, consumed = NULL WHERE expires <= ?4`,
      ),
      replace: prepare('UPDATE entry SET value = ?2, expires = ?3 WHERE name = ?1 AND expires > ?4 AND value = ?5'),
      group: prepare('INSERT OR IGNORE INTO entry_group (grp, name) VALUES (?, ?)'),
      delete: prepare('DELETE FROM entry WHERE name = ?'),
      list: prepare(
        `SELECT g.name FROM entry_group g JOIN entry e ON e.name = g.name
         WHERE g.grp = ? AND e.expires > ? ORDER BY e.expires DESC, g.name LIMIT ?`,
      ),
      deleteGroup: prepare('DELETE FROM entry WHERE name IN (SELECT name FROM entry_group WHERE grp = ?)'),
      consume: prepare('UPDATE entry SET consumed = ?2 WHERE name = ?1 AND expires > ?2 AND consumed IS NULL'),
      consumedAt: prepare('SELECT consumed FROM entry WHERE name = ? AND consumed IS NOT NULL'),
      increment: prepare(
        `INSERT INTO entry (name, value, expires) VALUES (?1, CAST(?4 AS TEXT), ?2) ON CONFLICT (name) DO UPDATE SET
           value = CASE WHEN expires > ?3 THEN CAST(CAST(value AS INTEGER) + ?4 AS TEXT) ELSE CAST(?4 AS TEXT) END,
           expires = CASE WHEN expires > ?3 THEN expires ELSE ?2 END
         RETURNING value`,
      ),
      purge: prepare('DELETE FROM entry WHERE name IN (SELECT name FROM entry WHERE expires <= ? LIMIT ?)'),
    };
    this.purging = setInterval(() => void this.purge(), PURGE_EVERY_MS).unref();
  }

  async get(key: string): Promise<string | undefined> {
    return this.run(() => (this.statements.get.get(key, this.now()) as { value: string } | undefined)?.value);
  }

  async set(key: string, value: string, ttlSeconds: number, index: readonly string[] = []): Promise<void> {
    const now = this.now();
    const expires = now + Math.ceil(ttlSeconds * 1000);
    await this.run(() => this.write(key, index, () => this.statements.set.run(key, value, expires, now)));
  }

  async compareAndSet(
    key: string,
    expected: string | undefined,
    value: string,
    ttlSeconds: number,
    index: readonly string[] = [],
  ): Promise<boolean> {
    const now = this.now();
    const expires = now + Math.ceil(ttlSeconds * 1000);
    const { setIfAbsent, replace } = this.statements;
    return this.run(() =>
      this.write(key, index, () =>
        expected === undefined
          ? setIfAbsent.run(key, value, expires, now)
          : replace.run(key, value, expires, now, expected),
      ),
    );
  }

  async delete(key: string): Promise<void> {
    await this.run(() => this.statements.delete.run(key));
  }

  async list(group: string, limit: number): Promise<readonly string[]> {
    return this.run(() =>
      (this.statements.list.all(group, this.now(), limit) as { name: string }[]).map(row => row.name),
    );
  }

  async deleteGroup(group: string): Promise<void> {
    await this.run(() => this.statements.deleteGroup.run(group));
  }

  async consume(key: string): Promise<boolean> {
    return this.run(() => this.statements.consume.run(key, this.now()).changes === 1);
  }

  async consumedFor(key: string): Promise<number | undefined> {
    const row = await this.run(() => this.statements.consumedAt.get(key) as { consumed: number } | undefined);
    return row === undefined ? undefined : this.now() - row.consumed;
  }

  async increment(key: string, ttlSeconds: number, by = 1): Promise<number> {
    const now = this.now();
    const row = await this.run(() =>
      this.statements.increment.get(key, now + Math.ceil(ttlSeconds * 1000), now, BigInt(by)),
    );
    return Number((row as { value: string }).value);
  }

  async publish(channel: string, message: string): Promise<void> {
    setImmediate(() => this.channels.emit(channel, message));
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    this.channels.on(channel, listener);
    return async () => void this.channels.off(channel, listener);
  }

  async ping(_timeoutMs: number): Promise<void> {
    await this.get('meta:ping');
  }

  async close(): Promise<void> {
    clearInterval(this.purging);
    this.channels.removeAllListeners();
    if (this.db.isOpen) this.db.close();
  }

  /** Removes expired entries in batches, between which the event loop runs. Returns the number of removed entries. */
  async purge(): Promise<number> {
    let removed = 0;
    for (;;) {
      if (!this.db.isOpen) return removed;
      try {
        const { changes } = this.statements.purge.run(this.now(), PURGE_BATCH);
        removed += Number(changes);
        if (Number(changes) < PURGE_BATCH) return removed;
      } catch (error) {
        // The next run of the timer tries again.
        log.warn({ err: error }, 'expired state could not be removed');
        return removed;
      }
      await new Promise(resolve => setImmediate(resolve));
    }
  }

  /** Writes an entry and, if that changed anything, its groups, in one transaction. Returns whether it changed anything. */
  private write(key: string, index: readonly string[], entry: () => StatementResultingChanges): boolean {
    if (index.length === 0) return entry().changes === 1;
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const isWritten = entry().changes === 1;
      if (isWritten) for (const group of index) this.statements.group.run(group, key);
      this.db.exec('COMMIT');
      return isWritten;
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  private async run<T>(work: () => T): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return work();
      } catch (error) {
        const busy = ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;
        if (!busy || attempt === BUSY_RETRIES) {
          throw new AppError('UNAVAILABLE', 'The state store is not available.', { cause: error });
        }
        await new Promise(resolve => setTimeout(resolve, 5 + Math.random() * 20));
      }
    }
  }
}
