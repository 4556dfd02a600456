import type { StateStore } from '../../src/state/state-store.js';
import { until } from './until.js';

/** What every state store promises. */
export function stateStoreContract(open: () => StateStore, another: () => StateStore): void {
  it('keeps a value for its time', async () => {
    const store = open();
    await store.set('a', 'one', 60);
    expect(await store.get('a')).toBe('one');
    await store.set('a', 'two', 60);
    expect(await store.get('a')).toBe('two');
    await store.delete('a');
    expect(await store.get('a')).toBeUndefined();
    await store.set('short', 'x', 0.05);
    await until('it has expired', async () => (await store.get('short')) === undefined);
  });

  it('lists and deletes by group, and forgets what has expired', async () => {
    const store = open();
    await store.set('g1', '1', 60, ['group', 'other']);
    await store.set('g2', '2', 60, ['group']);
    await store.set('g3', '3', 0.05, ['group']);
    await until('one has expired', async () => (await store.list('group', 10)).length === 2);
    expect([...(await store.list('group', 10))].sort()).toEqual(['g1', 'g2']);
    expect(await store.list('group', 1)).toHaveLength(1);
    for (const [key, ttl] of [
      ['a1', 90],
      ['m1', 120],
      ['z1', 100],
    ] as const)
      await store.set(key, '', ttl, ['group']);
    expect(await store.list('group', 2)).toEqual(['m1', 'z1']);
    await store.deleteGroup('group');
    expect(await store.list('group', 10)).toEqual([]);
    expect(await store.list('other', 10)).toEqual([]);
    expect(await store.get('g1')).toBeUndefined();
  });

  it('lets exactly one caller consume an entry, over two connections', async () => {
    const stores = [open(), another()];
    await open().set('code', 'c', 60);
    const results = await Promise.all(Array.from({ length: 100 }, (_x, index) => stores[index % 2]?.consume('code')));
    expect(results.filter(result => result === true)).toHaveLength(1);
    expect(await another().isConsumed('code')).toBe(true);
    // Writing it again does not make it fresh.
    await open().set('code', 'c', 60);
    expect(await open().consume('code')).toBe(false);
  });

  it('never consumes what is gone', async () => {
    expect(await open().consume('never was')).toBe(false);
    await open().set('gone', 'x', 60);
    await open().delete('gone');
    expect(await open().consume('gone')).toBe(false);
    expect(await open().isConsumed('gone')).toBe(false);
    expect(await open().get('gone')).toBeUndefined();
  });

  it('counts, from all connections, until the counter expires', async () => {
    const stores = [open(), another()];
    const counted = await Promise.all(Array.from({ length: 20 }, (_x, index) => stores[index % 2]?.increment('n', 60)));
    expect([...counted].sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_x, index) => index + 1),
    );
    await open().increment('m', 0.05);
    await until('it begins anew', async () => (await open().increment('m', 0.05)) === 1);
  });

  it('carries messages to listeners until they leave', async () => {
    const store = open();
    const heard: string[] = [];
    const leave = await store.subscribe('channel', message => heard.push(message));
    await store.publish('channel', 'one');
    await until('it is heard', () => heard.includes('one'));
    await leave();
    const others: string[] = [];
    const leaveToo = await store.subscribe('channel', message => others.push(message));
    await store.publish('channel', 'two');
    await until('it is heard', () => others.includes('two'));
    expect(heard).toEqual(['one']);
    await leaveToo();
  });

  it('answers a ping', async () => {
    await expect(open().ping(1_000)).resolves.toBeUndefined();
  });
}
