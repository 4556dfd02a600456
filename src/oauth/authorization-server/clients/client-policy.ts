import { invalidMetadata, invalidRedirects } from '../bridge/provider-errors.js';
import { type RedirectRules, isAllowedRedirect, isLoopbackUri } from './redirect-policy.js';

const MAX_REDIRECT_URIS = 10;
const MAX_SENT_REDIRECT_URIS = 50;
const MAX_NAME_LENGTH = 100;
const MAX_KEYS = 10;
const MAX_CONTACTS = 5;
/** RFC 5321 §4.5.3.1.3, without the brackets. */
const MAX_CONTACT_LENGTH = 254;
/** The depth of a key with a certificate chain: jwks, keys, the key, its x5c. */
const MAX_DEPTH = 4;
const MAX_URI_LENGTH = 500;

/**
 * Control and format characters, among them those that turn the reading direction: a name must look like what it is.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Characters that are invisible, though Unicode calls some of them letters (U+3164, U+2800). */
const INVISIBLE = /[\s\u2800\p{Default_Ignorable_Code_Point}]/gu;
/** Many combining marks in a row cover the lines above and below; no script needs more than a few. */
const PILED_MARKS = /\p{M}{5}/u;

const GRANT_TYPES = ['authorization_code', 'refresh_token'];

/** The metadata that a registration may have; all other metadata is dropped before the provider sees it. */
const KEPT = new Set([
  'application_type',
  'client_name',
  'client_uri',
  'contacts',
  'grant_types',
  'id_token_signed_response_alg',
  'jwks',
  'policy_uri',
  'redirect_uris',
  'response_types',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'tos_uri',
]);

/**
 * Returns the metadata to register. Redirect URIs that the policy forbids and grants that this server lacks are left
 * out, as RFC 7591 §3.2.1 allows; when none is left, it throws one of the provider's errors.
 */
export function tidyRegistration(sent: Record<string, unknown>, rules: RedirectRules): Record<string, unknown> {
  const client = Object.fromEntries(Object.entries(sent).filter(([key]) => KEPT.has(key)));
  // A few thousand levels would exhaust the stack when the metadata is serialised.
  if (!Object.values(client).every(value => isShallow(value, MAX_DEPTH)))
    throw invalidMetadata('metadata is nested too deeply');
  if (Array.isArray(client['redirect_uris'])) {
    if (client['redirect_uris'].length > MAX_SENT_REDIRECT_URIS) throw invalidRedirects('holds too many URIs');
    const allowed = [...new Set(client['redirect_uris'].filter(uri => isAllowedRedirect(uri, rules)))];
    if (allowed.length === 0) throw invalidRedirects('holds none that this server allows');
    client['redirect_uris'] = allowed;
  }
  if (Array.isArray(client['grant_types'])) {
    client['grant_types'] = kept(client['grant_types'], GRANT_TYPES, 'grant_types');
  }
  if (Array.isArray(client['response_types'])) {
    client['response_types'] = kept(client['response_types'], ['code'], 'response_types');
  }
  // RFC 8252 §7.3: only a native client may use another port of the loopback address.
  const uris: unknown[] = Array.isArray(client['redirect_uris']) ? client['redirect_uris'] : [];
  const native = uris.some(uri => typeof uri === 'string' && (isLoopbackUri(uri) || !/^https?:/.test(uri)));
  client['application_type'] = native ? 'native' : 'web';
  return client;
}

/** Checks the limits for every client, at each load: registered, from a metadata document, or from a file. */
export function checkClient(client: Record<string, unknown>, rules: RedirectRules): void {
  const { client_name: name, redirect_uris: uris, jwks, contacts } = client;
  if (name !== undefined && typeof name !== 'string') throw invalidMetadata('client_name must be text');
  if (typeof name === 'string') {
    if (name.replace(INVISIBLE, '') === '') throw invalidMetadata('client_name must be text that can be seen');
    if ([...name].length > MAX_NAME_LENGTH)
      throw invalidMetadata(`client_name must not be longer than ${MAX_NAME_LENGTH}`);
    if (UNPRINTABLE.test(name) || PILED_MARKS.test(name))
      throw invalidMetadata('client_name must not hold control or formatting characters, or piles of combining marks');
  }
  if (Array.isArray(uris)) {
    if (uris.length > MAX_REDIRECT_URIS) throw invalidRedirects(`must not hold more than ${MAX_REDIRECT_URIS} URIs`);
    if (!uris.every(uri => isAllowedRedirect(uri, rules)))
      throw invalidRedirects('holds one this server does not allow');
  }
  for (const key of ['client_uri', 'policy_uri', 'tos_uri', 'logo_uri', 'jwks_uri'] as const) {
    const value = client[key];
    if (value === undefined) continue;
    const plain = typeof value === 'string' && value.length <= MAX_URI_LENGTH;
    if (!plain || URL.parse(value)?.protocol !== 'https:') throw invalidMetadata(`${key} must be an https URL`);
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

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every(inner => isShallow(inner, levels - 1));
}

function kept(values: readonly unknown[], known: readonly string[], label: string): unknown[] {
  const left = known.filter(value => values.includes(value));
  if (left.length === 0) throw invalidMetadata(`${label} holds none that this server supports (${known.join(', ')})`);
  return left;
}
