import { describe, expect, it } from '@jest/globals';
import { PreambleError } from '../preamble-error.js';
import { retryOnce, type Retry } from './retry-once.js';

const failure = (number: number): Error => Object.assign(new Error('refused'), { code: 'EREQUEST', number });
const deadlock = failure(1205);
const lost = Object.assign(new Error('lost'), { code: 'ECONNCLOSED' });
const signal = new AbortController().signal;

/** Fails with the errors in turn, then succeeds; returns what each attempt was told. */
async function attempts(errors: readonly Error[], retry: Retry = { signal }): Promise<unknown[]> {
  const told: unknown[] = [];
  const left = [...errors];
  try {
    await retryOnce(retry, fresh => {
      told.push(fresh);
      const error = left.shift();
      return error === undefined ? Promise.resolve() : Promise.reject(error);
    });
  } catch (error) {
    told.push(error);
  }
  return told;
}

describe('a reading attempt', () => {
  it('that succeeds is made once', async () => {
    expect(await attempts([])).toEqual([false]);
  });

  it('is made again on any connection after a deadlock', async () => {
    expect(await attempts([deadlock])).toEqual([false, false]);
  });

  it.each([
    ['the connection was lost', lost],
    ['the session could not be prepared', new PreambleError(failure(102))],
  ])('is made again on a connection that was never used when %s', async (_why, error) => {
    expect(await attempts([error])).toEqual([false, true]);
  });

  it('is made no third time', async () => {
    const second = failure(1205);
    expect(await attempts([deadlock, second])).toEqual([false, false, second]);
  });

  it("is made once when the statement's own error would come again", async () => {
    const syntax = failure(102);
    expect(await attempts([syntax])).toEqual([false, syntax]);
  });

  it('is made once when something was delivered', async () => {
    expect(await attempts([lost], { signal, isRepeatable: () => false })).toEqual([false, lost]);
  });

  it('is made once for a caller that has gone', async () => {
    expect(await attempts([lost], { signal: AbortSignal.abort() })).toEqual([false, lost]);
  });
});
