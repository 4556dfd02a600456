import type { Request } from 'express';
import type Provider from 'oidc-provider';

/**
 * oidc-provider finds the path it is mounted at by searching `req.originalUrl` for `req.url`, and would find the wrong
 * one for a tenant with a name such as `tokens`. With both alike the search gives '', and the provider takes
 * `ctx.mountPath` (`helpers/oidc_context.js`, `urlFor`). So the tenant's prefix is taken off the URL here, and
 * `setMountPath` puts it before every URL that the provider makes.
 */
export function removePrefix(req: Request, path: string): void {
  const query = req.url.indexOf('?');
  req.url = path + (query < 0 ? '' : req.url.slice(query));
  req.originalUrl = req.url;
}

/** `context` is the prototype of all of the provider's koa contexts. */
export function setMountPath(provider: Provider, path: string): void {
  (provider as unknown as { context: { mountPath: string } }).context.mountPath = path;
}
