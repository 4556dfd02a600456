import { Inject, Injectable } from '@nestjs/common';
import { StateCipher } from '../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import type { Tenant } from '../tenancy/tenant.js';
import { addressKey } from './client-address.js';
import { tooManyAttempts } from './rate-limits.service.js';

interface Limit {
  readonly attempts: number;
  readonly seconds: number;
}

/** Enough for somebody who mistypes; a guesser gets 40 tries an hour. */
const PERSON_AT_ADDRESS: Limit = { attempts: 10, seconds: 900 };
/** One address that tries many names. */
const ADDRESS: Limit = { attempts: 100, seconds: 900 };
/** One name from many addresses; wide, so that nobody can lock another person out with ease. */
const PERSON: Limit = { attempts: 200, seconds: 3600 };

/**
 * Counts sign-in attempts, in the state store and so across replicas. Counted before the password is looked at: parallel
 * attempts can't slip by. Unknown names count like known ones.
 */
@Injectable()
export class SignInAttempts {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /** Throws TOO_MANY_REQUESTS. */
  async begin(tenant: Tenant, name: string, address: string): Promise<void> {
    const [pair, from, to] = this.keys(tenant, name, address);
    const counts = await Promise.all([
      this.count(pair, PERSON_AT_ADDRESS),
      this.count(from, ADDRESS),
      this.count(to, PERSON),
    ]);
    if (counts.includes(false)) throw tooManyAttempts();
  }

  async succeeded(tenant: Tenant, name: string, address: string): Promise<void> {
    const [pair] = this.keys(tenant, name, address);
    await this.store.delete(pair);
  }

  private async count(key: string, limit: Limit): Promise<boolean> {
    return (await this.store.increment(key, limit.seconds)) <= limit.attempts;
  }

  private keys(tenant: Tenant, name: string, address: string): [string, string, string] {
    const from = addressKey(address);
    const key = (kind: string, id: string): string => `attempts:${tenant.name}:${kind}:${this.cipher.hash(id)}`;
    return [key('pair', `${name} ${from}`), key('address', from), key('name', name)];
  }
}
