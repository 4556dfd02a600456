import { createRequire } from 'node:module';
import path from 'node:path';
import { Connection } from 'tedious';
import { AppError } from '../../common/app-error.js';
import type { DriverConnection } from './session-request.js';

const require = createRequire(import.meta.url);

/** Methods that are public in node-mssql, but missing from its declarations. */
export interface AcquirablePool {
  acquire(requester: object): Promise<DriverConnection>;
  release(connection: unknown): void;
}

/** Borrows a connection of the pool, and closes it again when it belongs to another copy of the driver. */
export async function acquirePatched(pool: AcquirablePool): Promise<DriverConnection> {
  const connection = await pool.acquire(pool);
  try {
    assertPatchedDriver(connection);
  } catch (error) {
    connection.close();
    pool.release(connection);
    throw error;
  }
  return connection;
}

/**
 * Throws AppError INTERNAL, whose text is for the log only, when the connection belongs to another copy of tedious than
 * the one that `installExactValues` patched. That copy would convert decimals to doubles, and nothing else would tell.
 */
function assertPatchedDriver(connection: object): void {
  if (connection.constructor === Connection) return;
  const other = fileOf(connection.constructor) ?? 'a file that is not known';
  throw new AppError(
    'INTERNAL',
    `Two copies of the database driver tedious are loaded: exact values are read with ${folderOf(require.resolve('tedious'))}, but the connection comes from ${folderOf(other)}. Values would be inexact, so the connection is refused.`,
    { hint: 'Install one version: `npm ls tedious` shows who needs the other one, and `npm dedupe` removes it.' },
  );
}

/** The loaded file that exports the class. */
function fileOf(constructor: unknown): string | undefined {
  const modules = require.cache;
  // `module.exports` of tedious/lib/connection is the class itself.
  return Object.keys(modules).find(file => modules[file]?.exports === constructor);
}

/** The package's folder of a file in its `lib`. */
function folderOf(file: string): string {
  return path.basename(path.dirname(file)) === 'lib' ? path.dirname(path.dirname(file)) : file;
}
