import type { StateCipher } from '../state/state-cipher.js';
import type { StateStore } from '../state/state-store.js';
import type { CacheEntry, CacheStore } from './cache-store.js';

/** How many answers are kept at most. */
export const SLOTS = 512;

/**
 * Keeps answers in Redis, for all processes, encrypted. Each name has one of a fixed number of slots, and an answer
 * replaces the one that was there: so the size has a limit, and nothing has to be counted or removed. A text is sealed for
 * its name, so that the answer to another question in the same slot does not open.
 */
export class SharedCacheStore implements CacheStore {
  constructor(
    private readonly store: StateStore,
    private readonly cipher: StateCipher,
    private readonly maxEntryBytes: number,
  ) {}

  async get(name: string): Promise<CacheEntry | undefined> {
    const text = await this.store.get(slotOf(name));
    return text === undefined ? undefined : (this.cipher.open(sealName(name), text) as CacheEntry | undefined);
  }

  async set(name: string, entry: CacheEntry, ttlSeconds: number): Promise<void> {
    const text = this.cipher.seal(sealName(name), entry);
    if (text.length <= this.maxEntryBytes) await this.store.set(slotOf(name), text, ttlSeconds);
  }
}

/** Names are hashes, so their first characters are as good as random. */
function slotOf(name: string): string {
  return `cache:e:${Buffer.from(name.slice(0, 4), 'base64url').readUInt16BE(0) % SLOTS}`;
}

function sealName(name: string): string {
  return `cache:${name}`;
}
