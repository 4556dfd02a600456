import { describe, expect, it } from '@jest/globals';
import { SharedRun } from './shared-run.js';

function controlled() {
  let finish: (value: string) => void = () => {};
  let fail: (error: Error) => void = () => {};
  let signal: AbortSignal | undefined;
  const run = new SharedRun<string>(given => {
    signal = given;
    return new Promise<string>((resolve, reject) => {
      finish = resolve;
      fail = reject;
      given.addEventListener('abort', () => reject(new Error('cancelled')), { once: true });
    });
  });
  return { run, finish: (value: string) => finish(value), fail: (e: Error) => fail(e), signal: () => signal };
}

describe('a shared run', () => {
  it('goes on for the others when one caller leaves', async () => {
    const { run, finish, signal } = controlled();
    const leaving = new AbortController();
    const first = run.wait(leaving.signal);
    const second = run.wait(new AbortController().signal);
    leaving.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(signal()?.aborted).toBe(false);
    finish('rows');
    await expect(second).resolves.toBe('rows');
  });

  it('is cancelled when the last caller leaves, who waits for its end, and takes nobody in any more', async () => {
    const { run, signal } = controlled();
    const callers = [new AbortController(), new AbortController()];
    const waits = callers.map(caller => run.wait(caller.signal));
    callers.forEach(caller => caller.abort());
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(signal()?.aborted).toBe(true);
    expect([run.open, run.hasEnded]).toEqual([false, true]);
  });

  it('gives its answer also to a caller who comes at its end', async () => {
    const { run, finish, signal } = controlled();
    const first = run.wait(new AbortController().signal);
    finish('rows');
    await first;
    expect([run.open, signal()?.aborted]).toEqual([true, false]);
    await expect(run.wait(new AbortController().signal)).resolves.toBe('rows');
  });

  it('gives its error to all callers', async () => {
    const { run, fail } = controlled();
    const waits = [1, 2].map(() => run.wait(new AbortController().signal));
    fail(new Error('broken'));
    for (const wait of waits) await expect(wait).rejects.toThrow('broken');
  });
});
