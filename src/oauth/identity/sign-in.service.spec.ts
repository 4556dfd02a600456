import { randomBytes } from 'node:crypto';
import { SqliteStateStore } from '../../state/sqlite.state-store.js';
import { StateCipher } from '../../state/state-cipher.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { AccountsService } from './accounts.service.js';
import { hashPassword, passwordMatches } from './password.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { SignInService } from './sign-in.service.js';
import type { UsersService } from './users.service.js';

const tenant = { name: 'demo' } as Tenant;
const ADDRESS = '203.0.113.9';

describe('sign-in while the queue of password hashes is full', () => {
  it('is refused as busy, and is not one of the ten failed attempts', async () => {
    const store = new SqliteStateStore(':memory:');
    const stored = await hashPassword('right');
    // The queue is the real one; only the files behind users and accounts are replaced.
    const users = {
      verify: async (name: string, password: string) =>
        (await passwordMatches(password, stored)) ? { name, password: stored } : undefined,
    };
    const accounts = { find: async (_tenant: Tenant, subject: string) => ({ subject, displayName: subject }) };
    const service = new SignInService(
      users as unknown as UsersService,
      accounts as unknown as AccountsService,
      new SignInAttempts(store, new StateCipher(randomBytes(32))),
    );
    const signIn = (password: string) => service.withPassword(tenant, ADDRESS, 'ana', password);
    const crowd = Promise.allSettled(Array.from({ length: 66 }, () => passwordMatches('x', stored)));
    for (let turn = 0; turn < 12; turn++) expect(await signIn('right')).toEqual({ kind: 'rejected', reason: 'busy' });
    await crowd;
    for (let turn = 0; turn < 9; turn++) expect(await signIn('wrong')).toMatchObject({ reason: 'wrong' });
    expect(await signIn('right')).toMatchObject({ kind: 'signed_in' });
    await store.close();
  }, 60_000);
});
