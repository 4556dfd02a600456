import type { IncomingMessage } from 'node:http';
import { AppError } from '../../../common/app-error.js';
import { LOOPBACK_HOSTS } from '../../../common/loopback.js';

/**
 * Accepts forms of our own pages only: browsers send the page's origin (Fetch §3.2, Sec-Fetch-Site). SameSite cookies
 * and a token in each form protect against the same attack.
 */
export function rejectOtherSites(req: IncomingMessage, publicUrl: string): void {
  const { origin } = req.headers;
  const site = req.headers['sec-fetch-site'];
  const foreign = origin !== undefined && origin !== publicUrl && !isThisMachine(origin, site);
  const crossSite = site === 'cross-site' || site === 'same-site';
  if (foreign || crossSite) throw new AppError('FORBIDDEN', 'This form was not sent from this server.');
}

/** `http://localhost:8008` and `http://127.0.0.1:8008` are both this server; the Host header was checked before. */
function isThisMachine(origin: string, site: string | string[] | undefined): boolean {
  return site === 'same-origin' && LOOPBACK_HOSTS.has(URL.parse(origin)?.hostname ?? '');
}
