import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { AppError } from '../../../common/app-error.js';
import type { ModelStorage } from '../../tokens/model-storage.js';

const SINGLE_USE_LABELS: Readonly<Record<string, string>> = {
  AuthorizationCode: 'authorization code',
  RefreshToken: 'refresh token',
};

/** oidc-provider's storage for one model of one tenant: a ModelStorage whose errors are the provider's. */
export class ProviderAdapter implements Adapter {
  constructor(
    private readonly model: string,
    protected readonly storage: ModelStorage,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn = 1): Promise<void> {
    await guarded(() => this.storage.put(id, { ...payload }, expiresIn));
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return guarded(() => this.storage.find(id)) as Promise<AdapterPayload | undefined>;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return guarded(() => this.storage.findByUid(uid)) as Promise<AdapterPayload | undefined>;
  }

  /** The device flow is off. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const payload = await this.find(id);
    if (payload !== undefined && (await guarded(() => this.storage.consume(id)))) return;
    const { grantId, accountId } = payload ?? {};
    // RFC 6749 §4.1.2 and RFC 9700 §4.14.2: a second use ends everything that came from the first.
    if (grantId !== undefined) await guarded(() => this.storage.endGrant(grantId));
    const used = new errors.InvalidGrant(`${SINGLE_USE_LABELS[this.model] ?? this.model} already used`);
    throw Object.assign(used, { accountId });
  }

  async destroy(id: string): Promise<void> {
    await guarded(() => this.storage.delete(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await guarded(() => this.storage.deleteByGrant(grantId));
  }
}

/** A store that is away is 503 to the client, not a defect of this server. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
    const away = new errors.TemporarilyUnavailable('the authorization server is not available at this moment');
    throw Object.assign(away, { status: 503, statusCode: 503, allow_redirect: false });
  }
}
