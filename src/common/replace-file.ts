import { renameSync } from 'node:fs';

const ATTEMPTS = 50;
const PAUSE_MS = 20;
/** What Windows answers while another process has the file open: a reader of this server, an indexer, a virus scanner. */
const BUSY: ReadonlySet<string | undefined> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/**
 * Renames `from` to `to`, which may exist. On Windows it tries again for a second while another process has the file open;
 * on other systems an open file is no obstacle. Throws the error of the last attempt.
 */
export function replaceFile(from: string, to: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      return renameSync(from, to);
    } catch (error) {
      const isBusy = process.platform === 'win32' && BUSY.has((error as NodeJS.ErrnoException).code);
      if (!isBusy || attempt >= ATTEMPTS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
