import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { incrementAll, readEntry } from '../../state/keyed-names.js';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { networkOf } from '../../http/client-address.js';

interface Limit {
  readonly failures: number;
  readonly seconds: number;
}

interface Counter {
  readonly keys: readonly string[];
  readonly limit: Limit;
}

/** For one user from one address; an attacker gets 40 attempts an hour. */
const PERSON_AT_ADDRESS: Limit = { failures: 10, seconds: 900 };
/** For one address with any number of names. */
const ADDRESS: Limit = { failures: 100, seconds: 900 };
/** For one user from all addresses; high, so that it is hard to lock another user out (ASVS 5.0 §6.3.1). */
const PERSON: Limit = { failures: 100, seconds: 3600 };

/**
 * For this time after a sign-in from an address, PERSON does not apply there: attempts elsewhere can't lock the user
 * out.
 */
const KNOWN_S = 30 * 24 * 3600;

/**
 * Limits failed sign-ins in fixed windows of time, in the state store and so across replicas. An attempt counts as
 * failed until it has succeeded, so that parallel attempts are limited too. Unknown names count like known ones.
 */
@Injectable()
export class SignInAttempts {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /**
   * Throws TOO_MANY_REQUESTS. A rejected attempt is not counted by the remaining limits: otherwise one address could
   * use up the limit of a user, or fill the store with names.
   */
  async begin(tenant: Tenant, name: string, address: string): Promise<void> {
    const { pair, from, person } = this.counters(tenant, name, address);
    const allowed =
      (await this.isOpen(from)) &&
      (await this.count(pair)) &&
      (await this.count(from)) &&
      ((await this.isKnown(tenant, name, address)) || (await this.count(person)));
    if (!allowed) throw tooManyAttempts();
  }

  async succeeded(tenant: Tenant, name: string, address: string): Promise<void> {
    const [known = ''] = this.knownNames(tenant, name, address);
    await this.store.set(known, '1', KNOWN_S);
    await this.notTried(tenant, name, address);
  }

  /** The attempt that began is not a failed one. */
  async notTried(tenant: Tenant, name: string, address: string): Promise<void> {
    const { pair, from, person } = this.counters(tenant, name, address);
    await Promise.all(
      [pair, from, person].map(({ keys, limit }) => incrementAll(this.store, keys.map(succeeded), limit.seconds)),
    );
  }

  private async isOpen({ keys, limit }: Counter): Promise<boolean> {
    return (await this.highest(keys)) - (await this.highest(keys.map(succeeded))) < limit.failures;
  }

  private async count({ keys, limit }: Counter): Promise<boolean> {
    const attempts = await incrementAll(this.store, keys, limit.seconds);
    return attempts - (await this.highest(keys.map(succeeded))) <= limit.failures;
  }

  private async highest(keys: readonly string[]): Promise<number> {
    const counts = await Promise.all(keys.map(key => this.store.get(key)));
    return Math.max(...counts.map(count => Number(count ?? 0)));
  }

  private async isKnown(tenant: Tenant, name: string, address: string): Promise<boolean> {
    return (await readEntry(this.store, this.knownNames(tenant, name, address))) !== undefined;
  }

  private knownNames(tenant: Tenant, name: string, address: string): readonly string[] {
    const hashes = this.cipher.hashes(`${name} ${networkOf(address)}`);
    return hashes.map(hash => `attempts:${tenant.name}:known:${hash}`);
  }

  private counters(tenant: Tenant, name: string, address: string): Record<'pair' | 'from' | 'person', Counter> {
    const from = networkOf(address);
    const counter = (kind: string, id: string, limit: Limit): Counter => {
      const window = Math.floor(Date.now() / 1000 / limit.seconds);
      const keys = this.cipher.hashes(id).map(hash => `attempts:${tenant.name}:${kind}:${window}:${hash}`);
      return { keys, limit };
    };
    return {
      pair: counter('pair', `${name} ${from}`, PERSON_AT_ADDRESS),
      from: counter('address', from, ADDRESS),
      person: counter('name', name, PERSON),
    };
  }
}

function succeeded(key: string): string {
  return `${key}:succeeded`;
}

function tooManyAttempts(): AppError {
  return new AppError('TOO_MANY_REQUESTS', 'Too many attempts. Wait a few minutes and try again.');
}
