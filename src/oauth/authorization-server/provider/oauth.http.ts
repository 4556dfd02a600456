import type { INestApplication } from '@nestjs/common';
import type { NextFunction, RequestHandler, Response } from 'express';
import type Provider from 'oidc-provider';
import { type HttpConfig, httpConfig } from '../../../config/namespaces/http.config.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { TenantRequest } from '../../../tenancy/tenant-request.js';
import { noteAddress } from '../../../http/client-address.js';
import { requestIdOf } from '../../../http/request-id.js';
import { removePrefix } from '../bridge/mount-path.js';
import { setRequestOrigin } from '../bridge/request-origin.js';
import { OAuthEvents } from '../oauth-events.js';
import { errorPage } from '../pages/error.page.js';
import { lookOfTenant } from '../pages/look/look.js';
import { sendPage } from '../pages/page.js';
import { languageOf } from '../pages/texts.js';
import { ProviderFactory } from './provider.factory.js';
import { PAGES_LIMIT, RateLimits } from './rate-limits.js';
import { normaliseRequest } from './request-normaliser.js';

/** The provider's paths, each with its only method. */
const METHODS = new Map([
  ['/register', 'POST'],
  ['/authorize', 'GET'],
  ['/token', 'POST'],
  ['/revoke', 'POST'],
  ['/introspect', 'POST'],
  ['/jwks', 'GET'],
]);
/** Our pages, which read and write the provider's cookies. */
const PAGES = /^\/(?:interaction|account|login|downloads|items)(?:\/|$)/;
const RESUME = /^\/authorize\/[A-Za-z0-9_-]{1,100}$/;

/**
 * Passes `/<tenant>/{register,authorize,token,revoke,introspect,jwks}` to the tenant's oidc-provider, all else to Nest.
 */
export function oauthHandler(app: INestApplication): RequestHandler {
  const config = app.get<HttpConfig>(httpConfig.KEY);
  const providers = app.get(ProviderFactory);
  const limits = app.get(RateLimits);
  const events = app.get(OAuthEvents);
  const origin = new URL(config.publicUrl);
  const callbacks = new WeakMap<Provider, ReturnType<Provider['callback']>>();

  return (req: TenantRequest, res: Response, next: NextFunction) => {
    const tenant = req.tenant;
    if (tenant === undefined) return next();
    const path = pathWithin(req.url, tenant);
    const method = METHODS.get(path) ?? (RESUME.test(path) ? 'GET' : undefined);
    if (method === undefined && !PAGES.test(path)) return next();
    setRequestOrigin(req, origin);
    noteAddress(req);
    if (method === undefined) {
      if (!leavesSomething(req.method, path)) return next();
      return void servePage(req, res, tenant, next).catch(next);
    }
    if (path !== '/authorize' && !RESUME.test(path)) allowAnyOrigin(res, method);
    if (req.method === 'OPTIONS') return void res.status(204).end();
    if (req.method !== method) {
      res.setHeader('Allow', `${method}, OPTIONS`);
      return void res.status(405).json({ error: 'invalid_request', error_description: `${path} takes ${method}` });
    }
    void serve(req, res, tenant, path).catch(next);
  };

  async function servePage(req: TenantRequest, res: Response, tenant: Tenant, next: NextFunction): Promise<void> {
    try {
      await limits.take(tenant, PAGES_LIMIT, req);
    } catch (error) {
      return answerPage(req, res, error);
    }
    next();
  }

  async function serve(req: TenantRequest, res: Response, tenant: Tenant, path: string): Promise<void> {
    const provider = providers.of(tenant);
    try {
      await limits.take(tenant, path, req);
      await normaliseRequest(req, path, tenant, provider);
    } catch (error) {
      if (path === '/register' || path === '/authorize') events.refused(tenant, path, req, error as Error);
      return path.startsWith('/authorize') ? answerPage(req, res, error) : answerError(res, error);
    }
    let callback = callbacks.get(provider);
    if (callback === undefined) callbacks.set(provider, (callback = provider.callback()));
    removePrefix(req, path);
    await callback(req, res);
  }
}

/**
 * Whether a page request writes something: a sign-in attempt to the audit trail, or an upstream sign-in to the store.
 */
function leavesSomething(method: string, path: string): boolean {
  return method === 'POST' || path.endsWith('/upstream');
}

function pathWithin(url: string, tenant: Tenant): string {
  const query = url.indexOf('?');
  return (query < 0 ? url : url.slice(0, query)).slice(1 + tenant.name.length);
}

/** A page of any origin may call these endpoints, because they use no cookies. */
function allowAnyOrigin(res: Response, method: string): void {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Access-Control-Allow-Methods', `${method}, OPTIONS`);
  res.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Accept, MCP-Protocol-Version');
  res.setHeader('Access-Control-Expose-Headers', 'WWW-Authenticate, Retry-After');
  res.setHeader('Access-Control-Max-Age', '3600');
}

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly description: string | undefined;
}

/** The answer to a request that the provider never saw. Throws errors that are none of the provider's. */
function answerOf(res: Response, error: unknown): Answer {
  const {
    error: code,
    error_description: description,
    statusCode: status,
    retryAfter,
  } = error as Record<string, unknown>;
  if (typeof code !== 'string' || typeof status !== 'number') throw error;
  if (typeof retryAfter === 'number') res.setHeader('Retry-After', String(retryAfter));
  return { status, code, description: description as string | undefined };
}

/** RFC 6749 §5.2. */
function answerError(res: Response, error: unknown): void {
  const { status, code, description } = answerOf(res, error);
  res.setHeader('Cache-Control', 'no-store');
  res.status(status).json({ error: code, error_description: description });
}

/** For addresses that a person's browser opens. */
function answerPage(req: TenantRequest, res: Response, error: unknown): void {
  const language = languageOf(req.headers['accept-language']);
  const page = errorPage({ language, requestId: requestIdOf(req), ...answerOf(res, error) });
  sendPage(res, page, lookOfTenant(req.tenant));
}
