import { Inject, Injectable } from '@nestjs/common';
import { readEntry, writeEntry } from '../../state/keyed-names.js';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { type Access, accessOf } from './access-rules.js';
import { UsersService } from './users.service.js';
import { firstValidSecond } from './valid-from.js';

/** Longer than any grant; renewed at every sign-in. */
const IDENTITY_TTL_S = 31 * 24 * 3600;

/** A person who may use a tenant at this moment. */
export interface Account {
  readonly subject: string;
  readonly displayName: string;
  readonly access: Access;
  /** Seconds since the epoch. Sign-ins, grants and tokens from before are void. */
  readonly validFrom: number;
}

export interface UpstreamIdentity {
  readonly subject: string;
  readonly displayName: string;
  readonly groups: readonly string[];
}

/** The accounts of local users (by name) and of people of an upstream provider (as `issuer|subject`). */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersService,
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /** Undefined when the person is unknown, disabled, or has no access to this tenant. */
  async find(tenant: Tenant, subject: string): Promise<Account | undefined> {
    const user = this.users.find(subject);
    if (user?.disabled === true || user?.tenants?.includes(tenant.name) === false) return undefined;
    const upstream = isUpstream(subject) ? await this.identity(tenant, subject) : undefined;
    if (user?.password === undefined && upstream === undefined) return undefined;
    const local = upstream === undefined;
    const groups = [...(user?.groups ?? []), ...(upstream?.groups ?? [])];
    const { readOnly, exports, limits } = tenant.config;
    const access = accessOf({ readOnly, exports, limits, access: tenant.access }, { subject, groups, local });
    if (access === undefined) return undefined;
    return {
      subject,
      displayName: upstream?.displayName ?? subject,
      access,
      validFrom: firstValidSecond(user?.valid_from),
    };
  }

  /** As `find`, for a token or a session of that second (`issuedAt`); undefined also when it is void by now. */
  async findIssued(tenant: Tenant, subject: string, issuedAt: number): Promise<Account | undefined> {
    const account = await this.find(tenant, subject);
    return account !== undefined && issuedAt >= account.validFrom ? account : undefined;
  }

  /** Stores what the upstream provider said of the person, for later requests. */
  async remember(tenant: Tenant, identity: UpstreamIdentity): Promise<void> {
    const names = this.namesOf(tenant, identity.subject);
    await writeEntry(this.store, names, this.cipher.seal(names[0] ?? '', identity), IDENTITY_TTL_S);
  }

  private async identity(tenant: Tenant, subject: string): Promise<UpstreamIdentity | undefined> {
    const found = await readEntry(this.store, this.namesOf(tenant, subject));
    return found === undefined ? undefined : (this.cipher.open(found.name, found.text) as UpstreamIdentity | undefined);
  }

  private namesOf(tenant: Tenant, subject: string): readonly string[] {
    return this.cipher.hashes(subject).map(hash => `identity:${tenant.name}:${hash}`);
  }
}

/** Local names can't contain a bar. */
function isUpstream(subject: string): boolean {
  return subject.includes('|');
}
