import { type KoaContextWithOIDC, errors } from 'oidc-provider';
import type { Tenant } from '../../../tenancy/tenant.js';
import { redirectFault, shown } from '../clients/redirect-policy.js';

/** How many registered URIs a refusal names. */
const MAX_NAMED = 3;

/** Why an authorization was refused, with the redirect URI and the setting that would allow it where that is the reason. */
export function refusalReason(ctx: KoaContextWithOIDC, error: Error, tenant: Tenant): string | undefined {
  if (!(error instanceof errors.InvalidRedirectUri)) return (error as errors.OIDCProviderError).error_description;
  const uri = ctx.oidc.params?.['redirect_uri'];
  const fault = redirectFault(uri, tenant.config);
  if (fault !== undefined) return `redirect_uri ${shown(uri)} ${fault}`;
  const registered = (ctx.oidc.client?.redirectUris ?? []).slice(0, MAX_NAMED).map(shown);
  return `redirect_uri ${shown(uri)} is not one that the client registered (${registered.join(', ')})`;
}

/** Whether the client of an authorization is one that this server doesn't know (any more). */
export function isUnknownClient(error: Error): boolean {
  return error instanceof errors.InvalidClient && error.error_detail === 'client not found';
}
