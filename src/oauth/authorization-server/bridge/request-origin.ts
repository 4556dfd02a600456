import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';

/**
 * oidc-provider builds endpoint URLs and chooses cookie attributes from the Host and X-Forwarded-* headers of each
 * request (koa's `ctx.href` and `ctx.secure`). Whatever a request says of itself, they must follow PUBLIC_URL
 * (oidc-provider#764).
 */
export function setRequestOrigin(req: IncomingMessage, publicUrl: URL): void {
  req.headers.host = publicUrl.host;
  delete req.headers['x-forwarded-host'];
  req.headers['x-forwarded-proto'] = publicUrl.protocol.slice(0, -1);
}

/** Makes koa read X-Forwarded-Proto, which `setRequestOrigin` writes on every request that reaches the provider. */
export function trustRequestOrigin(provider: Provider): void {
  provider.proxy = true;
}
