import type { Adapter, AdapterPayload } from 'oidc-provider';
import { AppError } from '../../../common/app-error.js';
import type { ModelStorage } from '../../tokens/model-storage.js';
import { alreadyUsed, storeUnavailable } from '../bridge/provider-errors.js';

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
    if (payload !== undefined && (await this.isRepeatable(id, payload))) return;
    const { grantId, accountId } = payload ?? {};
    // RFC 6749 §4.1.2 and RFC 9700 §4.14.2: a second use revokes every token that came from the first.
    if (grantId !== undefined) await guarded(() => this.storage.endGrant(grantId));
    throw alreadyUsed(this.model, accountId);
  }

  /** Whether a second use is admitted. */
  protected async isRepeatable(_id: string, _payload: AdapterPayload): Promise<boolean> {
    return false;
  }

  async destroy(id: string): Promise<void> {
    await guarded(() => this.storage.delete(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await guarded(() => this.storage.deleteByGrant(grantId));
  }
}

/** The client gets 503 while the store is unavailable. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
    throw storeUnavailable();
  }
}
