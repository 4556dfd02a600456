import { randomBytes } from 'node:crypto';
import { logger } from '../common/log.js';
import { endpointOf } from '../config/tenants/database.config.js';
import { databasesOf } from '../database/listed-databases.js';
import type { StateCipher } from '../state/state-cipher.js';
import type { StateStore } from '../state/state-store.js';
import type { Tenant } from '../tenancy/tenant.js';

/** No answer is kept longer than a day (`cache` in the knowledge file), so an earlier version never comes back. */
const TTL_SECONDS = 2 * 86_400;
const log = logger('cache');

/**
 * The versions of what answers depend on: each of the tenant's databases, and the tenant itself. A change writes a new random
 * version into the state store, for all processes, and answers of earlier versions are not used any more. An answer stores
 * the version from before its statement, so that a change in between is not missed.
 */
export class CacheVersions {
  /** Changes that could not be written to the state store. No cached answer is used until they are. */
  private readonly pending = new Set<string>();

  constructor(
    private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /** Throws AppError UNAVAILABLE. */
  async current(tenant: Tenant): Promise<string> {
    if (this.pending.size > 0) await this.renew([...this.pending]);
    const versions = await Promise.all(this.keysOf(dependenciesOf(tenant)).map(key => this.versionAt(key)));
    return versions.join();
  }

  /** A statement of this tenant has changed, or may have changed, data. Never rejects. */
  async changed(tenant: Tenant, all: readonly Tenant[]): Promise<void> {
    await this.renewOrKeep(changedBy(tenant, all));
  }

  /** Drops all answers of a tenant. Throws AppError UNAVAILABLE. */
  async clear(tenant: Tenant): Promise<void> {
    await this.renew([nameOfTenant(tenant)]);
  }

  /** A version that the store has lost (Redis under memory pressure) is never taken for the one before the first change. */
  private async versionAt(key: string): Promise<string> {
    const found = await this.store.get(key);
    if (found !== undefined) return found;
    const first = newVersion();
    const isFirst = await this.store.compareAndSet(key, undefined, first, TTL_SECONDS);
    return isFirst ? first : ((await this.store.get(key)) ?? first);
  }

  private async renewOrKeep(names: readonly string[]): Promise<void> {
    for (const name of names) this.pending.add(name);
    await this.renew(names).catch((error: unknown) => {
      log.error({ err: error }, 'cached answers could not be dropped; this process uses none until they are');
    });
  }

  private async renew(names: readonly string[]): Promise<void> {
    const version = newVersion();
    await Promise.all(this.keysOf(names).map(key => this.store.set(key, version, TTL_SECONDS)));
    for (const name of names) this.pending.delete(name);
  }

  /** While STATE_KEY is rotated a name has two keys, and processes may have the keys in another order, or only one. */
  private keysOf(names: readonly string[]): readonly string[] {
    return names.flatMap(name => this.cipher.hashes(name)).map(hash => `cache:v:${hash}`);
  }
}

function newVersion(): string {
  return randomBytes(9).toString('base64url');
}

function nameOfTenant({ name }: Tenant): string {
  return JSON.stringify(['tenant', name]);
}

/** With ALLOW_THREE_PART_NAMES a statement may read any database of the server. */
function dependenciesOf(tenant: Tenant): readonly string[] {
  return [nameOfTenant(tenant), ...(tenant.config.allowThreePartNames ? [serverOf(tenant)] : namesOf(tenant))];
}

function changedBy(tenant: Tenant, all: readonly Tenant[]): readonly string[] {
  const server = serverOf(tenant);
  const databases = tenant.config.allowThreePartNames
    ? [tenant, ...all.filter(other => serverOf(other) === server)].flatMap(namesOf)
    : namesOf(tenant);
  return [...new Set([server, ...databases])];
}

function namesOf(tenant: Tenant): readonly string[] {
  return databasesOf(tenant).map(database => JSON.stringify([serverOf(tenant), database.toLowerCase()]));
}

function serverOf({ config }: Tenant): string {
  const { host, port, instance } = endpointOf(config.database);
  return JSON.stringify(['server', host.toLowerCase(), port ?? null, instance?.toLowerCase() ?? null]);
}
