import { Redis } from 'ioredis';
import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import { COMPARE_AND_SET, CONSUME, CONSUMED_FOR, DELETE_GROUP, INCREMENT, LIST, SET } from './redis-scripts.js';
import type { StateStore } from './state-store.js';

const PREFIX = 'mssql-mcp:';
const ENTRY = `${PREFIX}e:`;
const MARK = `${PREFIX}c:`;
const GROUP = `${PREFIX}g:`;
const CHANNEL = `${PREFIX}m:`;

const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 3_000;
const RECONNECT_AT_MOST_MS = 2_000;

const log = logger('state');

interface Scripts {
  mcpSet(keys: number, ...args: (string | number)[]): Promise<number>;
  mcpCompareAndSet(keys: number, ...args: (string | number)[]): Promise<number>;
  mcpConsume(entry: string, mark: string): Promise<number>;
  mcpConsumedFor(mark: string): Promise<number | null>;
  mcpList(group: string, limit: number, entries: string): Promise<string[]>;
  mcpDeleteGroup(group: string, entries: string, marks: string): Promise<null>;
  mcpIncrement(key: string, ttlMs: number, by: number): Promise<number>;
}

/**
 * Keeps the state that several server processes share. While Redis can't be reached, every method throws UNAVAILABLE at
 * once (nothing is queued); it works again when Redis does. It needs a single Redis or one behind Sentinel, and not Redis
 * Cluster, because the scripts touch several keys.
 */
export class RedisStateStore implements StateStore {
  readonly kind = 'redis';
  private readonly redis: Redis & Scripts;
  private subscriber: Redis | undefined;
  private readonly listeners = new Map<string, Set<(message: string) => void>>();
  private away = false;

  private constructor(url: string) {
    this.redis = new Redis(url, {
      lazyConnect: true,
      // Fail at once: a queue would run commands long after their callers have gone.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: times => Math.min(times * 100, RECONNECT_AT_MOST_MS),
      // After a failover the old primary answers READONLY; a new connection reaches the new primary.
      reconnectOnError: error => error.message.startsWith('READONLY'),
    }) as Redis & Scripts;
    this.redis.defineCommand('mcpSet', { lua: SET });
    this.redis.defineCommand('mcpCompareAndSet', { lua: COMPARE_AND_SET });
    this.redis.defineCommand('mcpConsume', { lua: CONSUME, numberOfKeys: 2 });
    this.redis.defineCommand('mcpConsumedFor', { lua: CONSUMED_FOR, numberOfKeys: 1 });
    this.redis.defineCommand('mcpList', { lua: LIST, numberOfKeys: 1 });
    this.redis.defineCommand('mcpDeleteGroup', { lua: DELETE_GROUP, numberOfKeys: 1 });
    this.redis.defineCommand('mcpIncrement', { lua: INCREMENT, numberOfKeys: 1 });
    this.redis.on('error', (error: Error) => {
      if (!this.away) log.error({ err: error }, 'the state store is unavailable');
      this.away = true;
    });
    this.redis.on('ready', () => {
      if (this.away) log.info('the state store is available again');
      this.away = false;
    });
  }

  /** Waits for the first attempt to connect, and opens although it fails: a server may start before its Redis. */
  static async open(url: string): Promise<RedisStateStore> {
    const store = new RedisStateStore(url);
    await store.redis.connect().catch(() => undefined);
    return store;
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.run(() => this.redis.get(ENTRY + key))) ?? undefined;
  }

  async set(key: string, value: string, ttlSeconds: number, index: readonly string[] = []): Promise<void> {
    const ttl = Math.ceil(ttlSeconds * 1000);
    const groups = index.map(group => GROUP + group);
    await this.run(() => this.redis.mcpSet(1 + groups.length, ENTRY + key, ...groups, value, ttl, key));
  }

  async compareAndSet(
    key: string,
    expected: string | undefined,
    value: string,
    ttlSeconds: number,
    index: readonly string[] = [],
  ): Promise<boolean> {
    const ttl = Math.ceil(ttlSeconds * 1000);
    const keys = [ENTRY + key, ...index.map(group => GROUP + group)];
    const condition = expected === undefined ? [0, ''] : [1, expected];
    const set = await this.run(() => this.redis.mcpCompareAndSet(keys.length, ...keys, value, ttl, key, ...condition));
    return set === 1;
  }

  async delete(key: string): Promise<void> {
    await this.run(() => this.redis.del(ENTRY + key, MARK + key));
  }

  async list(group: string, limit: number): Promise<readonly string[]> {
    return this.run(() => this.redis.mcpList(GROUP + group, limit, ENTRY));
  }

  async deleteGroup(group: string): Promise<void> {
    await this.run(() => this.redis.mcpDeleteGroup(GROUP + group, ENTRY, MARK));
  }

  async consume(key: string): Promise<boolean> {
    return (await this.run(() => this.redis.mcpConsume(ENTRY + key, MARK + key))) === 1;
  }

  async consumedFor(key: string): Promise<number | undefined> {
    return (await this.run(() => this.redis.mcpConsumedFor(MARK + key))) ?? undefined;
  }

  async increment(key: string, ttlSeconds: number, by = 1): Promise<number> {
    return this.run(() => this.redis.mcpIncrement(ENTRY + key, Math.ceil(ttlSeconds * 1000), by));
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.run(() => this.redis.publish(CHANNEL + channel, message));
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>> {
    const subscriber = this.subscriberConnection();
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners);
    listeners.add(listener);
    // Queued until Redis is there, and renewed after every reconnection.
    const subscribed = listeners.size > 1 ? undefined : subscriber.subscribe(CHANNEL + channel).catch(() => undefined);
    // A server may start before its Redis, so it does not wait for a Redis that is not there.
    if (!this.away) await Promise.race([subscribed, missed(subscriber)]);
    return async () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      this.listeners.delete(channel);
      const left = subscriber.unsubscribe(CHANNEL + channel).catch(() => undefined);
      // While Redis is away this would wait for it, and a server that stops must not.
      if (subscriber.status === 'ready') await Promise.race([left, missed(subscriber)]);
    };
  }

  async ping(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(unavailable(new Error('no answer in time'))), timeoutMs);
    });
    try {
      await Promise.race([this.run(() => this.redis.ping()), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.listeners.clear();
    this.subscriber?.disconnect();
    this.redis.disconnect();
  }

  private subscriberConnection(): Redis {
    if (this.subscriber === undefined) {
      this.subscriber = this.redis.duplicate({
        lazyConnect: false,
        enableOfflineQueue: true,
        commandTimeout: undefined,
        // Otherwise SUBSCRIBE is rejected at the first failed attempt to connect, and never sent again.
        maxRetriesPerRequest: null,
        // ioredis doesn't handle the rejection of its own SUBSCRIBE, which would end the process when the connection
        // is closed before the answer.
        autoResubscribe: false,
      });
      const { subscriber } = this;
      subscriber.on('error', () => undefined);
      subscriber.on('ready', () => {
        for (const channel of this.listeners.keys()) subscriber.subscribe(CHANNEL + channel).catch(() => undefined);
      });
      subscriber.on('message', (name: string, message: string) => {
        for (const listener of this.listeners.get(name.slice(CHANNEL.length)) ?? []) listener(message);
      });
    }
    return this.subscriber;
  }

  private async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/** Resolves when the connection could not be made, or was lost. */
function missed(redis: Redis): Promise<void> {
  return new Promise(resolve => redis.once('close', () => resolve()));
}

function unavailable(cause: unknown): AppError {
  return new AppError('UNAVAILABLE', 'The state store is not available.', { cause });
}
