import { timingSafeEqual } from 'node:crypto';
import { type Provider, errors } from 'oidc-provider';
import type { Tenant } from '../../../tenancy/tenant.js';
import { hashSecret } from '../clients/client-secret.js';
import { isAllowedRedirect } from '../clients/redirect-policy.js';

/** Changes the provider's Client model where its configuration offers no setting. */
export function hardenClients(provider: Provider, tenant: Tenant): void {
  const client = provider.Client.prototype;
  // The tenant's redirect policy may have changed since the client was loaded (static clients are loaded once).
  const allowed = client.redirectUriAllowed;
  client.redirectUriAllowed = function (uri: string) {
    return isAllowedRedirect(uri, tenant.config) && allowed.call(this, uri);
  };
  // Secrets are stored as hashes (ClientAdapter).
  client.compareClientSecret = async function (actual: string) {
    const given = Buffer.from(hashSecret(actual));
    const stored = Buffer.from(this.clientSecret ?? '');
    return given.length === stored.length && timingSafeEqual(given, stored);
  };
  // A stored client is checked anew at each load. One that no longer fits the policy is unknown, not a server error.
  const find = provider.Client.find.bind(provider.Client);
  provider.Client.find = async (id: string) =>
    find(id).catch((error: unknown) => {
      if (error instanceof errors.InvalidClientMetadata && !/^https:/.test(id)) return undefined;
      throw error;
    });
}
