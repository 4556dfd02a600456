import { isIP } from 'node:net';
import { LOOPBACK_HOSTS } from '../../common/loopback.js';
import { rule } from './setting.decorators.js';

/** A host name, or `*.` and one; never `*` alone. */
const HOST = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** RFC 3986 §3.1, without the schemes that a browser runs, shows or fetches by itself. */
export const SCHEME_PATTERN =
  /^(?!(?:https?|wss?|ftp|file|data|blob|about|javascript|vbscript)$)[a-z][a-z0-9+.-]{0,63}$/;

/** A host or an address, for a database also `host\\instance`. */
const SERVER = /^(?:[^\s:,/]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/;

export function isServer(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 255 && SERVER.test(value);
}

/** An address that the server can listen on. */
export function IsListenAddress(): PropertyDecorator {
  return rule(
    'isListenAddress',
    value => isServer(value) && !String(value).includes('\\'),
    'must be an address or name of this machine, like 127.0.0.1. The port has a setting of its own',
  );
}

export function areHosts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(host => typeof host === 'string' && HOST.test(host));
}

export function IsHosts(): PropertyDecorator {
  return rule(
    'isHosts',
    areHosts,
    'must list host names in lower case, like claude.ai, or *.claude.ai for its subdomains',
  );
}

export function IsCustomSchemes(): PropertyDecorator {
  return rule(
    'isCustomSchemes',
    everyText(scheme => SCHEME_PATTERN.test(scheme)),
    'must list custom schemes in lower case, like cursor, and none that a browser opens by itself',
  );
}

export function IsOrigins(): PropertyDecorator {
  return rule(
    'isOrigins',
    everyText(origin => URL.parse(origin)?.origin === origin),
    'must list origins, like https://claude.ai',
  );
}

export function IsAddressRanges(): PropertyDecorator {
  return rule('isAddressRanges', everyText(isAddressRange), 'must list IP addresses or ranges, like 10.0.0.0/8');
}

/** The https origin that clients see; http only for a loopback address. Production needs one. */
export function IsPublicUrl(): PropertyDecorator {
  return rule(
    'isPublicUrl',
    (value, { production }) => publicUrlFault(value, production === true) === undefined,
    ({ value, object }) => publicUrlFault(value, (object as { production?: boolean }).production === true) ?? '',
  );
}

function publicUrlFault(value: unknown, production: boolean): string | undefined {
  if (value === undefined)
    return production
      ? 'is required in production. Set it to the https origin that clients see, like https://mcp.example.com'
      : undefined;
  const url = URL.parse(String(value));
  if (url === null) return 'must be an origin, like https://mcp.example.com';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname)))
    return 'must begin with https:// (http:// is allowed for a loopback address)';
  const { pathname, search, hash, username, password } = url;
  return pathname === '/' && `${search}${hash}${username}${password}` === ''
    ? undefined
    : 'must be an origin alone, without path, query or credentials';
}

function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function everyText(test: (text: string) => boolean): (value: unknown) => boolean {
  return value => Array.isArray(value) && value.every(item => typeof item === 'string' && test(item));
}
