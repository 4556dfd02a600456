import { timingSafeEqual } from 'node:crypto';
import Provider, { type Client, errors } from 'oidc-provider';
import type { Tenant } from '../../../tenancy/tenant.js';
import { hashSecret } from '../clients/client-secret.js';
import type { ClientAdapter } from '../clients/client.adapter.js';
import { DocumentRefusal } from '../clients/client-document.js';
import { documentError } from '../clients/document-fetcher.js';
import { isAllowedRedirect, isSameRedirect } from '../clients/redirect-policy.js';

type Documents = Pick<ClientAdapter, 'recall'>;

/** Changes the provider's Client model where its configuration offers no setting. */
export function hardenClients(provider: Provider, tenant: Tenant, documents: Documents): void {
  const client = provider.Client.prototype;
  // The tenant's redirect policy may have changed since the client was loaded (static clients are loaded once).
  const allowed = client.redirectUriAllowed;
  client.redirectUriAllowed = function (uri: string) {
    if (!isAllowedRedirect(uri, tenant.config)) return false;
    return allowed.call(this, uri) || this.redirectUris?.some(registered => isSameRedirect(registered, uri)) === true;
  };
  // Secrets are stored as hashes (ClientAdapter).
  client.compareClientSecret = async function (actual: string) {
    const given = Buffer.from(hashSecret(actual));
    const stored = Buffer.from(this.clientSecret ?? '');
    return given.length === stored.length && timingSafeEqual(given, stored);
  };
  const find = provider.Client.find.bind(provider.Client);
  provider.Client.find = async (id: string) => {
    try {
      const found = await find(id);
      if (found !== undefined && id.startsWith('https:')) acceptAssertions(found);
      return found;
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      // A stored client is checked anew at each load. One that no longer fits the policy is unknown, not a server error.
      if (!id.startsWith('https:')) {
        if (error instanceof errors.InvalidClientMetadata) return undefined;
        throw error;
      }
      return recalled(provider, id, error, documents);
    }
  };
}

/** The copy of a document that can't be fetched at this moment; throws when there is none, or the document is refused. */
async function recalled(provider: Provider, id: string, error: Error, documents: Documents): Promise<Client> {
  // The errors of ProviderAdapter (503) and of DocumentFetcher.admit are the provider's already.
  const fetched = error instanceof errors.InvalidClient && error.cause !== undefined;
  const refused = error instanceof errors.InvalidClientMetadata || error.cause instanceof DocumentRefusal;
  if (refused) {
    throw documentError(
      error.cause instanceof DocumentRefusal
        ? error.cause
        : new DocumentRefusal((error as errors.InvalidClientMetadata).error_description ?? 'it is not valid'),
    );
  }
  if (!fetched && !(error instanceof errors.InvalidClient)) throw error;
  const payload = await documents.recall(id);
  if (payload !== undefined) return new (provider.Client as unknown as new (payload: object) => Client)(payload);
  throw fetched ? documentError(error.cause) : error;
}

/**
 * A document that lists `none` beside `private_key_jwt` is a public client here; when it authenticates by its key all the
 * same, the key is checked. oidc-provider knows only one method for each client (`shared/client_auth.js`).
 */
function acceptAssertions(client: Client): void {
  const { jwksUri, jwks, clientAuthMethod } = client as Client & { clientAuthMethod?: string };
  if (clientAuthMethod !== 'none' || (jwksUri === undefined && jwks === undefined)) return;
  Object.defineProperty(client, 'clientAuthMethod', {
    configurable: true,
    enumerable: true,
    get: () => (Provider.ctx?.oidc.params?.['client_assertion'] === undefined ? 'none' : 'private_key_jwt'),
  });
}
