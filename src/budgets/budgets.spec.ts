import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Budget } from '../common/principal.js';
import { SqliteStateStore } from '../state/sqlite.state-store.js';
import { StateCipher } from '../state/state-cipher.js';
import { Budgets } from './budgets.js';

const NOON = Date.UTC(2026, 10, 30, 12, 30);
const spender = (budget: Budget, subject = 'ann', tenant = 'demo') => ({
  principal: { subject, tenant, access: { budget } },
});

describe('budgets', () => {
  let now: number;
  let store: SqliteStateStore;
  let budgets: Budgets;
  const key = randomBytes(32);

  beforeEach(() => {
    now = NOON;
    store = new SqliteStateStore(':memory:', () => now);
    budgets = new Budgets(store, new StateCipher(key), () => now);
  });
  afterEach(() => store.close());

  const outcomes = (calls: Promise<void>[]) =>
    Promise.allSettled(calls).then(all => all.filter(({ status }) => status === 'fulfilled').length);

  it('admit exactly their number of calls, however many come at once', async () => {
    const ann = spender({ calls: { amount: 7, per: 'day' } });
    expect(await outcomes(Array.from({ length: 100 }, () => budgets.countCall(ann)))).toBe(7);
  });

  it('count no call that they refused, so that a raised budget is open at once', async () => {
    const calls = (amount: number) => spender({ calls: { amount, per: 'day' } });
    expect(await outcomes(Array.from({ length: 20 }, () => budgets.countCall(calls(5))))).toBe(5);
    expect(await outcomes(Array.from({ length: 20 }, () => budgets.countCall(calls(8))))).toBe(3);
  });

  it('say which is used up and when the next period begins, and admit calls then', async () => {
    const ann = spender({ calls: { amount: 1, per: 'hour' } });
    await budgets.countCall(ann);
    await expect(budgets.countCall(ann)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      message:
        'Your budget of calls (1 per hour) is used up. The next period begins at 2026-11-30T13:00:00Z, in 30 minutes.',
      details: { budget: 'calls', limit: 1, per: 'hour', opens_at: '2026-11-30T13:00:00Z' },
    });
    now += 30 * 60_000 - 1;
    await expect(budgets.countCall(ann)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    now += 1;
    await expect(budgets.countCall(ann)).resolves.toBeUndefined();
  });

  it('let a statement begin while rows and database seconds are left', async () => {
    const ann = spender({ rows: { amount: 100, per: 'day' }, databaseSeconds: { amount: 2, per: 'day' } });
    await budgets.spend(ann, { rows: 99, seconds: 1.99 });
    await expect(budgets.assertLeft(ann)).resolves.toBeUndefined();
    await budgets.spend(ann, { rows: 500, seconds: 0 });
    await expect(budgets.assertLeft(ann)).rejects.toMatchObject({
      details: { budget: 'rows', opens_at: '2026-12-01T00:00:00Z' },
    });
    const bob = spender({ databaseSeconds: { amount: 2, per: 'day' } }, 'bob');
    await budgets.spend(bob, { rows: 0, seconds: 2.5 });
    await expect(budgets.assertLeft(bob)).rejects.toMatchObject({ details: { budget: 'database_seconds' } });
  });

  it('belong to one person in one tenant', async () => {
    const budget: Budget = { calls: { amount: 1, per: 'day' } };
    for (const [subject, tenant] of [
      ['ann', 'demo'],
      ['bob', 'demo'],
      ['ann', 'sales'],
    ])
      await expect(budgets.countCall(spender(budget, subject, tenant))).resolves.toBeUndefined();
  });

  it('are the same with STATE_KEY_PREVIOUS while the key is rotated', async () => {
    const ann = spender({ calls: { amount: 2, per: 'day' }, rows: { amount: 100, per: 'day' } });
    await budgets.countCall(ann);
    await budgets.spend(ann, { rows: 99, seconds: 0 });
    const rotated = new Budgets(store, new StateCipher(randomBytes(32), key), () => now);
    await rotated.countCall(ann);
    await expect(rotated.countCall(ann)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    await rotated.spend(ann, { rows: 1, seconds: 0 });
    for (const each of [rotated, budgets])
      await expect(each.assertLeft(ann)).rejects.toMatchObject({ details: { budget: 'rows' } });
  });

  it('cost nothing for people without one', async () => {
    await store.close();
    const free = spender({});
    await budgets.countCall(free);
    await budgets.assertLeft(free);
    await budgets.spend(free, { rows: 5, seconds: 5 });
  });

  it('refuse every call while the state store is away', async () => {
    const ann = spender({ calls: { amount: 7, per: 'day' } });
    await store.close();
    await expect(budgets.countCall(ann)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(
      budgets.spend(spender({ rows: { amount: 1, per: 'day' } }), { rows: 1, seconds: 1 }),
    ).resolves.toBeUndefined();
  });
});
