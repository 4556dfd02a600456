/**
 * Small durable state: OAuth artefacts, users' last use, rate-limit counters, questions waiting for an answer.
 * Values are opaque strings: callers encrypt and hash before they come here. Every entry has an expiry.
 * Methods throw AppError UNAVAILABLE when the store is away (requests then fail closed with 503).
 */
export interface StateStore {
  readonly kind: 'sqlite' | 'redis';
  get(key: string): Promise<string | undefined>;
  /** `ttlSeconds` > 0. `index` names groups (grant, account …) under which the key can be listed and deleted. */
  set(key: string, value: string, ttlSeconds: number, index?: readonly string[]): Promise<void>;
  delete(key: string): Promise<void>;
  /** Keys of a group that have not expired, those that expire last first; at most `limit`. */
  list(group: string, limit: number): Promise<readonly string[]>;
  deleteGroup(group: string): Promise<void>;
  /** Marks an entry as consumed exactly once: true for the one caller that came first, false when it was consumed or is gone. */
  consume(key: string): Promise<boolean>;
  isConsumed(key: string): Promise<boolean>;
  /** Adds to a counter that expires `ttlSeconds` after its first increment; returns the new value. */
  increment(key: string, ttlSeconds: number): Promise<number>;
  /** A message to every process that listens (Redis), or to this one (SQLite). */
  publish(channel: string, message: string): Promise<void>;
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
  /** Throws when the store does not answer within `timeoutMs`. */
  ping(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

export const STATE_STORE = Symbol('StateStore');
