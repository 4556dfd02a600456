import { LOOPBACK_HOSTS } from '../../../common/loopback.js';
import type { TenantConfig } from '../../../config/tenants/tenant.config.js';
import { SCHEME_PATTERN } from '../../../config/validation/network.decorators.js';
import { APPLICATION_URIS } from './known-applications.js';

export type RedirectRules = Pick<TenantConfig, 'allowedRedirectHosts' | 'allowedRedirectSchemes'>;

const MAX_URI_LENGTH = 2_000;
const MAX_SHOWN_LENGTH = 200;

export function isLoopbackUri(uri: string): boolean {
  const url = URL.parse(uri);
  return url !== null && url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname);
}

/** Whether a code may ever be sent to this URI. The URI must be spelled as a URL parser writes it. */
export function isAllowedRedirect(uri: unknown, rules: RedirectRules): uri is string {
  return redirectFault(uri, rules) === undefined;
}

/**
 * Why no code may be sent to this URI, as a part of a sentence that begins with the URI; undefined: it is allowed. Names
 * the setting that would allow it, if there is one.
 */
export function redirectFault(uri: unknown, rules: RedirectRules): string | undefined {
  if (typeof uri !== 'string') return 'is not a text';
  if (uri.length > MAX_URI_LENGTH) return `is longer than ${MAX_URI_LENGTH} characters`;
  const url = URL.parse(uri);
  if (url === null) return 'is not a URI';
  // `CLAUDE.AI`, `0x7f000001`, `a/../b`, an ideographic full stop: a URL that two readers may read in two ways. An empty
  // path of a loopback URI can't be read in two ways: RFC 3986 §6.2.3 makes it `/`.
  if (url.href !== uri && !(isLoopbackUri(uri) && url.href === withPath(uri))) {
    return 'is not written in its canonical form';
  }
  if (uri.includes('#')) return 'has a fragment';
  if (url.username !== '' || url.password !== '') return 'has a user name or a password';
  switch (url.protocol) {
    case 'https:':
      if (url.port !== '') return 'has a port; https URIs must use the default port';
      if (rules.allowedRedirectHosts.some(pattern => matchesHost(url.hostname, pattern))) return undefined;
      return `leads to a host that is not allowed; an administrator can add ${shown(url.hostname)} to ALLOWED_REDIRECT_HOSTS`;
    case 'http:':
      return LOOPBACK_HOSTS.has(url.hostname)
        ? undefined
        : 'uses http, which is allowed only for this device (localhost)';
    default:
      return APPLICATION_URIS.has(uri) ? undefined : schemeFault(url.protocol.slice(0, -1), rules);
  }
}

/** Custom schemes are allowed by exact name, but never one that a browser executes or displays itself. */
function schemeFault(scheme: string, rules: RedirectRules): string | undefined {
  if (!SCHEME_PATTERN.test(scheme)) return 'has a scheme that is never allowed';
  if (rules.allowedRedirectSchemes.includes(scheme)) return undefined;
  return `has a scheme that is not allowed; an administrator can add ${scheme} to ALLOWED_REDIRECT_SCHEMES`;
}

/**
 * Whether a request's URI is a registered one: the same text, or both lead to this device, by any of its three names and
 * any port (RFC 8252 §7.3), with the same path and query.
 */
export function isSameRedirect(registered: string, uri: string): boolean {
  if (registered === uri) return true;
  if (!isLoopbackUri(registered) || !isLoopbackUri(uri)) return false;
  const [one, other] = [new URL(registered), new URL(uri)];
  return one.pathname === other.pathname && one.search === other.search;
}

/** A URI that somebody sent, fit for a message or a log line: short, without its query and in visible ASCII. */
export function shown(uri: unknown): string {
  const text = typeof uri === 'string' ? uri : typeof uri;
  const plain = (text.slice(0, MAX_URI_LENGTH).split(/[?#]/, 1)[0] ?? '')
    .replace(/\/\/[^/]*@/, '//***@')
    .replace(/[^\x21-\x7e]|["\\]/g, '_');
  return plain.length > MAX_SHOWN_LENGTH ? `${plain.slice(0, MAX_SHOWN_LENGTH)}...` : plain;
}

/** The host of a redirect URI, or its scheme; undefined for a text that is no URI. */
export function redirectTarget(uri: unknown): string | undefined {
  const url = typeof uri === 'string' ? URL.parse(uri) : null;
  if (url === null) return undefined;
  return shown(url.protocol === 'https:' || url.protocol === 'http:' ? url.host : url.protocol);
}

/** `claude.ai` allows that host only; `*.claude.ai` allows every host below it, but not the host itself. */
export function matchesHost(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return host === pattern;
  return host.length > pattern.length - 1 && host.endsWith(pattern.slice(1));
}

/** `http://127.0.0.1:1` becomes `http://127.0.0.1:1/`, and `http://127.0.0.1?x` becomes `http://127.0.0.1/?x`. */
function withPath(uri: string): string {
  return uri.replace(/^(http:\/\/[^/?#]*)(?=$|\?)/, '$1/');
}
