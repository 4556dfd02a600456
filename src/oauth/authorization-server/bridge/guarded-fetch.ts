import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { readProxyConfig } from '../../../config/namespaces/proxy.config.js';
import { readNamespace } from '../../../config/read-settings.js';
import { OutboundProxy } from '../../../http/outbound-proxy.js';

let known: OutboundProxy | undefined;

/** HTTPS_PROXY and NO_PROXY of this process. */
export function processProxy(): OutboundProxy {
  return (known ??= new OutboundProxy(readNamespace(readProxyConfig)));
}

/**
 * Fetches an address that a stranger named. oidc-provider cuts connections to special-use addresses with a dispatcher
 * that it puts into the options of `fetch`, and only warns when it could not make one (`helpers/fetch_request.js`).
 * Without it a host name that is rebound to a private address would be fetched, so this fetch fails instead.
 *
 * Through HTTPS_PROXY the socket's address is the proxy's. Then the name is resolved here first, and one private address
 * among its addresses is enough to refuse it; the proxy gets nothing but a CONNECT to port 443 of that name. The proxy
 * resolves the name again, so a name that is rebound in between reaches what the proxy may reach: docs/security.md.
 */
export const guardedFetch: typeof globalThis.fetch = (input, options) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const proxies = processProxy();
  const proxy = proxies.proxyFor(url);
  if (proxy === undefined) {
    const dispatcher = (options as { dispatcher?: object } | undefined)?.dispatcher;
    // With NODE_USE_ENV_PROXY it is another one, which does not tell its listeners of connections.
    if (dispatcher?.constructor.name !== 'Agent') throw new Error('unguarded');
    return globalThis.fetch(input, options);
  }
  if (url.protocol !== 'https:' || url.port !== '') throw new Error('unguarded');
  return assertPublic(url.hostname).then(() => proxies.send(proxy, url, { ...options, redirect: 'manual' }));
};

/** Throws when a name has no address, or one that is not public. */
export async function assertPublic(
  hostname: string,
  resolve: (name: string) => Promise<readonly { readonly address: string }[]> = name => lookup(name, { all: true }),
): Promise<void> {
  const addresses = await resolve(hostname.replace(/^\[|\]$/g, ''));
  // `process` reads an IPv4-mapped address as IPv4; NAT64, 6to4 and Teredo have ranges of their own.
  if (addresses.length === 0 || addresses.some(({ address }) => ipaddr.process(address).range() !== 'unicast'))
    throw new Error('hostname resolves to a special-use IP address');
}
