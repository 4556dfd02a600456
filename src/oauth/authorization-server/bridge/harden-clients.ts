import { timingSafeEqual } from 'node:crypto';
import { type Provider, errors } from 'oidc-provider';
import type { Tenant } from '../../../tenancy/tenant.js';
import { hashSecret } from '../clients/client-secret.js';
import { isAllowedRedirect } from '../clients/redirect-policy.js';

/** The redirect policy once more at every authorization, and secrets compared by hash. */
export function hardenClients(provider: Provider, tenant: Tenant): void {
  const client = provider.Client.prototype;
  const allowed = client.redirectUriAllowed;
  client.redirectUriAllowed = function (uri: string) {
    return isAllowedRedirect(uri, tenant.config) && allowed.call(this, uri);
  };
  client.compareClientSecret = async function (actual: string) {
    const given = Buffer.from(hashSecret(actual));
    const stored = Buffer.from(this.clientSecret ?? '');
    return given.length === stored.length && timingSafeEqual(given, stored);
  };
  // The redirect hosts of a tenant may have changed since a client was stored: judged anew at each load, and a client
  // that no longer fits is unknown rather than a server error.
  const find = provider.Client.find.bind(provider.Client);
  provider.Client.find = async (id: string) =>
    find(id).catch((error: unknown) => {
      if (error instanceof errors.InvalidClientMetadata && !/^https:/.test(id)) return undefined;
      throw error;
    });
}
