import { Inject, Injectable } from '@nestjs/common';
import { StateCipher } from '../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import type { Tenant } from '../tenancy/tenant.js';
import { addressKey } from './client-address.js';
import { tooManyAttempts } from './rate-limits.service.js';

interface Limit {
  readonly failures: number;
  readonly seconds: number;
}

interface Counter {
  readonly key: string;
  readonly limit: Limit;
}

/** Enough for somebody who mistypes; a guesser gets 40 tries an hour. */
const PERSON_AT_ADDRESS: Limit = { failures: 10, seconds: 900 };
/** One address that tries many names. */
const ADDRESS: Limit = { failures: 100, seconds: 900 };
/** One name from many addresses; wide, so that nobody can lock another person out with ease (ASVS 5.0 §6.3.1). */
const PERSON: Limit = { failures: 100, seconds: 3600 };

/**
 * Limits failed sign-ins, in the state store and so across replicas. An attempt counts as failed until it has succeeded:
 * parallel guesses can't slip by. Unknown names count like known ones. Counted by fixed windows of time.
 */
@Injectable()
export class SignInAttempts {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /** Throws TOO_MANY_REQUESTS. */
  async begin(tenant: Tenant, name: string, address: string): Promise<void> {
    const allowed = await Promise.all(this.counters(tenant, name, address).map(counter => this.count(counter)));
    if (allowed.includes(false)) throw tooManyAttempts();
  }

  async succeeded(tenant: Tenant, name: string, address: string): Promise<void> {
    const counters = this.counters(tenant, name, address);
    await Promise.all(counters.map(({ key, limit }) => this.store.increment(`${key}:succeeded`, limit.seconds)));
  }

  private async count({ key, limit }: Counter): Promise<boolean> {
    const attempts = await this.store.increment(key, limit.seconds);
    const succeeded = Number((await this.store.get(`${key}:succeeded`)) ?? 0);
    return attempts - succeeded <= limit.failures;
  }

  private counters(tenant: Tenant, name: string, address: string): readonly Counter[] {
    const from = addressKey(address);
    const counter = (kind: string, id: string, limit: Limit): Counter => {
      const window = Math.floor(Date.now() / 1000 / limit.seconds);
      return { key: `attempts:${tenant.name}:${kind}:${window}:${this.cipher.hash(id)}`, limit };
    };
    return [
      counter('pair', `${name} ${from}`, PERSON_AT_ADDRESS),
      counter('address', from, ADDRESS),
      counter('name', name, PERSON),
    ];
  }
}
