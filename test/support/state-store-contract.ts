import type { StateStore } from '../../src/state/state-store.js';
import { until } from './until.js';

/** The tests that every state store must pass. */
export function stateStoreContract(open: () => StateStore, another: () => StateStore): void {
  it('keeps a value until it expires', async () => {
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

  it('sets an entry only if it is absent, for exactly one of many callers over two connections', async () => {
    const stores = [open(), another()];
    const results = await Promise.all(
      Array.from({ length: 50 }, (_x, index) =>
        stores[index % 2]?.compareAndSet('once', undefined, `${index}`, 60, [`winners`]),
      ),
    );
    expect(results.filter(result => result === true)).toHaveLength(1);
    expect(await open().get('once')).toBe(String(results.indexOf(true)));
    expect(await open().list('winners', 10)).toEqual(['once']);
    // Neither the value nor the expiry of the entry moves, and it joins no group.
    expect(await open().compareAndSet('once', undefined, 'later', 0.05, ['losers'])).toBe(false);
    expect(await open().list('losers', 10)).toEqual([]);
    await open().set('brief', 'x', 0.05);
    await until('it is absent again', () => another().compareAndSet('brief', undefined, 'y', 60));
    expect(await open().get('once')).toBe(String(results.indexOf(true)));
    expect(await open().consume('brief')).toBe(true);
  });

  it('replaces an entry only if it has the expected value', async () => {
    expect(await open().compareAndSet('changing', '', 'a', 60)).toBe(false);
    await open().set('changing', 'a', 60);
    expect(await another().compareAndSet('changing', 'b', 'c', 60)).toBe(false);
    expect(await another().compareAndSet('changing', 'a', 'b', 60, ['changed'])).toBe(true);
    expect(await open().get('changing')).toBe('b');
    expect(await open().list('changed', 10)).toEqual(['changing']);
    await open().set('empty', '', 60);
    expect(await open().compareAndSet('empty', undefined, 'x', 60)).toBe(false);
    expect(await open().compareAndSet('empty', '', 'x', 60)).toBe(true);
  });

  it('lists and deletes the entries of a group, without those that have expired', async () => {
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
    const since = await another().consumedFor('code');
    expect(since).toBeGreaterThanOrEqual(0);
    expect(since).toBeLessThan(10_000);
    // An entry that was consumed stays consumed when it is written again.
    await open().set('code', 'c', 60);
    expect(await open().consume('code')).toBe(false);
  });

  it('never consumes an entry that does not exist', async () => {
    expect(await open().consume('never was')).toBe(false);
    await open().set('gone', 'x', 60);
    await open().delete('gone');
    expect(await open().consume('gone')).toBe(false);
    expect(await open().consumedFor('gone')).toBeUndefined();
    expect(await open().get('gone')).toBeUndefined();
  });

  it('counts, from all connections, until the counter expires', async () => {
    const stores = [open(), another()];
    const counted = await Promise.all(Array.from({ length: 20 }, (_x, index) => stores[index % 2]?.increment('n', 60)));
    expect([...counted].sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_x, index) => index + 1),
    );
    expect(await open().increment('n', 60, 1_000_000)).toBe(1_000_020);
    expect(await another().increment('sum', 60, 250)).toBe(250);
    expect(await open().increment('sum', 60, 5)).toBe(255);
    await open().increment('m', 0.05);
    await until('the counter begins again', async () => (await open().increment('m', 0.05)) === 1);
  });

  it('delivers messages to listeners until they unsubscribe', async () => {
    const store = open();
    const received: string[] = [];
    const unsubscribe = await store.subscribe('channel', message => received.push(message));
    await store.publish('channel', 'one');
    await until('the message arrives', () => received.includes('one'));
    await unsubscribe();
    const others: string[] = [];
    const unsubscribeOther = await store.subscribe('channel', message => others.push(message));
    await store.publish('channel', 'two');
    await until('the message arrives', () => others.includes('two'));
    expect(received).toEqual(['one']);
    await unsubscribeOther();
  });

  it('answers a ping', async () => {
    await expect(open().ping(1_000)).resolves.toBeUndefined();
  });
}
