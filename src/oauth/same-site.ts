import type { IncomingMessage } from 'node:http';
import { AppError } from '../common/app-error.js';

/**
 * Forms are taken from our own pages only: browsers name the page's origin (Fetch §3.2, Sec-Fetch-Site). Beside it stand
 * SameSite cookies and a token in each form.
 */
export function refuseOtherSites(req: IncomingMessage, publicUrl: string): void {
  const { origin } = req.headers;
  const site = req.headers['sec-fetch-site'];
  const foreign = origin !== undefined && origin !== publicUrl;
  const crossSite = site === 'cross-site' || site === 'same-site';
  if (foreign || crossSite) throw new AppError('FORBIDDEN', 'This form was not sent from this server.');
}
