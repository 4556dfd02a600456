import { Inject, Injectable } from '@nestjs/common';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { GRANT_S } from './lifetimes.js';

const EVERY_MS = 5 * 60_000;
const MAX_REMEMBERED = 50_000;

/** Records when a grant was last used, to five minutes; writes after the request, not during it. */
@Injectable()
export class GrantActivity {
  private readonly written = new Map<string, number>();

  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /** `expiresAt` is the end of the token in use, in seconds since the epoch: issued tokens outlive other grants. */
  touch(tenant: Tenant, grantId: string, expiresAt: number): void {
    const now = Date.now();
    if ((this.written.get(grantId) ?? 0) > now - EVERY_MS) return;
    if (this.written.size >= MAX_REMEMBERED) this.written.clear();
    this.written.set(grantId, now);
    const ttl = Math.max(GRANT_S, expiresAt - now / 1000);
    setImmediate(() => {
      this.store
        .set(this.namesOf(tenant, grantId)[0] ?? '', String(now), ttl)
        .catch(() => this.written.delete(grantId));
    });
  }

  /** Milliseconds since the epoch. */
  async lastUse(tenant: Tenant, grantId: string): Promise<number | undefined> {
    const times = await Promise.all(this.namesOf(tenant, grantId).map(name => this.store.get(name)));
    const last = Math.max(...times.map(time => Number(time ?? 0)));
    return last === 0 ? undefined : last;
  }

  private namesOf(tenant: Tenant, grantId: string): readonly string[] {
    return this.cipher.hashes(grantId).map(hash => `use:${tenant.name}:${hash}`);
  }
}
