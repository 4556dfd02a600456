import type { CacheEntry, CacheStore } from './cache-store.js';

interface Kept {
  readonly text: string;
  readonly expires: number;
}

/** The memory that an entry needs besides its text, in bytes. */
const OVERHEAD_BYTES = 300;
const BYTES_PER_CHARACTER = 2;

/**
 * Keeps answers in the memory of this process, at most so many bytes; the one that was used longest ago is dropped first.
 * Their time goes on when the machine's clock is set back. They are kept as texts, whose size is known, and each caller gets a copy.
 */
export class MemoryCacheStore implements CacheStore {
  private readonly kept = new Map<string, Kept>();
  private bytes = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly maxEntryBytes: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The size of everything that is kept. */
  get size(): number {
    return this.bytes;
  }

  async get(name: string): Promise<CacheEntry | undefined> {
    const found = this.kept.get(name);
    if (found === undefined) return undefined;
    this.kept.delete(name);
    if (found.expires <= this.now()) {
      this.bytes -= sizeOf(found.text);
      return undefined;
    }
    // A Map lists its keys in the order in which they were set.
    this.kept.set(name, found);
    return JSON.parse(found.text) as CacheEntry;
  }

  async set(name: string, entry: CacheEntry, ttlSeconds: number): Promise<void> {
    this.drop(name);
    const text = JSON.stringify(entry);
    if (sizeOf(text) > this.maxEntryBytes) return;
    this.kept.set(name, { text, expires: this.now() + ttlSeconds * 1_000 });
    this.bytes += sizeOf(text);
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= this.maxBytes) break;
      this.drop(oldest);
    }
  }

  private drop(name: string): void {
    const found = this.kept.get(name);
    if (found === undefined) return;
    this.kept.delete(name);
    this.bytes -= sizeOf(found.text);
  }
}

function sizeOf(text: string): number {
  return text.length * BYTES_PER_CHARACTER + OVERHEAD_BYTES;
}
