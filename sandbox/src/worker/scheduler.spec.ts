import { describe, expect, it } from '@jest/globals';
import { CancelledError, PAUSE, type Steps } from '../engine/contracts.ts';
import { Scheduler, type Task } from './scheduler.ts';
import { SliceTicker } from './slice-ticker.ts';

function task(
  steps: Steps,
  flag = new Int32Array(new SharedArrayBuffer(4)),
): { task: Task; flag: Int32Array; ended: Promise<unknown> } {
  let end: (outcome: unknown) => void;
  const ended = new Promise<unknown>(resolve => (end = resolve));
  return {
    flag,
    ended,
    task: {
      steps,
      ticker: new SliceTicker(flag),
      afterSlice: () => {},
      finished: () => end('finished'),
      failed: error => end(error),
    },
  };
}

describe('Scheduler', () => {
  it('gives each request its turn', async () => {
    const order: string[] = [];
    function* counting(name: string): Steps {
      for (let i = 0; i < 3; i++) {
        order.push(name);
        yield PAUSE;
      }
    }
    const scheduler = new Scheduler();
    const [a, b] = [task(counting('a')), task(counting('b'))];
    scheduler.add(a.task);
    scheduler.add(b.task);
    expect(await Promise.all([a.ended, b.ended])).toEqual(['finished', 'finished']);
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('resumes a waiting request when another one releases it', async () => {
    let locked = true;
    function* waiting(): Steps {
      yield { ready: () => !locked };
    }
    function* unlocking(): Steps {
      yield PAUSE;
      locked = false;
    }
    const scheduler = new Scheduler();
    const [a, b] = [task(waiting()), task(unlocking())];
    scheduler.add(a.task);
    scheduler.add(b.task);
    expect(await Promise.all([a.ended, b.ended])).toEqual(['finished', 'finished']);
  });

  it('polls a wait that ends by time alone', async () => {
    const until = performance.now() + 30;
    function* waiting(): Steps {
      yield { ready: () => performance.now() >= until };
    }
    const scheduler = new Scheduler();
    const a = task(waiting());
    scheduler.add(a.task);
    expect(await a.ended).toBe('finished');
    expect(performance.now()).toBeGreaterThanOrEqual(until);
  });

  it('throws the cancellation into a request that waits, and lets it unwind', async () => {
    let unwound = false;
    const flag = new Int32Array(new SharedArrayBuffer(4));
    function* waiting(): Steps {
      try {
        yield {
          ready: () => {
            Atomics.store(flag, 0, 1);
            return false;
          },
        };
      } finally {
        unwound = true;
      }
    }
    const scheduler = new Scheduler();
    const a = task(waiting(), flag);
    scheduler.add(a.task);
    expect(await a.ended).toBeInstanceOf(CancelledError);
    expect(unwound).toBe(true);
  });

  it('stops a request that computes without a pause through its ticker', async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const ticker = new SliceTicker(flag);
    ticker.begin(performance.now());
    let slices = 0;
    const run = (): void => {
      for (;;) {
        if (!ticker.tick()) continue;
        slices++;
        ticker.begin(performance.now());
        if (slices === 3) Atomics.store(flag, 0, 1);
      }
    };
    expect(run).toThrow(CancelledError);
    expect(slices).toBe(3);
  });
});
