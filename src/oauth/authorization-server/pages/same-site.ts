import type { IncomingMessage } from 'node:http';
import { AppError } from '../../../common/app-error.js';
import { LOOPBACK_HOSTS } from '../../../common/loopback.js';

/**
 * Forms are taken from our own pages only: browsers name the page's origin (Fetch §3.2, Sec-Fetch-Site). Beside it stand
 * SameSite cookies and a token in each form.
 */
export function rejectOtherSites(req: IncomingMessage, publicUrl: string): void {
  const { origin } = req.headers;
  const site = req.headers['sec-fetch-site'];
  const foreign = origin !== undefined && origin !== publicUrl && !isThisMachine(origin, site);
  const crossSite = site === 'cross-site' || site === 'same-site';
  if (foreign || crossSite) throw new AppError('FORBIDDEN', 'This form was not sent from this server.');
}

/** `http://localhost:8008` where PUBLIC_URL says 127.0.0.1: both are this server, which the Host header was checked for. */
function isThisMachine(origin: string, site: string | string[] | undefined): boolean {
  return site === 'same-origin' && LOOPBACK_HOSTS.has(URL.parse(origin)?.hostname ?? '');
}
