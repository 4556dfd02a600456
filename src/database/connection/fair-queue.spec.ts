import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

const never = new AbortController().signal;

describe('the queue in front of the pool', () => {
  it('lets one principal use half of the connections', async () => {
    const queue = new FairQueue(4, 20);
    await queue.enter('ann', never);
    await queue.enter('ann', never);
    await expect(queue.enter('ann', never)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await queue.enter('bob', never);
    expect(queue.used).toBe(3);
  });

  it('serves waiting principals in turn, however many calls one has queued', async () => {
    const queue = new FairQueue(1, 5_000);
    const order: string[] = [];
    let leave = await queue.enter('zoe', never);
    const waiting = ['ann', 'ann', 'ann', 'bob', 'cid'].map(async name => {
      const mine = await queue.enter(name, never);
      order.push(name);
      leave = mine;
    });
    expect(queue.queued).toBe(5);
    for (const _ of waiting) {
      leave();
      await new Promise(setImmediate);
    }
    await Promise.all(waiting);
    expect(order).toEqual(['ann', 'bob', 'cid', 'ann', 'ann']);
    leave();
    expect([queue.used, queue.queued]).toEqual([0, 0]);
  });

  it('removes calls that stop waiting', async () => {
    const queue = new FairQueue(1, 5_000);
    const leave = await queue.enter('ann', never);
    const abort = new AbortController();
    const waiting = queue.enter('bob', abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(queue.queued).toBe(0);
    leave();
    leave();
    expect(queue.used).toBe(0);
    (await queue.enter('cid', never))();
  });

  it('rejects waiting calls at the wait limit', async () => {
    const queue = new FairQueue(1, 50);
    await queue.enter('ann', never);
    const results = await Promise.allSettled(Array.from({ length: 150 }, () => queue.enter('bob', never)));
    expect(results.every(result => result.status === 'rejected')).toBe(true);
  });
});
