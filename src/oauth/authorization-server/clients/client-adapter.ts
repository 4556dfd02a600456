import type { AdapterPayload } from 'oidc-provider';
import type { Tenant } from '../../../tenancy/tenant.js';
import { ProviderAdapter, USED_CLIENT_TTL_S } from '../provider/provider.adapter.js';
import { isAllowedRedirect } from './redirect-policy.js';
import { pinnedChatGptClient } from './pinned-clients.js';

const KEEP_EVERY_MS = 24 * 3600 * 1000;
const MAX_KEPT = 10_000;

/** Registered clients, and the documents of ChatGPT that are known without fetching. */
export class ClientAdapter extends ProviderAdapter {
  private readonly kept = new Map<string, number>();

  constructor(
    private readonly owner: Tenant,
    parts: ConstructorParameters<typeof ProviderAdapter>[2],
  ) {
    super(owner.name, 'Client', parts);
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    const pinned = pinnedChatGptClient(id);
    if (pinned?.redirect_uris?.every(uri => isAllowedRedirect(uri, this.owner.config))) return pinned as AdapterPayload;
    return id.length > 500 ? undefined : super.find(id);
  }

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
