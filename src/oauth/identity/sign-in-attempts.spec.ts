import { randomBytes } from 'node:crypto';
import { SqliteStateStore } from '../../state/sqlite.state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { SignInAttempts } from './sign-in-attempts.js';

const tenant = { name: 'demo' } as Tenant;

describe('limits on failed sign-ins', () => {
  let store: SqliteStateStore;
  let attempts: SignInAttempts;
  let written: Set<string>;
  const { now } = Date;
  beforeEach(() => {
    // In the middle of every window, so that none ends while a test counts.
    const noon = Date.UTC(2026, 0, 1, 12, 20);
    Date.now = () => noon;
    store = new SqliteStateStore(':memory:');
    attempts = new SignInAttempts(store, new StateCipher(randomBytes(32)));
    written = new Set();
    const { increment } = store;
    store.increment = (key, ttl) => {
      written.add(key);
      return increment.call(store, key, ttl);
    };
  });
  afterEach(async () => {
    Date.now = now;
    await store.close();
  });

  /** How many of so many attempts are let through to the password. */
  async function tried(times: number, name: (turn: number) => string, address: (turn: number) => string) {
    let through = 0;
    for (let turn = 0; turn < times; turn++) {
      await attempts.begin(tenant, name(turn), address(turn)).then(
        () => through++,
        () => undefined,
      );
    }
    return through;
  }

  it('reject after 10 for one user from one address, and accept from other addresses', async () => {
    expect(
      await tried(
        500,
        () => 'ana',
        () => '203.0.113.9',
      ),
    ).toBe(10);
    // Neither for this person elsewhere, whoever went on knocking, nor for others at this address.
    await expect(attempts.begin(tenant, 'ana', '198.51.100.7')).resolves.toBeUndefined();
    await expect(attempts.begin(tenant, 'ben', '203.0.113.9')).resolves.toBeUndefined();
  });

  it('reject after 100 names from one address, and store nothing of further attempts', async () => {
    expect(
      await tried(
        1_000,
        turn => `name${turn}`,
        () => '203.0.113.9',
      ),
    ).toBe(100);
    expect(written.size).toBeLessThanOrEqual(201);
  });

  it('reject after 100 for one user from all addresses, except where the user signed in before', async () => {
    await attempts.begin(tenant, 'ana', '198.51.100.7');
    await attempts.succeeded(tenant, 'ana', '198.51.100.7');
    expect(
      await tried(
        300,
        () => 'ana',
        turn => `203.0.113.${turn % 250}`,
      ),
    ).toBe(100);
    await expect(attempts.begin(tenant, 'ana', '192.0.2.1')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    await expect(attempts.begin(tenant, 'ana', '198.51.100.7')).resolves.toBeUndefined();
  });

  it('do not count successful sign-ins', async () => {
    for (let turn = 0; turn < 30; turn++) {
      await attempts.begin(tenant, 'ana', '198.51.100.7');
      await attempts.succeeded(tenant, 'ana', '198.51.100.7');
    }
    expect(
      await tried(
        50,
        () => 'ana',
        () => '198.51.100.7',
      ),
    ).toBe(10);
  });
});
