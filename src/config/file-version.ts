import { type Stats, statSync } from 'node:fs';
import { reasonOf } from './environment.js';

/** A file that was written this recently may be half of what its writer means to write. */
const SETTLE_MS = 200;
/** So much time passes between two looks at the file, however many requests ask. */
const LOOK_EVERY_MS = 100;

/**
 * Notices that a file was written or replaced. It looks when it is asked, so that no rename and no mount is missed; a
 * look costs one stat.
 */
export class FileVersion {
  private lookedAt = -Infinity;
  private seen: string;
  private seenAt = -Infinity;

  constructor(
    private readonly path: string,
    private known: string = versionOf(path).version,
  ) {
    this.seen = known;
  }

  /** Whether there is a version that was not read yet, and that nobody is writing at this moment. */
  hasChanged(now: number = performance.now()): boolean {
    if (now - this.lookedAt < LOOK_EVERY_MS) return false;
    this.lookedAt = now;
    const { version, ageMs } = versionOf(this.path);
    if (version !== this.seen) {
      this.seen = version;
      this.seenAt = now;
    }
    // The clock of a file server may differ from ours: then it counts how long we have seen this version.
    const isSettled = ageMs >= SETTLE_MS || now - this.seenAt >= SETTLE_MS;
    return this.seen !== this.known && isSettled;
  }

  /** The version that was seen last is read now, whatever is found in it. */
  accept(): void {
    this.known = this.seen;
  }
}

function versionOf(path: string): { readonly version: string; readonly ageMs: number } {
  let stat: Stats;
  try {
    stat = statSync(path);
  } catch (error) {
    return { version: reasonOf(error), ageMs: 0 };
  }
  const { dev, ino, size, mtimeMs, ctimeMs } = stat;
  return { version: [dev, ino, size, mtimeMs, ctimeMs].join(' '), ageMs: Date.now() - Math.max(mtimeMs, ctimeMs) };
}
