import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '../common/app-error.js';

/** One step for each version; a released step is never changed. `PRAGMA user_version` counts the steps that were taken. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE entry (
     name TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER NOT NULL, consumed INTEGER
   ) WITHOUT ROWID, STRICT;
   CREATE INDEX entry_expires ON entry (expires);
   CREATE TABLE entry_group (
     grp TEXT NOT NULL, name TEXT NOT NULL REFERENCES entry (name) ON DELETE CASCADE, PRIMARY KEY (grp, name)
   ) WITHOUT ROWID, STRICT;
   CREATE INDEX entry_group_name ON entry_group (name);`,
];

export function migrate(db: DatabaseSync): void {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
  db.exec('BEGIN IMMEDIATE');
  try {
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > MIGRATIONS.length) {
      throw new AppError('INTERNAL', 'The state file was written by a newer version of this server.', { expose: true });
    }
    for (const step of MIGRATIONS.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
