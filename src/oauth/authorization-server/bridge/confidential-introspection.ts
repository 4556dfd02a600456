import type Provider from 'oidc-provider';

/**
 * RFC 7662 §2.1: the introspection endpoint requires authorization. oidc-provider lets every client in, also a public one,
 * which has nothing to authenticate with: whoever knows its id could try tokens.
 */
export function refusePublicIntrospection(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    const { oidc } = ctx as { oidc?: { route?: string; client?: { clientAuthMethod?: string } } };
    if (oidc?.route !== 'introspection' || oidc.client?.clientAuthMethod !== 'none') return;
    ctx.status = 401;
    ctx.body = {
      error: 'invalid_client',
      error_description: 'only a client that authenticates may introspect tokens, and this client is public',
    };
  });
}
