/**
 * Small durable state: OAuth artefacts, users' last use, rate-limit counters, questions waiting for an answer.
 * Values are opaque strings, which callers encrypt; callers also hash the ids in keys. Every entry has an expiry.
 * Methods throw AppError UNAVAILABLE when the store can't be reached (requests then fail with 503).
 */
export interface StateStore {
  readonly kind: 'sqlite' | 'redis';
  get(key: string): Promise<string | undefined>;
  /** `ttlSeconds` > 0. `index` names groups (grant, account …) under which the key can be listed and deleted. */
  set(key: string, value: string, ttlSeconds: number, index?: readonly string[]): Promise<void>;
  /**
   * As `set`, if the entry still has the value `expected`; undefined: if there is no entry. Returns whether it was set. Of
   * all callers in all processes that expect the same value, exactly one gets true.
   */
  compareAndSet(
    key: string,
    expected: string | undefined,
    value: string,
    ttlSeconds: number,
    index?: readonly string[],
  ): Promise<boolean>;
  delete(key: string): Promise<void>;
  /** Returns at most `limit` keys of a group that have not expired, beginning with the one that expires last. */
  list(group: string, limit: number): Promise<readonly string[]>;
  deleteGroup(group: string): Promise<void>;
  /** Marks an entry as consumed. Returns true to the first caller only, and false when it was consumed or doesn't exist. */
  consume(key: string): Promise<boolean>;
  /** Returns how many milliseconds ago an entry was first consumed, by the clock of the store; undefined: it was not. */
  consumedFor(key: string): Promise<number | undefined>;
  /**
   * Adds `by` to a counter that expires `ttlSeconds` after its first increment, and returns the new value. `by` is 1 by
   * default; a negative value undoes an earlier increment.
   */
  increment(key: string, ttlSeconds: number, by?: number): Promise<number>;
  /** Sends a message to every process that subscribed (Redis), or to this one (SQLite). */
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
  /** Throws when the store does not answer within `timeoutMs`. */
  ping(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

export const STATE_STORE = Symbol('StateStore');
