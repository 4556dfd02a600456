import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Principal } from '../../common/principal.js';
import type { CallContext } from '../../database/call-context.js';
import { readEntry } from '../../state/keyed-names.js';
import { StateCipher } from '../../state/state-cipher.js';
import { STATE_STORE, type StateStore } from '../../state/state-store.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { ExportEvents } from '../export-events.js';
import type { ExportOrder } from '../export-order.js';
import { type ExportLink, LINK_ID, LINK_S } from './export-link.js';

/** Links of a person in a tenant that wait to be fetched. */
const MAX_OPEN = 20;
/** Characters of an order with its parameters, as JSON. */
const MAX_ORDER = 1_000_000;

/**
 * Keeps the links to exports in the state store, sealed. A link is used once, by the person who had it made. Every method
 * throws UNAVAILABLE while the store is away.
 */
@Injectable()
export class ExportLinks {
  constructor(
    @Inject(STATE_STORE) private readonly store: StateStore,
    private readonly cipher: StateCipher,
    private readonly events: ExportEvents,
  ) {}

  /** Throws AppError FORBIDDEN for a caller who can't sign in, TOO_MANY_REQUESTS for a person with 20 open links. */
  async make(order: ExportOrder, { tenant, principal, requestId }: CallContext): Promise<ExportLink> {
    const { subject, client } = principal;
    const grantId = grantOf(principal);
    if (JSON.stringify(order).length > MAX_ORDER) {
      throw new AppError(
        'INVALID_ARGUMENT',
        `The statement and its parameters are longer than ${MAX_ORDER} characters.`,
      );
    }
    if ((await this.of(tenant, subject)).length >= MAX_OPEN) throw tooMany();
    const madeAt = Date.now();
    const id = randomBytes(32).toString('base64url');
    const link = { ...order, id, subject, client, grantId, madeAt, expiresAt: madeAt + LINK_S * 1000 };
    const [name = ''] = this.namesOf(tenant, id);
    const [group = ''] = this.groupsOf(tenant, subject);
    await this.store.set(name, this.cipher.seal(name, link), LINK_S, [group]);
    this.events.linkMade(tenant, link, requestId);
    return link;
  }

  /** Undefined for a link that does not exist, has expired, was revoked, or was used. */
  async find(tenant: Tenant, id: string): Promise<ExportLink | undefined> {
    if (!LINK_ID.test(id)) return undefined;
    const found = await readEntry(this.store, this.namesOf(tenant, id));
    return found === undefined ? undefined : this.opened(found.name, found.text);
  }

  /** The links of a person that wait to be fetched, the newest first. */
  async of(tenant: Tenant, subject: string): Promise<readonly ExportLink[]> {
    const lists = await Promise.all(this.groupsOf(tenant, subject).map(group => this.store.list(group, MAX_OPEN)));
    const links = await Promise.all(
      [...new Set(lists.flat())].map(async name => {
        const text = await this.store.get(name);
        return text === undefined ? undefined : this.opened(name, text);
      }),
    );
    return links.filter(link => link !== undefined).sort((a, b) => b.madeAt - a.madeAt);
  }

  /** Returns the name of the file; undefined when there is no such link of this person. */
  async revoke(tenant: Tenant, subject: string, id: string): Promise<string | undefined> {
    const link = await this.find(tenant, id);
    if (link === undefined || link.subject !== subject) return undefined;
    await this.spend(tenant, id);
    this.events.linkRevoked(tenant, link);
    return link.fileName;
  }

  /** The link can't be used any more. */
  async spend(tenant: Tenant, id: string): Promise<void> {
    for (const name of this.namesOf(tenant, id)) await this.store.delete(name);
  }

  private opened(name: string, text: string): ExportLink | undefined {
    return this.cipher.open(name, text) as ExportLink | undefined;
  }

  private namesOf(tenant: Tenant, id: string): readonly string[] {
    return this.cipher.hashes(id).map(hash => `export:${tenant.name}:${hash}`);
  }

  private groupsOf(tenant: Tenant, subject: string): readonly string[] {
    return this.cipher.hashes(subject).map(hash => `exports-of:${tenant.name}:${hash}`);
  }
}

/** The grant of a person who can open a link. Throws AppError FORBIDDEN for a caller who can't sign in. */
export function grantOf({ grantId }: Principal): string {
  if (grantId !== undefined) return grantId;
  throw new AppError('FORBIDDEN', 'Only a person who signs in can export, because only they can open the link.', {
    hint: 'Over stdio set EXPORT_DIRECTORY.',
  });
}

function tooMany(): AppError {
  return new AppError('TOO_MANY_REQUESTS', `There are ${MAX_OPEN} links to exports that nobody has fetched.`, {
    hint: 'Open one of them, revoke some on the account page, or wait 15 minutes.',
  });
}
