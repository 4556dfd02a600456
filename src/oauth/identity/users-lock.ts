import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { AppError } from '../../common/app-error.js';

/** The owner of a lock renews it every second; after ten without that its process has died. */
const UPDATE_MS = 1_000;
const STALE_MS = 10_000;
const WAIT_MS = 5_000;
const RETRY_MS = 25;
/** proper-lockfile must not take a stale lock over itself, see `removeStale`. */
const NEVER_MS = 2 ** 40;

/**
 * Runs `work` while no other process holds the lock `<file>.lock`. Waits up to 5 s, then throws UNAVAILABLE. `work`
 * calls `stillHeld` before it changes the file, which throws when another process took the lock away.
 */
export async function withLock<T>(file: string, work: (stillHeld: () => void) => T): Promise<T> {
  let lost: Error | undefined;
  const release = await acquire(file, error => (lost = error));
  try {
    return work(() => {
      if (lost !== undefined) throw new AppError('UNAVAILABLE', `${file}.lock was lost to another process. Try again.`);
    });
  } finally {
    // A lock that was lost is no longer ours to remove.
    await release().catch(() => undefined);
  }
}

async function acquire(file: string, onCompromised: (error: Error) => void): Promise<() => Promise<void>> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    try {
      return await lockfile.lock(file, { realpath: false, stale: NEVER_MS, update: UPDATE_MS, onCompromised });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (removeStale(`${file}.lock`)) continue;
    if (Date.now() > deadline) {
      throw new AppError(
        'UNAVAILABLE',
        `${file}.lock is held by another process. Try again; if no other process changes users, remove ${file}.lock*.`,
      );
    }
    await delay(RETRY_MS);
  }
}

/**
 * Removes a lock whose owner died. Two processes may both see it stale, and the slower one would remove the new lock of
 * the faster one. So whoever removes it first creates a file that is named after this very lock, which only one can.
 */
function removeStale(lock: string): boolean {
  const seen = modifiedAt(lock);
  if (seen === undefined || Date.now() - seen <= STALE_MS) return seen === undefined;
  const claim = `${lock}.${Math.floor(seen)}`;
  try {
    closeSync(openSync(claim, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    // Another process may have claimed and removed it, and locked, since we looked.
    if (modifiedAt(lock) !== seen) return false;
    // Versions before 2.1 locked with a file; proper-lockfile does with a directory.
    rmSync(lock, { recursive: true, force: true });
    return true;
  } finally {
    rmSync(claim, { force: true });
  }
}

function modifiedAt(lock: string): number | undefined {
  return statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
}
