import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import type { CallContext } from '../database/call-context.js';
import { readEntry } from '../state/keyed-names.js';
import { StateCipher } from '../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import type { Tenant } from '../tenancy/tenant.js';

/** How long a plan can be fetched, in seconds. */
const PLAN_SECONDS = 3_600;
/** The limit of stored plans of one person in one tenant. A new plan replaces the oldest. */
const MAX_PLANS = 20;
/** The size limit of a stored plan: characters of its statement and of its compressed XML in base64. */
const MAX_STORED = 400_000;
/** The limit of decompression. PlanRunner's limit is lower, so only a damaged entry exceeds it. */
const MAX_XML_BYTES = 20_000_000;
const ID = /^[\w-]{22}$/;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** A plan that the person for whom it was made can fetch. */
export interface StoredPlan {
  readonly statement: string;
  /** Showplan XML that was redacted for the person, one document for each statement. */
  readonly plans: readonly string[];
}

interface Sealed {
  readonly subject: string;
  readonly statement: string;
  readonly plans: string;
}

/** Stores plans in the state store, encrypted, for an hour. Throws AppError UNAVAILABLE while the store is away. */
@Injectable()
export class PlanStore {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
  ) {}

  /** Returns the id of the stored plan; undefined for a plan that is too large. */
  async keep({ statement, plans }: StoredPlan, { tenant, principal }: CallContext): Promise<string | undefined> {
    const compressed = (await deflate(JSON.stringify(plans))).toString('base64');
    if (compressed.length + statement.length > MAX_STORED) return undefined;
    const id = randomBytes(16).toString('base64url');
    const [name = ''] = this.namesOf(tenant, id);
    const groups = this.groupsOf(tenant, principal.subject);
    await this.forgetOldest(groups);
    const sealed: Sealed = { subject: principal.subject, statement, plans: compressed };
    await this.store.set(name, this.cipher.seal(name, sealed), PLAN_SECONDS, groups.slice(0, 1));
    return id;
  }

  /** Returns undefined for a plan that does not exist, is older than an hour, or was made for another person. */
  async find(
    id: string,
    { tenant, principal }: Pick<CallContext, 'tenant' | 'principal'>,
  ): Promise<StoredPlan | undefined> {
    if (!ID.test(id)) return undefined;
    const found = await readEntry(this.store, this.namesOf(tenant, id));
    const sealed = found && (this.cipher.open(found.name, found.text) as Sealed | undefined);
    if (sealed === undefined || sealed.subject !== principal.subject) return undefined;
    const text = await inflate(Buffer.from(sealed.plans, 'base64'), { maxOutputLength: MAX_XML_BYTES });
    return { statement: sealed.statement, plans: JSON.parse(text.toString('utf8')) as string[] };
  }

  private async forgetOldest(groups: readonly string[]): Promise<void> {
    for (const group of groups) {
      // StateStore.list returns first what expires last, so the oldest plans are at the end.
      const kept = await this.store.list(group, 2 * MAX_PLANS);
      for (const name of kept.slice(MAX_PLANS - 1)) await this.store.delete(name);
    }
  }

  private namesOf(tenant: Tenant, id: string): readonly string[] {
    return this.cipher.hashes(id).map(hash => `plan:${tenant.name}:${hash}`);
  }

  private groupsOf(tenant: Tenant, subject: string): readonly string[] {
    return this.cipher.hashes(subject).map(hash => `plans-of:${tenant.name}:${hash}`);
  }
}
