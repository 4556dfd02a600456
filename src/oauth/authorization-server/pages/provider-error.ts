import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { logger } from '../../../common/log.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { errorPage } from './error.page.js';
import { lookOfTenant } from './look/look.js';
import { pageHeaders, pageText } from './page.js';
import { languageOf } from './texts.js';

const log = logger('oauth');

/** The page for an error that must not be sent to the client, because its redirect URI is not verified. */
export function renderProviderError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error, tenant: Tenant): void {
  if (out.error === 'server_error') log.error({ err: error, tenant: tenant.name }, 'the authorization server failed');
  const look = lookOfTenant(tenant);
  ctx.set(pageHeaders({}, look));
  ctx.body = pageText(
    errorPage({
      language: languageOf(ctx.get('accept-language')),
      status: ctx.status,
      code: out.error,
      description: out.error_description,
    }),
    look,
  );
}
