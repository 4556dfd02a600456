import { LOOPBACK_HOSTS } from '../../../common/loopback.js';
import type { TenantConfig } from '../../../config/tenant.config.js';
import { SCHEME_PATTERN } from '../../../config/validation/network.decorators.js';

export type RedirectRules = Pick<TenantConfig, 'allowedRedirectHosts' | 'allowedRedirectSchemes'>;

const MAX_URI_LENGTH = 2_000;

export function isLoopbackUri(uri: string): boolean {
  const url = URL.parse(uri);
  return url !== null && url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname);
}

/** Whether a code may ever be sent to this URI. The URI must be spelled as a URL parser writes it. */
export function isAllowedRedirect(uri: unknown, rules: RedirectRules): boolean {
  if (typeof uri !== 'string' || uri.length > MAX_URI_LENGTH) return false;
  const url = URL.parse(uri);
  // `CLAUDE.AI`, `0x7f000001`, `a/../b`, an ideographic full stop: a URL that two readers may read in two ways.
  if (url === null || url.href !== uri) return false;
  if (url.hash !== '' || uri.includes('#') || url.username !== '' || url.password !== '') return false;
  switch (url.protocol) {
    case 'https:':
      return url.port === '' && rules.allowedRedirectHosts.some(pattern => matchesHost(url.hostname, pattern));
    case 'http:':
      return LOOPBACK_HOSTS.has(url.hostname);
    default:
      return isAllowedScheme(url.protocol.slice(0, -1), rules);
  }
}

/** Custom schemes are allowed by exact name, but never one that a browser executes or displays itself. */
function isAllowedScheme(scheme: string, rules: RedirectRules): boolean {
  return rules.allowedRedirectSchemes.includes(scheme) && SCHEME_PATTERN.test(scheme);
}

/** `claude.ai` allows that host only; `*.claude.ai` allows every host below it, but not the host itself. */
export function matchesHost(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern;
  return host.length > pattern.length - 1 && host.endsWith(pattern.slice(1));
}
