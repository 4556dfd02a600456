import { type FoundEntry, readEntry, writeEntry } from '../../state/keyed-names.js';
import type { StateCipher } from '../../state/state-cipher.js';
import type { StateStore } from '../../state/state-store.js';
import type { Revocations } from './revocations.js';

const SINGLE_USE: ReadonlySet<string> = new Set(['AuthorizationCode', 'RefreshToken']);
/** After one of these was deleted, a cached decision about a token may be wrong. */
const CARRIES_RIGHTS: ReadonlySet<string> = new Set(['Grant', 'AccessToken', 'ClientCredentials', 'Client']);

/** What the authorization server stores; the storage itself reads these fields only. */
export interface StoredPayload {
  readonly accountId?: string | undefined;
  readonly grantId?: string | undefined;
  readonly uid?: string | undefined;
  readonly consumed?: unknown;
  readonly [name: string]: unknown;
}

export interface StorageParts {
  readonly store: StateStore;
  readonly cipher: StateCipher;
  readonly revocations: Revocations;
}

/**
 * The rows of one model (AccessToken, Grant, Session …) of one tenant in the state store. Names are HMACs of the ids,
 * payloads are sealed under their names. Every method throws UNAVAILABLE while the store is away.
 */
export class ModelStorage {
  constructor(
    private readonly tenant: string,
    private readonly model: string,
    private readonly parts: StorageParts,
  ) {}

  async put(id: string, payload: StoredPayload, ttlSeconds: number): Promise<void> {
    const names = this.namesOf(id);
    const sealed = this.parts.cipher.seal(names[0] ?? '', payload);
    await writeEntry(this.parts.store, names, sealed, Math.max(1, ttlSeconds), this.groupsOf(payload));
  }

  /** As `put`, unless there is a row of this id already; then nothing of it changes. */
  async putIfAbsent(id: string, payload: StoredPayload, ttlSeconds: number): Promise<void> {
    const [name = '', ...others] = this.namesOf(id);
    if ((await readEntry(this.parts.store, others)) !== undefined) return;
    const sealed = this.parts.cipher.seal(name, payload);
    await this.parts.store.compareAndSet(name, undefined, sealed, Math.max(1, ttlSeconds), this.groupsOf(payload));
  }

  async find(id: string): Promise<StoredPayload | undefined> {
    const found = await readEntry(this.parts.store, this.namesOf(id));
    return found === undefined ? undefined : this.opened(found);
  }

  async findByUid(uid: string): Promise<StoredPayload | undefined> {
    const [found] = await this.findIn(this.groupNames('uid', uid), 1);
    return found;
  }

  async findByAccount(accountId: string, limit: number): Promise<readonly StoredPayload[]> {
    return this.findIn(this.groupNames(`${this.model}-account`, accountId), limit);
  }

  /** The grants of the tokens that an administrator issued. */
  async findIssued(limit: number): Promise<readonly StoredPayload[]> {
    return this.findIn(this.groupNames('issued', 'all'), limit);
  }

  /** Atomic: of all callers in all processes, exactly one gets true. */
  async consume(id: string): Promise<boolean> {
    const found = await readEntry(this.parts.store, this.namesOf(id));
    return found !== undefined && this.parts.store.consume(found.name);
  }

  /** Returns how many milliseconds ago a row was first consumed; undefined: it was not. */
  async consumedFor(id: string): Promise<number | undefined> {
    for (const name of this.namesOf(id)) {
      const age = await this.parts.store.consumedFor(name);
      if (age !== undefined) return age;
    }
    return undefined;
  }

  async delete(id: string): Promise<void> {
    await this.deleteNames(this.namesOf(id));
    if (CARRIES_RIGHTS.has(this.model)) await this.parts.revocations.announce();
  }

  /** Deletes the rows of every model that came from this grant; the grant's own row stays. */
  async deleteByGrant(grantId: string): Promise<void> {
    for (const group of this.groupNames('grant', grantId)) await this.parts.store.deleteGroup(group);
    await this.parts.revocations.announce();
  }

  /** Deletes a grant and everything that came from it. */
  async endGrant(grantId: string): Promise<void> {
    // The grant first: without it no token of it is valid, even one that is being issued at this moment.
    await this.deleteNames(this.namesOf(grantId, 'Grant'));
    await this.deleteByGrant(grantId);
  }

  private async findIn(groups: readonly string[], limit: number): Promise<readonly StoredPayload[]> {
    const { store } = this.parts;
    const lists = await Promise.all(groups.map(group => store.list(group, limit)));
    const names = [...new Set(lists.flat())].slice(0, limit);
    const found = await Promise.all(names.map(async name => readEntry(store, [name])));
    const opened = await Promise.all(found.map(entry => (entry === undefined ? undefined : this.opened(entry))));
    return opened.filter(payload => payload !== undefined);
  }

  private async opened({ name, text }: FoundEntry): Promise<StoredPayload | undefined> {
    const payload = this.parts.cipher.open(name, text) as StoredPayload | undefined;
    if (payload === undefined || !SINGLE_USE.has(this.model)) return payload;
    return (await this.parts.store.consumedFor(name)) !== undefined ? { ...payload, consumed: true } : payload;
  }

  private groupsOf(payload: StoredPayload): readonly string[] {
    const groups: string[] = [];
    if (payload.grantId !== undefined && this.model !== 'Interaction') {
      groups.push(this.group('grant', payload.grantId));
    }
    if (payload.uid !== undefined && this.model === 'Session') groups.push(this.group('uid', payload.uid));
    if (payload.accountId !== undefined && (this.model === 'Grant' || this.model === 'Session')) {
      groups.push(this.group(`${this.model}-account`, payload.accountId));
    }
    if (payload['issued'] !== undefined && this.model === 'Grant') groups.push(this.group('issued', 'all'));
    return groups;
  }

  private async deleteNames(names: readonly string[]): Promise<void> {
    for (const name of names) await this.parts.store.delete(name);
  }

  /** The first is that of new rows; rows from before STATE_KEY was rotated have another. */
  private namesOf(id: string, model = this.model): readonly string[] {
    return this.parts.cipher.hashes(id).map(hash => `oidc:${this.tenant}:${model}:${hash}`);
  }

  private groupNames(kind: string, id: string): readonly string[] {
    return this.namesOf(id, kind);
  }

  private group(kind: string, id: string): string {
    return `oidc:${this.tenant}:${kind}:${this.parts.cipher.hash(id)}`;
  }
}
