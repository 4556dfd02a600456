import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

const never = new AbortController().signal;

describe('the gate before the pool', () => {
  it('lets one person take half of the places', async () => {
    const gate = new FairQueue(4, 20);
    await gate.enter('ann', never);
    await gate.enter('ann', never);
    await expect(gate.enter('ann', never)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await gate.enter('bob', never);
    expect(gate.used).toBe(3);
  });

  it('serves those who wait in turn, however many calls one has queued', async () => {
    const gate = new FairQueue(1, 5_000);
    const order: string[] = [];
    let leave = await gate.enter('zoe', never);
    const waiting = ['ann', 'ann', 'ann', 'bob', 'cid'].map(async name => {
      const mine = await gate.enter(name, never);
      order.push(name);
      leave = mine;
    });
    expect(gate.queued).toBe(5);
    for (const _ of waiting) {
      leave();
      await new Promise(setImmediate);
    }
    await Promise.all(waiting);
    expect(order).toEqual(['ann', 'bob', 'cid', 'ann', 'ann']);
    leave();
    expect([gate.used, gate.queued]).toEqual([0, 0]);
  });

  it('forgets those who give up', async () => {
    const gate = new FairQueue(1, 5_000);
    const leave = await gate.enter('ann', never);
    const abort = new AbortController();
    const waiting = gate.enter('bob', abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(gate.queued).toBe(0);
    leave();
    leave();
    expect(gate.used).toBe(0);
    (await gate.enter('cid', never))();
  });

  it('refuses more waiting calls than anybody could mean', async () => {
    const gate = new FairQueue(1, 50);
    await gate.enter('ann', never);
    const results = await Promise.allSettled(Array.from({ length: 150 }, () => gate.enter('bob', never)));
    expect(results.every(result => result.status === 'rejected')).toBe(true);
  });
});
