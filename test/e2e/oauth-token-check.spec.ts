import { randomBytes } from 'node:crypto';
import { measureTokenCheck } from '../../bench/token-check.js';
import { startRedis } from '../support/redis.js';
import { describeWith } from '../support/system-programs.js';

const LIMIT_MS = 0.2;

describe('the token check', () => {
  it('costs less than 0.2 ms at the median with SQLite', async () => {
    expect((await measureTokenCheck({})).warm).toBeLessThan(LIMIT_MS);
  });
});

describeWith('redis-server', 'the token check with Redis', () => {
  it('costs less than 0.2 ms at the median', async () => {
    const redis = await startRedis();
    try {
      const env = { STATE_STORE: redis.url, STATE_KEY: randomBytes(32).toString('base64') };
      expect((await measureTokenCheck(env)).warm).toBeLessThan(LIMIT_MS);
    } finally {
      await redis.stop();
    }
  });
});
