/**
 * oidc-provider cuts connections to special-use addresses with a dispatcher that it puts into the options of `fetch`,
 * and only warns when it could not make one (`helpers/fetch_request.js`). Without it a host name that is rebound to a
 * private address would be fetched, so this fetch fails instead.
 */
export const guardedFetch: typeof globalThis.fetch = (url, options) => {
  if ((options as { dispatcher?: unknown } | undefined)?.dispatcher === undefined) throw new Error('unguarded');
  return globalThis.fetch(url, options);
};
