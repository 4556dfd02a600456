import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testTenant } from '../../test/support/database.js';
import { AppError } from '../common/app-error.js';
import { DatabaseConfig } from '../config/tenants/database.config.js';
import type { TenantConfig } from '../config/tenants/tenant.config.js';
import { SqliteStateStore } from '../state/sqlite.state-store.js';
import { StateCipher } from '../state/state-cipher.js';
import { CacheVersions } from './cache-versions.js';

const tenant = (name: string, database: string, settings: Partial<TenantConfig> = {}, host = 'db') =>
  testTenant(Object.assign(new DatabaseConfig(), { host, port: 1433, user: 'u', password: 'p', database }), {
    name,
    ...settings,
  });

describe('the versions of cached answers', () => {
  const key = randomBytes(32);
  let store: SqliteStateStore;
  let versions: CacheVersions;
  beforeEach(() => {
    store = new SqliteStateStore(':memory:');
    versions = new CacheVersions(store, new StateCipher(key));
  });
  afterEach(() => store.close());

  const shop = tenant('shop', 'Shop');
  const reader = tenant('reader', 'SHOP', {}, 'DB');
  const archive = tenant('archive', 'Other', { databases: ['Shop'] });
  const other = tenant('other', 'Other');
  const anywhere = tenant('anywhere', 'Third', { allowThreePartNames: true });
  const elsewhere = tenant('elsewhere', 'Shop', {}, 'db2');
  const all = [shop, reader, archive, other, anywhere, elsewhere];

  /** The tenants whose answers don't count any more after the change. */
  const droppedBy = async (change: () => Promise<void>): Promise<readonly string[]> => {
    const before = await Promise.all(all.map(each => versions.current(each)));
    await change();
    const after = await Promise.all(all.map(each => versions.current(each)));
    return all.filter((_each, i) => before[i] !== after[i]).map(({ name }) => name);
  };

  it('change for every tenant that may read the database in which data was changed', async () => {
    expect(await droppedBy(() => versions.changed(shop, all))).toEqual(['shop', 'reader', 'archive', 'anywhere']);
    expect(await droppedBy(() => versions.changed(other, all))).toEqual(['archive', 'other', 'anywhere']);
    // Its statements may have changed any database of the server.
    expect(await droppedBy(() => versions.changed(anywhere, all))).toEqual([
      'shop',
      'reader',
      'archive',
      'other',
      'anywhere',
    ]);
  });

  it('change for one tenant when its answers are cleared', async () => {
    expect(await droppedBy(() => versions.clear(shop))).toEqual(['shop']);
  });

  it('are the same for all processes, while the key is rotated too', async () => {
    const rotated = new CacheVersions(store, new StateCipher(randomBytes(32), key));
    const [before, beforeRotated] = [await versions.current(shop), await rotated.current(shop)];
    await versions.changed(shop, all);
    expect(await rotated.current(shop)).not.toBe(beforeRotated);
    const between = await versions.current(shop);
    expect(between).not.toBe(before);
    await rotated.changed(shop, all);
    expect(await versions.current(shop)).not.toBe(between);
  });

  it('are new ones when the state store has lost them', async () => {
    const first = await versions.current(shop);
    expect(await new CacheVersions(store, new StateCipher(key)).current(shop)).toBe(first);
    const names: string[] = [];
    const set = store.set.bind(store);
    store.set = (name, ...more) => (names.push(name), set(name, ...more));
    await versions.changed(shop, all);
    for (const name of names) await store.delete(name);
    expect(await versions.current(shop)).not.toBe(first);
  });

  it('let no cached answer count before a change has reached the state store', async () => {
    const before = await versions.current(shop);
    const set = store.set.bind(store);
    store.set = () => Promise.reject(new AppError('UNAVAILABLE', 'away'));
    await versions.changed(shop, all);
    await expect(versions.current(shop)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    store.set = set;
    expect(await versions.current(shop)).not.toBe(before);
  });
});
