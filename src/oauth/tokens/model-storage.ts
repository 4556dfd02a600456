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
    const name = this.nameOf(id);
    const sealed = this.parts.cipher.seal(name, payload);
    await this.parts.store.set(name, sealed, Math.max(1, ttlSeconds), this.groupsOf(payload));
  }

  /** As `put`, unless there is a row of this id already; then nothing of it changes. */
  async putIfAbsent(id: string, payload: StoredPayload, ttlSeconds: number): Promise<void> {
    const name = this.nameOf(id);
    const sealed = this.parts.cipher.seal(name, payload);
    await this.parts.store.compareAndSet(name, undefined, sealed, Math.max(1, ttlSeconds), this.groupsOf(payload));
  }

  async find(id: string): Promise<StoredPayload | undefined> {
    return this.read(this.nameOf(id));
  }

  async findByUid(uid: string): Promise<StoredPayload | undefined> {
    const [name] = await this.parts.store.list(this.group('uid', uid), 1);
    return name === undefined ? undefined : this.read(name);
  }

  async findByAccount(accountId: string, limit: number): Promise<readonly StoredPayload[]> {
    return this.findIn(this.group(`${this.model}-account`, accountId), limit);
  }

  /** The grants of the tokens that an administrator issued. */
  async findIssued(limit: number): Promise<readonly StoredPayload[]> {
    return this.findIn(this.group('issued', 'all'), limit);
  }

  /** Atomic: of all callers in all processes, exactly one gets true. */
  async consume(id: string): Promise<boolean> {
    return this.parts.store.consume(this.nameOf(id));
  }

  /** Returns how many milliseconds ago a row was first consumed; undefined: it was not. */
  async consumedFor(id: string): Promise<number | undefined> {
    return this.parts.store.consumedFor(this.nameOf(id));
  }

  async delete(id: string): Promise<void> {
    await this.parts.store.delete(this.nameOf(id));
    if (CARRIES_RIGHTS.has(this.model)) await this.parts.revocations.announce();
  }

  /** Deletes the rows of every model that came from this grant; the grant's own row stays. */
  async deleteByGrant(grantId: string): Promise<void> {
    await this.parts.store.deleteGroup(this.group('grant', grantId));
    await this.parts.revocations.announce();
  }

  /** Deletes a grant and everything that came from it. */
  async endGrant(grantId: string): Promise<void> {
    // The grant first: without it no token of it is valid, even one that is being issued at this moment.
    await this.parts.store.delete(this.nameOf(grantId, 'Grant'));
    await this.deleteByGrant(grantId);
  }

  private async findIn(group: string, limit: number): Promise<readonly StoredPayload[]> {
    const names = await this.parts.store.list(group, limit);
    const found = await Promise.all(names.map(name => this.read(name)));
    return found.filter(payload => payload !== undefined);
  }

  private async read(name: string): Promise<StoredPayload | undefined> {
    const text = await this.parts.store.get(name);
    const payload = text === undefined ? undefined : (this.parts.cipher.open(name, text) as StoredPayload | undefined);
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

  private nameOf(id: string, model = this.model): string {
    return `oidc:${this.tenant}:${model}:${this.parts.cipher.hash(id)}`;
  }

  private group(kind: string, id: string): string {
    return `oidc:${this.tenant}:${kind}:${this.parts.cipher.hash(id)}`;
  }
}
