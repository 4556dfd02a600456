import { describe, expect, it } from '@jest/globals';
import { ProbeCache, type ProbeResult } from './probe-cache.js';

const MINUTE = 60_000;

describe('the answers of a probe', () => {
  const setUp = () => {
    let now = 0;
    let probes = 0;
    const cache = new ProbeCache<string>(10 * MINUTE, () => now);
    const ask = (result: ProbeResult<string> | Error, tenant = 'sales') =>
      cache.get(tenant, async () => {
        probes++;
        await new Promise(setImmediate);
        if (result instanceof Error) throw result;
        return result;
      });
    return { cache, ask, wait: (ms: number) => void (now += ms), probes: () => probes };
  };

  it('are valid for ten minutes per tenant', async () => {
    const { ask, wait, probes } = setUp();
    expect(await ask({ value: 'first' })).toBe('first');
    wait(10 * MINUTE - 1);
    expect(await ask({ value: 'second' })).toBe('first');
    expect(await ask({ value: 'other' }, 'support')).toBe('other');
    wait(1);
    expect(await ask({ value: 'second' })).toBe('second');
    expect(probes()).toBe(3);
  });

  it('come from one probe at a time', async () => {
    const { ask, probes } = setUp();
    const answers = await Promise.all([ask({ value: 'a' }), ask({ value: 'b' }), ask({ value: 'c' })]);
    expect(answers).toEqual(['a', 'a', 'a']);
    expect(probes()).toBe(1);
  });

  it('are absent for a shorter time after a probe without an answer', async () => {
    const { cache, ask, wait, probes } = setUp();
    await ask({ value: 'old' });
    wait(10 * MINUTE);
    expect(await ask({ retryAfterMs: 5_000 })).toBeUndefined();
    wait(4_999);
    expect(await ask({ value: 'new' })).toBeUndefined();
    expect(cache.lastValue('sales')).toBe('old');
    expect(probes()).toBe(2);
    wait(1);
    expect(await ask({ value: 'new' })).toBe('new');
    expect(cache.lastValue('sales')).toBe('new');
  });

  it('come from a further probe when callers waited for one that failed', async () => {
    const { ask, probes } = setUp();
    const lost = ask(new Error('connection lost'));
    const waiting = [ask({ value: 'a' }), ask({ value: 'b' })];
    await expect(lost).rejects.toThrow('connection lost');
    expect(await Promise.all(waiting)).toEqual(['a', 'a']);
    expect(probes()).toBe(2);
  });
});
