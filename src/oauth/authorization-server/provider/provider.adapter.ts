import { createHash } from 'node:crypto';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { AppError } from '../../../common/app-error.js';
import type { StateCipher } from '../../../state/state-cipher.js';
import type { StateStore } from '../../../state/state-store.js';
import type { Revocations } from '../../tokens/revocations.js';

/** A registered client that nobody consented to is forgotten after a day, one in use after 90 days without a token. */
const UNUSED_CLIENT_TTL_S = 24 * 3600;
export const USED_CLIENT_TTL_S = 90 * 24 * 3600;

const SINGLE_USE = new Set(['AuthorizationCode', 'RefreshToken']);
const TAKES_RIGHTS_AWAY = new Set(['Grant', 'AccessToken', 'Client']);

export interface AdapterParts {
  readonly store: StateStore;
  readonly cipher: StateCipher;
  readonly revocations: Revocations;
}

/**
 * oidc-provider's storage for one model of one tenant. Names are HMACs, payloads are sealed, client secrets hashed, and
 * consuming is atomic: of many callers with one code the first gets through, and the second one ends the grant.
 */
export class ProviderAdapter implements Adapter {
  constructor(
    private readonly tenant: string,
    private readonly model: string,
    private readonly parts: AdapterParts,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const name = this.nameOf(id);
    const kept = this.model === 'Client' ? withHashedSecret(payload) : payload;
    const ttl = expiresIn ?? (this.model === 'Client' ? UNUSED_CLIENT_TTL_S : 1);
    const sealed = this.parts.cipher.seal(name, kept);
    await guarded(() => this.parts.store.set(name, sealed, Math.max(1, ttl), this.groupsOf(payload)));
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return guarded(() => this.read(this.nameOf(id)));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return guarded(async () => {
      const [name] = await this.parts.store.list(this.group('uid', uid), 1);
      return name === undefined ? undefined : this.read(name);
    });
  }

  /** The device flow is off. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const name = this.nameOf(id);
    const payload = await this.find(id);
    if (payload !== undefined && (await guarded(() => this.parts.store.consume(name)))) return;
    // RFC 6749 §4.1.2 and RFC 9700 §4.14.2: a second use ends everything that came from the first.
    if (payload?.grantId !== undefined) await this.endGrant(payload.grantId);
    const used = new errors.InvalidGrant(
      `${this.model === 'RefreshToken' ? 'refresh token' : 'authorization code'} already used`,
    );
    throw Object.assign(used, { accountId: payload?.accountId });
  }

  async destroy(id: string): Promise<void> {
    await guarded(() => this.parts.store.delete(this.nameOf(id)));
    if (TAKES_RIGHTS_AWAY.has(this.model)) this.parts.revocations.announce();
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await guarded(() => this.parts.store.deleteGroup(this.group('grant', grantId)));
    this.parts.revocations.announce();
  }

  /** Payloads of this model that belong to a person. */
  async findByAccount(accountId: string, limit: number): Promise<readonly AdapterPayload[]> {
    const names = await this.parts.store.list(this.group(`${this.model}-account`, accountId), limit);
    const found = await Promise.all(names.map(name => this.read(name)));
    return found.filter(payload => payload !== undefined);
  }

  private async endGrant(grantId: string): Promise<void> {
    const grant = this.nameOf(grantId, 'Grant');
    await guarded(async () => {
      // The grant first: without it no token of it is valid, whatever is being issued at this moment.
      await this.parts.store.delete(grant);
      await this.parts.store.deleteGroup(this.group('grant', grantId));
    });
    this.parts.revocations.announce();
  }

  private async read(name: string): Promise<AdapterPayload | undefined> {
    const text = await this.parts.store.get(name);
    const payload = text === undefined ? undefined : (this.parts.cipher.open(name, text) as AdapterPayload | undefined);
    if (payload === undefined || !SINGLE_USE.has(this.model)) return payload;
    return (await this.parts.store.isConsumed(name)) ? { ...payload, consumed: true } : payload;
  }

  private groupsOf(payload: AdapterPayload): readonly string[] {
    const groups: string[] = [];
    if (payload.grantId !== undefined && this.model !== 'Interaction')
      groups.push(this.group('grant', payload.grantId));
    if (payload.uid !== undefined && this.model === 'Session') groups.push(this.group('uid', payload.uid));
    if (payload.accountId !== undefined && (this.model === 'Grant' || this.model === 'Session')) {
      groups.push(this.group(`${this.model}-account`, payload.accountId));
    }
    return groups;
  }

  private nameOf(id: string, model = this.model): string {
    return `oidc:${this.tenant}:${model}:${this.parts.cipher.hash(id)}`;
  }

  private group(kind: string, id: string): string {
    return `oidc:${this.tenant}:${kind}:${this.parts.cipher.hash(id)}`;
  }
}

const SECRET_PREFIX = 'sha256:';

export function hashSecret(secret: string): string {
  return SECRET_PREFIX + createHash('sha256').update(secret).digest('base64url');
}

function withHashedSecret(payload: AdapterPayload): AdapterPayload {
  const secret = payload.client_secret;
  return typeof secret !== 'string' || secret.startsWith(SECRET_PREFIX)
    ? payload
    : { ...payload, client_secret: hashSecret(secret) };
}

/** An absent store is 503 to the client, not a defect of ours. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
    const away = new errors.TemporarilyUnavailable('the authorization server is not available at this moment');
    throw Object.assign(away, { status: 503, statusCode: 503, allow_redirect: false });
  }
}
