import type { AdapterPayload } from 'oidc-provider';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { ModelStorage } from '../../tokens/model-storage.js';
import { ProviderAdapter } from '../provider/provider.adapter.js';
import { hashSecret, isHashedSecret } from './client-secret.js';
import { isAllowedRedirect } from './redirect-policy.js';
import { pinnedChatGptClient } from './pinned-clients.js';

/** A registered client that nobody consented to is forgotten after a day, one in use after 90 days without a token. */
const UNUSED_CLIENT_TTL_S = 24 * 3600;
const USED_CLIENT_TTL_S = 90 * 24 * 3600;
const KEEP_EVERY_MS = 24 * 3600 * 1000;
const MAX_KEPT = 10_000;

/** Registered clients, with their secrets hashed, and the documents of ChatGPT that are known without fetching. */
export class ClientAdapter extends ProviderAdapter {
  private readonly kept = new Map<string, number>();

  constructor(
    private readonly tenant: Tenant,
    storage: ModelStorage,
  ) {
    super('Client', storage);
  }

  override async upsert(id: string, payload: AdapterPayload, expiresIn = UNUSED_CLIENT_TTL_S): Promise<void> {
    await super.upsert(id, withHashedSecret(payload), expiresIn);
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    const pinned = pinnedChatGptClient(id);
    if (pinned?.redirect_uris?.every(uri => isAllowedRedirect(uri, this.tenant.config))) {
      return pinned as AdapterPayload;
    }
    return id.length > 500 ? undefined : super.find(id);
  }

  /** Prolongs the life of a client that is in use; writes at most once a day and client. */
  async keep(id: string): Promise<void> {
    const now = Date.now();
    if ((this.kept.get(id) ?? 0) > now - KEEP_EVERY_MS) return;
    const client = await super.find(id);
    if (client === undefined) return;
    await this.upsert(id, client, USED_CLIENT_TTL_S);
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(id, now);
  }
}

function withHashedSecret(payload: AdapterPayload): AdapterPayload {
  const secret = payload.client_secret;
  return typeof secret !== 'string' || isHashedSecret(secret)
    ? payload
    : { ...payload, client_secret: hashSecret(secret) };
}
