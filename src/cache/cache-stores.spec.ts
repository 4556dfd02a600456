import { randomBytes } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { SqliteStateStore } from '../state/sqlite.state-store.js';
import { StateCipher } from '../state/state-cipher.js';
import type { CacheEntry } from './cache-store.js';
import { MemoryCacheStore } from './memory.cache-store.js';
import { SharedCacheStore } from './shared.cache-store.js';

const entry = (text = 'a'): CacheEntry => ({
  result: {
    resultSets: [{ columns: [{ name: 'a', type: 'int' }], rows: [[text]] }],
    affectedRows: [],
    messages: [],
    bytes: 9,
    cutCells: 0,
  },
  report: { parameterTypes: {}, rows: 1, bytes: 9, affectedRows: [] },
  at: 5,
  version: 'v',
});
const bytesOf = (text: string): number => JSON.stringify(entry(text)).length * 2 + 300;

describe('cached answers in memory', () => {
  it('are copies, and end with their time', async () => {
    let now = 0;
    const store = new MemoryCacheStore(100_000, 10_000, () => now);
    await store.set('x', entry(), 10);
    const found = await store.get('x');
    expect(found).toEqual(entry());
    expect(await store.get('x')).not.toBe(found);
    now = 10_000;
    expect(await store.get('x')).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it('end with their time also when the clock of the machine is set back', async () => {
    const clock = jest.spyOn(Date, 'now');
    const monotonic = jest.spyOn(performance, 'now');
    try {
      const [at, passed] = [Date.now(), performance.now()];
      const store = new MemoryCacheStore(100_000, 10_000);
      await store.set('x', entry(), 10);
      clock.mockReturnValue(at - 3_600_000);
      monotonic.mockReturnValue(passed + 11_000);
      expect(await store.get('x')).toBeUndefined();
    } finally {
      clock.mockRestore();
      monotonic.mockRestore();
    }
  });

  it('never take more than their limit: the one that was used longest ago is dropped', async () => {
    const store = new MemoryCacheStore(bytesOf('a') * 3, 10_000);
    for (const name of ['a', 'b', 'c']) await store.set(name, entry(name), 10);
    await store.get('a');
    await store.set('d', entry('d'), 10);
    expect(await store.get('b')).toBeUndefined();
    expect(await store.get('a')).toBeDefined();
    expect(store.size).toBe(bytesOf('a') * 3);
    // An answer that replaces another one counts once.
    for (let i = 0; i < 50; i++) await store.set('d', entry('d'), 10);
    expect(store.size).toBe(bytesOf('a') * 3);
  });

  it('are not kept when one alone is too large', async () => {
    const store = new MemoryCacheStore(1_000_000, 2_000);
    await store.set('x', entry('x'.repeat(2_000)), 10);
    expect(await store.get('x')).toBeUndefined();
    expect(store.size).toBe(0);
  });
});

describe('cached answers in the state store', () => {
  const open = () => {
    const state = new SqliteStateStore(':memory:');
    const cipher = new StateCipher(randomBytes(32));
    return { state, cipher, store: new SharedCacheStore(state, cipher, 4_000) };
  };

  it('are encrypted', async () => {
    const { state, cipher, store } = open();
    const name = cipher.hash('question');
    const written: string[] = [];
    const set = state.set.bind(state);
    state.set = (key, value, ttl) => {
      written.push(key, value);
      return set(key, value, ttl);
    };
    await store.set(name, entry('secret of a row'), 10);
    expect(await store.get(name)).toEqual(entry('secret of a row'));
    const [, sealed = ''] = written;
    expect(Buffer.from(sealed, 'base64').includes('secret')).toBe(false);
    // Another server's key opens nothing.
    expect(await new SharedCacheStore(state, new StateCipher(randomBytes(32)), 4_000).get(name)).toBeUndefined();
    await state.close();
  });

  it('have a fixed number of slots, and a question never gets the answer of another one in its slot', async () => {
    const { state, cipher, store } = open();
    const keys = new Set<string>();
    const set = state.set.bind(state);
    state.set = (key, value, ttl) => (keys.add(key), set(key, value, ttl));
    const names = Array.from({ length: 3_000 }, (_, i) => cipher.hash(`question ${i}`));
    for (const name of names) await store.set(name, entry(name), 60);
    expect(keys.size).toBeLessThanOrEqual(512);
    let hits = 0;
    for (const name of names) {
      const found = await store.get(name);
      if (found === undefined) continue;
      hits++;
      expect(found).toEqual(entry(name));
    }
    expect(hits).toBe(keys.size);
    await state.close();
  });

  it('are not kept when one alone is too large', async () => {
    const { state, cipher, store } = open();
    await store.set(cipher.hash('x'), entry('x'.repeat(4_000)), 10);
    expect(await store.get(cipher.hash('x'))).toBeUndefined();
    await state.close();
  });
});
