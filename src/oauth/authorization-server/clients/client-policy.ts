import { invalidMetadata, invalidRedirects } from '../bridge/provider-errors.js';
import { tidyName } from './client-names.js';
import { type RedirectRules, redirectFault, shown } from './redirect-policy.js';

const MAX_REDIRECT_URIS = 10;
const MAX_NAME_LENGTH = 100;
const MAX_KEYS = 10;
export const MAX_CONTACTS = 5;
/** RFC 5321 §4.5.3.1.3, without the brackets. */
export const MAX_CONTACT_LENGTH = 254;
const MAX_URI_LENGTH = 500;

/**
 * Control characters, and format characters that turn the reading direction: a name must look like what it is.
 */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Many combining marks in a row cover the lines above and below; no script needs more than a few. */
const PILED_MARKS = /\p{M}{5}/u;

export const MACHINE_GRANT = 'client_credentials';
/** Nobody but an administrator decides that a program may act without a person. */
export const MACHINE_HINT =
  'client_credentials is only for clients that an administrator lists in CLIENTS_FILE; for a program without a browser an administrator can also issue a token with mssql-mcp tokens (docs/oauth.md)';

/** Checks the limits for every client, at each load: registered, from a metadata document, or from a file. */
export function checkClient(client: Record<string, unknown>, rules: RedirectRules): void {
  const { client_name: name, redirect_uris: uris, jwks, contacts } = client;
  const fault = name === undefined ? undefined : nameFault(name);
  if (fault !== undefined) throw invalidMetadata(fault);
  if (Array.isArray(uris)) {
    if (uris.length > MAX_REDIRECT_URIS) throw invalidRedirects(`must not hold more than ${MAX_REDIRECT_URIS} URIs`);
    const forbidden = (uris as unknown[]).find(uri => redirectFault(uri, rules) !== undefined);
    if (forbidden !== undefined)
      throw invalidRedirects(
        `holds one that this server does not allow: ${shown(forbidden)} ${redirectFault(forbidden, rules)}`,
        forbidden,
      );
  }
  for (const key of ['client_uri', 'policy_uri', 'tos_uri', 'logo_uri', 'jwks_uri'] as const) {
    if (client[key] !== undefined && !isHttpsUrl(client[key])) throw invalidMetadata(`${key} must be an https URL`);
  }
  if (Array.isArray(contacts)) {
    if (contacts.length > MAX_CONTACTS) throw invalidMetadata('contacts holds too many entries');
    if (contacts.some(contact => typeof contact === 'string' && contact.length > MAX_CONTACT_LENGTH))
      throw invalidMetadata('contacts holds an address that is too long');
  }
  const keys = (jwks as { keys?: unknown } | undefined)?.keys;
  if (Array.isArray(keys) && (keys.length > MAX_KEYS || JSON.stringify(jwks).length > 16_384)) {
    throw invalidMetadata('jwks is too large');
  }
}

export function isHttpsUrl(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_URI_LENGTH && URL.parse(value)?.protocol === 'https:';
}

/** What is wrong with a client's name; undefined: nothing. */
export function nameFault(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'client_name must be text';
  if ([...name].length > MAX_NAME_LENGTH) return `client_name must not be longer than ${MAX_NAME_LENGTH}`;
  if (UNPRINTABLE.test(name) || PILED_MARKS.test(name))
    return 'client_name must not hold control characters, characters that turn the reading direction, or piles of combining marks';
  // NFKC can make many characters of one (U+FDFA: 18).
  const tidied = tidyName(name);
  // What is left of the format characters is drawn in some fonts and not in others.
  if (/\p{Cf}/u.test(tidied)) return 'client_name must not hold format characters';
  if (tidied === '') return 'client_name must be text that can be seen';
  if ([...tidied].length > MAX_NAME_LENGTH) return `client_name must not be longer than ${MAX_NAME_LENGTH}`;
  return undefined;
}
