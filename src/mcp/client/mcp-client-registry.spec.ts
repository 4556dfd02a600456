import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestRedis, startRedis } from '../../../test/support/redis.js';
import { describeWith } from '../../../test/support/system-programs.js';
import { RedisStateStore } from '../../state/redis.state-store.js';
import { SqliteStateStore } from '../../state/sqlite.state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import type { StateStore } from '../../state/state-store.js';
import { ClusterBus } from '../cluster/cluster-bus.js';
import { McpClientRegistry } from './mcp-client-registry.js';

const cipher = new StateCipher(randomBytes(32));

/** A process of its own: its registry shares nothing with the other's but the store behind it. */
const processOn = (store: StateStore): McpClientRegistry =>
  new McpClientRegistry(store, cipher, new ClusterBus(store, cipher));

/** Two processes subscribe the same client to fifty resources each, and set its log level, all at once. */
async function changeFromBoth(stores: readonly [StateStore, StateStore]): Promise<void> {
  const [one, other] = stores.map(processOn) as [McpClientRegistry, McpClientRegistry];
  const names = Array.from({ length: 50 }, (_x, n) => n);
  await Promise.all([
    ...names.map(n => one.remember('ana', ({ watched }) => ({ watched: [...watched, `one:${n}`] }))),
    ...names.map(n => other.remember('ana', ({ watched }) => ({ watched: [...watched, `other:${n}`] }))),
    other.remember('ana', () => ({ logLevel: 'debug' })),
  ]);
  const facts = await processOn(stores[0]).facts('ana');
  expect([...facts.watched].sort()).toEqual([...names.map(n => `one:${n}`), ...names.map(n => `other:${n}`)].sort());
  expect(facts.logLevel).toBe('debug');
}

describe('the facts about a client', () => {
  it('are all kept when two processes change them at once, on SQLite', async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-facts-')), 'state.db');
    const stores = [new SqliteStateStore(file), new SqliteStateStore(file)] as const;
    await changeFromBoth(stores);
    await Promise.all(stores.map(store => store.close()));
  });

  it('are changed as they are stored, though this process remembers older ones', async () => {
    const store = new SqliteStateStore(':memory:');
    const [one, other] = [processOn(store), processOn(store)];
    await one.remember('ana', () => ({ watched: ['a'] }));
    await other.remember('ana', ({ watched }) => ({ watched: [...watched, 'b'] }));
    await one.remember('ana', () => ({ logLevel: 'error' }));
    expect(await processOn(store).facts('ana')).toMatchObject({ watched: ['a', 'b'], logLevel: 'error' });
    await store.close();
  });

  it('are given up when the stored ones never stop changing', async () => {
    const store = new SqliteStateStore(':memory:');
    let asked = 0;
    store.compareAndSet = async () => (asked++, false);
    await expect(processOn(store).remember('ana', () => ({}))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(asked).toBe(50);
    await store.close();
  });
});

describeWith('redis-server', 'the facts about a client on Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => void (redis = await startRedis()));
  afterAll(() => redis.stop());

  it('are all kept when two processes change them at once', async () => {
    const stores = [await RedisStateStore.open(redis.url), await RedisStateStore.open(redis.url)] as const;
    await changeFromBoth(stores);
    await Promise.all(stores.map(store => store.close()));
  });
});
