import { describe, expect, it } from '@jest/globals';
import { testCall, testTenant } from '../../../test/support/database.js';
import { AppError } from '../../common/app-error.js';
import { DatabaseConfig } from '../../config/tenants/database.config.js';
import { FairQueue } from '../connection/fair-queue.js';
import type { SessionPool } from '../connection/session-pool.js';
import { inTurn } from './long-turn.js';

// What a statement does at the moment at which it is stopped can't be timed with a database.
describe('a change that got no place among the long statements', () => {
  const tenant = testTenant(new DatabaseConfig(), {}, { queryTimeoutMs: 100, longQueries: 600 });

  /** The error of a change whose run ends with `error` when it is stopped. */
  const failure = async (error: AppError): Promise<unknown> => {
    const places = new FairQueue(1, 600_000);
    await places.enter('bob', new AbortController().signal);
    const sessions = { placesForLong: () => places } as unknown as SessionPool;
    const stopped = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(error)));
    const call = testCall(tenant, { patience: { limitMs: 600_000 } });
    return inTurn(call, sessions, turn => turn.attempt(() => false, stopped)).catch((found: unknown) => found);
  };

  it('was cancelled, and the error says why', async () => {
    expect(await failure(new AppError('CANCELLED', 'The statement was cancelled.'))).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('Too many long statements'),
    });
  });

  it('keeps an error that says more: a commit that was not confirmed', async () => {
    const unknown = new AppError('DATABASE_UNAVAILABLE', 'The database did not confirm the commit.');
    expect(await failure(unknown)).toBe(unknown);
  });
});
