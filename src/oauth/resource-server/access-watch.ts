import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { logger } from '../../common/log.js';
import type { Principal } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { UsersService } from '../identity/users.service.js';
import { Revocations } from '../tokens/revocations.js';
import { TokenCheck } from './token-check.js';

const EVERY_MS = 1_000;
/** The end of a token's life and new groups of a person are not announced; they are noticed within this time. */
const CHECK_AT_LEAST_EVERY_MS = 30_000;
/** Checks that run at once. */
const BATCH = 100;

interface Watched {
  readonly tenant: Tenant;
  readonly principal: Principal;
  readonly onLost: () => void;
  readonly outlivesToken: boolean;
  /** What was known of revocations, users and rules when the token was last found valid. */
  seen: Circumstances | undefined;
  checkedAt: number;
}

interface Circumstances {
  readonly revocations: string;
  readonly users: number;
  readonly rules: ReadonlyMap<Tenant, Tenant['access']>;
}

const log = logger('oauth');

/**
 * Notices when a caller loses their access while something of theirs stays open. Once a second it looks whether a grant
 * was revoked in any process, or the users or access rules have changed; only then are the tokens checked again.
 */
@Injectable()
export class AccessWatch implements OnApplicationShutdown {
  private readonly watched = new Set<Watched>();
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;

  constructor(
    private readonly tokens: TokenCheck,
    private readonly users: UsersService,
    private readonly revocations: Revocations,
  ) {}

  /**
   * Calls `onLost` once, when the principal's token stops to be valid or gives other rights than the principal has. With
   * `outlivesToken` the end of the token's life is no reason: its client refreshes it. The caller calls the returned
   * function when there is nothing left to close.
   */
  watch(
    tenant: Tenant,
    principal: Principal,
    onLost: () => void,
    { outlivesToken } = { outlivesToken: false },
  ): () => void {
    // Nothing is known of the time since the token's check, so the first look checks it again.
    const watched: Watched = { tenant, principal, onLost, outlivesToken, seen: undefined, checkedAt: 0 };
    this.watched.add(watched);
    this.timer ??= setInterval(() => void this.look(), EVERY_MS).unref();
    return () => this.remove(watched);
  }

  onApplicationShutdown(): void {
    this.watched.clear();
    this.stop();
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const now = await this.circumstances();
      const due = [...this.watched].filter(watched => isDue(watched, now));
      for (let index = 0; index < due.length; index += BATCH) {
        await Promise.all(due.slice(index, index + BATCH).map(watched => this.check(watched, now)));
        await nextTurn();
      }
    } catch (error) {
      log.error({ err: error }, 'open streams could not be checked; the next look is in a second');
    } finally {
      this.isLooking = false;
    }
  }

  private async check(watched: Watched, now: Circumstances): Promise<void> {
    try {
      if (await this.tokens.stillHolds(watched.principal, watched.tenant, watched)) {
        watched.seen = now;
        watched.checkedAt = performance.now();
        return;
      }
    } catch {
      // The state store is away: calls are answered 503, and the next look checks again.
      return;
    }
    if (!this.watched.has(watched)) return;
    this.remove(watched);
    watched.onLost();
  }

  private async circumstances(): Promise<Circumstances> {
    const mark = await this.revocations.mark().catch(() => 'unknown');
    const rules = new Map<Tenant, Tenant['access']>();
    for (const { tenant } of this.watched) if (!rules.has(tenant)) rules.set(tenant, tenant.access);
    return { revocations: `${this.revocations.epoch} ${mark}`, users: this.users.version(), rules };
  }

  private remove(watched: Watched): void {
    this.watched.delete(watched);
    if (this.watched.size === 0) this.stop();
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

function isDue({ seen, checkedAt, tenant }: Watched, now: Circumstances): boolean {
  return (
    seen === undefined ||
    seen.revocations !== now.revocations ||
    seen.users !== now.users ||
    seen.rules.get(tenant) !== now.rules.get(tenant) ||
    performance.now() - checkedAt > CHECK_AT_LEAST_EVERY_MS
  );
}
