import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Patience } from './patience.js';

const AFTER_MS = 1_000;

describe('Patience', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** A question to the person at the moment at which it is not known yet whether the call is taken over. */
  const askedLate = async (isTaken: boolean) => {
    const take = Promise.withResolvers<boolean>();
    const patience = new Patience<string>({ afterMs: AFTER_MS, limitMs: 600_000, take: () => take.promise });
    patience.start();
    const handedOver = patience.handsOver({ ended: new Promise(() => {}), detach: () => true });
    await jest.advanceTimersByTimeAsync(AFTER_MS);
    const answer = patience.attended(async () => 'yes').catch((error: unknown) => error);
    take.resolve(isTaken);
    return { answer: await answer, handedOver: await handedOver };
  };

  it('asks nobody once the call is taken over', async () => {
    const { answer, handedOver } = await askedLate(true);
    expect(answer).toMatchObject({ code: 'CANCELLED' });
    expect(handedOver).toBe(true);
  });

  it('asks the person who still waits, because nobody took the call', async () => {
    expect(await askedLate(false)).toEqual({ answer: 'yes', handedOver: false });
    expect(jest.getTimerCount()).toBe(0);
  });
});
