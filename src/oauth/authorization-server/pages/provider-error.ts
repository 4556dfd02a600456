import { type ErrorOut, type KoaContextWithOIDC, errors } from 'oidc-provider';
import { logger } from '../../../common/log.js';
import { requestIdOf } from '../../../http/request-id.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { isUnknownClient, refusalReason } from '../provider/refusal-reason.js';
import { type ErrorView, errorPage } from './error.page.js';
import { lookOfTenant } from './look/look.js';
import { pageHeaders, pageText } from './page.js';
import { languageOf } from './texts.js';

const log = logger('oauth');

/** The page for an error that must not be sent to the client, because its redirect URI is not verified. */
export function renderProviderError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error, tenant: Tenant): void {
  const requestId = requestIdOf(ctx.req);
  if (out.error === 'server_error')
    log.error({ err: error, tenant: tenant.name, request_id: requestId }, 'the authorization server failed');
  const { retryAfter } = error as { retryAfter?: number };
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter));
  const look = lookOfTenant(tenant);
  ctx.set(pageHeaders({}, look));
  ctx.body = pageText(
    errorPage({
      language: languageFor(ctx),
      status: ctx.status,
      code: out.error,
      description: out.error === 'server_error' ? out.error_description : refusalReason(ctx, error, tenant),
      requestId,
      client: clientFaultOf(error),
    }),
    look,
  );
}

function clientFaultOf(error: Error): ErrorView['client'] {
  if (isUnknownClient(error)) return 'unknown';
  if (error instanceof errors.InvalidRedirectUri) return 'redirect';
  return error instanceof errors.InvalidClient ? 'document' : undefined;
}

/** What the client asked for (`ui_locales`) comes before what the browser prefers. */
function languageFor(ctx: KoaContextWithOIDC): ErrorView['language'] {
  const asked = String(ctx.oidc?.params?.['ui_locales'] ?? '').split(' ', 10);
  return languageOf([...asked, ctx.get('accept-language')].join(','));
}
