import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/principal.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { UsersService } from '../identity/users.service.js';
import { GrantActivity } from '../tokens/grant-activity.js';
import { Revocations } from '../tokens/revocations.js';
import { type CheckedToken, TokenCheck } from './token-check.js';

/** How long a valid token is cached: what another process revokes takes effect within this time. */
const REMEMBER_MS = 900;
const MAX_REMEMBERED = 20_000;

interface Remembered extends CheckedToken {
  readonly until: number;
  readonly epoch: number;
  readonly users: number;
  readonly rules: Tenant['access'];
}

/** Turns a bearer token into the person behind it. */
@Injectable()
export class TokenService {
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly tokens: TokenCheck,
    private readonly users: UsersService,
    private readonly revocations: Revocations,
    private readonly activity: GrantActivity,
  ) {}

  /**
   * Undefined for a token that is not valid here and now: unknown, expired, revoked, of another tenant or resource, of
   * a person who was disabled or lost access. Throws UNAVAILABLE when the state store is away.
   */
  async principalOf(token: string, tenant: Tenant): Promise<Principal | undefined> {
    const key = `${tenant.issuer} ${token}`;
    const users = this.users.version();
    const epoch = this.revocations.epoch;
    const rules = tenant.access;
    const known = this.remembered.get(key);
    const isCurrent = known?.epoch === epoch && known.users === users && known.rules === rules;
    if (known !== undefined && isCurrent && known.until > Date.now()) {
      this.touch(tenant, known);
      return known.principal;
    }
    const found = await this.tokens.check(token, tenant);
    if (found === undefined) {
      this.remembered.delete(key);
      return undefined;
    }
    this.touch(tenant, found);
    const until = Math.min(Date.now() + REMEMBER_MS, found.expiresAt * 1_000);
    this.remember(key, { ...found, until, epoch, users, rules });
    return found.principal;
  }

  private touch(tenant: Tenant, { grantId, expiresAt }: CheckedToken): void {
    if (grantId !== undefined) this.activity.touch(tenant, grantId, expiresAt);
  }

  private remember(key: string, entry: Remembered): void {
    this.remembered.delete(key);
    if (this.remembered.size >= MAX_REMEMBERED) {
      const [oldest] = this.remembered.keys();
      if (oldest !== undefined) this.remembered.delete(oldest);
    }
    this.remembered.set(key, entry);
  }
}
