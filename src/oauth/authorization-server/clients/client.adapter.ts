import type { AdapterPayload, Client } from 'oidc-provider';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { ModelStorage } from '../../tokens/model-storage.js';
import { ProviderAdapter } from '../provider/provider.adapter.js';
import { hashSecret, isHashedSecret } from './client-secret.js';
import type { DocumentFetcher } from './document-fetcher.js';
import { pinnedClient } from './pinned-clients.js';

/** A registered client that nobody consented to is forgotten after a day, one in use after 90 days without a token. */
const UNUSED_CLIENT_TTL_S = 24 * 3600;
const USED_CLIENT_TTL_S = 90 * 24 * 3600;
const KEEP_EVERY_MS = 24 * 3600 * 1000;
const MAX_KEPT = 10_000;
/** A document is fetched again after a day; its copy serves for a week when its host doesn't answer. */
const DOCUMENT_FRESH_MS = 24 * 3600 * 1000;
const DOCUMENT_TTL_S = 7 * 24 * 3600;
const MAX_ID_LENGTH = 500;

/**
 * Registered clients, with their secrets hashed; documents that are known without fetching; and copies of the documents
 * that somebody consented to, so that these clients depend neither on limits nor on the document's host.
 */
export class ClientAdapter extends ProviderAdapter {
  private readonly kept = new Map<string, number>();

  constructor(
    private readonly tenant: Tenant,
    storage: ModelStorage,
    private readonly documents: Pick<DocumentFetcher, 'allows' | 'remember'>,
  ) {
    super('Client', storage);
  }

  override async upsert(id: string, payload: AdapterPayload, expiresIn = UNUSED_CLIENT_TTL_S): Promise<void> {
    await super.upsert(id, withHashedSecret(payload), expiresIn);
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    if (!isDocument(id)) return id.length > MAX_ID_LENGTH ? undefined : super.find(id);
    const pinned = pinnedClient(id, this.tenant.config);
    if (pinned !== undefined) return pinned as AdapterPayload;
    const copy = await this.recall(id);
    return copy !== undefined && Number(copy['fetched_at']) > Date.now() - DOCUMENT_FRESH_MS ? copy : undefined;
  }

  /** The copy of a document that somebody consented to within the last week. */
  async recall(id: string): Promise<AdapterPayload | undefined> {
    if (!isDocument(id) || id.length > MAX_ID_LENGTH || !this.documents.allows(id)) return undefined;
    const copy = await super.find(id);
    if (copy !== undefined) this.documents.remember(id, copy['jwks_uri']);
    return copy;
  }

  /** Prolongs the life of a client that got a token; writes at most once a day and client. */
  async keep(client: Client): Promise<void> {
    const { clientId: id } = client;
    const now = Date.now();
    if ((this.kept.get(id) ?? 0) > now - KEEP_EVERY_MS) return;
    const isFetched = (client as { clientIdMetadataDocument?: boolean }).clientIdMetadataDocument === true;
    if (isDocument(id) && !isFetched) return;
    if (isFetched) await this.upsert(id, { ...client.metadata(), fetched_at: now } as AdapterPayload, DOCUMENT_TTL_S);
    else {
      const stored = await super.find(id);
      if (stored === undefined) return;
      await this.upsert(id, stored, USED_CLIENT_TTL_S);
    }
    if (this.kept.size >= MAX_KEPT) this.kept.delete(this.kept.keys().next().value as string);
    this.kept.delete(id);
    this.kept.set(id, now);
  }
}

const isDocument = (id: string): boolean => id.startsWith('https:');

function withHashedSecret(payload: AdapterPayload): AdapterPayload {
  const secret = payload.client_secret;
  return typeof secret !== 'string' || isHashedSecret(secret)
    ? payload
    : { ...payload, client_secret: hashSecret(secret) };
}
