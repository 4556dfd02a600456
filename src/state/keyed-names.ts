import type { StateStore } from './state-store.js';

export interface FoundEntry {
  readonly name: string;
  readonly text: string;
}

/**
 * While STATE_KEY is rotated an id has two names, one by each key (`StateCipher.hashes`), and an entry stands under one
 * of them. Returns it wherever it stands.
 */
export async function readEntry(store: StateStore, names: readonly string[]): Promise<FoundEntry | undefined> {
  for (const name of names) {
    const text = await store.get(name);
    if (text !== undefined) return { name, text };
  }
  return undefined;
}

/**
 * Writes an entry under its first name, which `text` is sealed for, and removes it under the others: processes with the
 * keys in the other order would read the older one.
 */
export async function writeEntry(
  store: StateStore,
  names: readonly string[],
  text: string,
  ttlSeconds: number,
  index: readonly string[] = [],
): Promise<void> {
  const [name = '', ...others] = names;
  await store.set(name, text, ttlSeconds, index);
  for (const other of others) await store.delete(other);
}

/**
 * Counts under every name, so that processes with the keys in another order, or with one of the keys only, count the same
 * events. Returns the highest count.
 */
export async function incrementAll(
  store: StateStore,
  names: readonly string[],
  ttlSeconds: number,
  by = 1,
): Promise<number> {
  return Math.max(...(await Promise.all(names.map(name => store.increment(name, ttlSeconds, by)))));
}

/** Returns the count of `incrementAll`, without counting. */
export async function readCount(store: StateStore, names: readonly string[]): Promise<number> {
  const counts = await Promise.all(names.map(name => store.get(name)));
  return Math.max(...counts.map(count => Number(count ?? 0)));
}
