import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../common/app-error.js';
import { DatabaseConfig } from '../../config/tenants/database.config.js';
import { testTenant } from '../../../test/support/database.js';
import { mayBeServerless, whileWaking } from './waking-database.js';

describe('a host that may be a serverless database', () => {
  it.each(['shop.database.windows.net', 'SHOP.Database.Windows.Net', 'shop.database.usgovcloudapi.net'])(
    'is %s',
    host => expect(mayBeServerless(host)).toBe(true),
  );

  it.each(['sql.example.com', 'database.windows.net.example.com', 'sql.example.com\\x.database.windows.net'])(
    'is not %s',
    host => expect(mayBeServerless(host)).toBe(false),
  );
});

describe('a login that gets no answer', () => {
  const unanswered = new AppError('DATABASE_UNAVAILABLE', 'no answer');
  const refused = new AppError('DATABASE_UNAVAILABLE', 'refused', {
    cause: Object.assign(new Error('Login failed for user.'), { code: 'ELOGIN' }),
  });
  const tenantAt = (host: string) =>
    testTenant(Object.assign(new DatabaseConfig(), { host }), {}, { queryTimeoutMs: 5_000 });
  /** Fails once, and connects then. */
  const connect = (error: AppError) => {
    let tries = 0;
    return () => (tries++ === 0 ? Promise.reject(error) : Promise.resolve('connected'));
  };
  const { signal } = new AbortController();

  it('is waited for at a host of Azure', async () => {
    await expect(whileWaking(tenantAt('a.database.windows.net'), signal, connect(unanswered))).resolves.toBe(
      'connected',
    );
  });

  it.each([
    ['sql.example.com', unanswered],
    ['a.database.windows.net', refused],
  ])('fails at %s when it is "%s"', async (host, error) => {
    await expect(whileWaking(tenantAt(host), signal, connect(error))).rejects.toBe(error);
  });
});
