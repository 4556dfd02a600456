import { invalidMetadata, invalidRedirects } from '../bridge/provider-errors.js';
import { imitationFault, tidyName } from './client-names.js';
import {
  MACHINE_GRANT,
  MACHINE_HINT,
  MAX_CONTACT_LENGTH,
  MAX_CONTACTS,
  isHttpsUrl,
  nameFault,
} from './client-policy.js';
import { type RedirectRules, isLoopbackUri, redirectFault, shown } from './redirect-policy.js';

const MAX_SENT_REDIRECT_URIS = 50;
/** The depth of a key with a certificate chain: jwks, keys, the key, its x5c. */
const MAX_DEPTH = 4;
/** How many refused redirect URIs an answer names. */
const MAX_NAMED = 3;

const GRANT_TYPES = ['authorization_code', 'refresh_token'];

/** The metadata that a registration may have; all other metadata is dropped before the provider sees it. */
const KEPT = new Set([
  'client_name',
  'client_uri',
  'contacts',
  'grant_types',
  'id_token_signed_response_alg',
  'jwks',
  'jwks_uri',
  'policy_uri',
  'redirect_uris',
  'response_types',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'tos_uri',
]);

/**
 * Returns the metadata to register, of a registration or of a metadata document (`documentHost`). Empty members, optional
 * ones that are unfit, redirect URIs that the policy forbids and grants that this server lacks are left out, as RFC 7591
 * §3.2.1 allows. Members that decide how the client authenticates are kept, however wrong: without them the client would
 * be registered as one that authenticates differently. Throws the provider's errors.
 */
export function tidyRegistration(
  sent: Record<string, unknown>,
  rules: RedirectRules,
  documentHost?: string,
): Record<string, unknown> {
  const client = Object.fromEntries(Object.entries(sent).filter(([key, value]) => KEPT.has(key) && !isEmpty(value)));
  dropUnfit(client);
  if (documentHost === undefined && client['jwks_uri'] !== undefined)
    throw invalidMetadata('jwks_uri is not supported in a registration. Send the keys themselves, as jwks.');
  // A few thousand levels would exhaust the stack when the metadata is serialised.
  if (!Object.values(client).every(value => isShallow(value, MAX_DEPTH)))
    throw invalidMetadata('metadata is nested too deeply');
  const uris = Array.isArray(client['redirect_uris']) ? allowedOf(client['redirect_uris'], rules) : [];
  if (Array.isArray(client['redirect_uris'])) client['redirect_uris'] = uris;
  const grants = client['grant_types'];
  if (Array.isArray(grants) && grants.every(type => type === MACHINE_GRANT)) throw invalidMetadata(MACHINE_HINT);
  client['grant_types'] = kept(client['grant_types'] ?? GRANT_TYPES, GRANT_TYPES, 'grant_types');
  client['response_types'] = kept(client['response_types'] ?? ['code'], ['code'], 'response_types');
  // RFC 8252 §7.3: only a native client may use another port of the loopback address.
  const native = uris.some(uri => isLoopbackUri(uri) || !/^https?:/.test(uri));
  client['application_type'] = native ? 'native' : 'web';
  if (client['client_name'] !== undefined) {
    const targets = documentHost === undefined ? uris.map(hostOf) : [documentHost];
    client['client_name'] = checkedName(client['client_name'], targets);
  }
  return client;
}

/** Throws the provider's error that says which rule forbids the URIs, when none is allowed. */
function allowedOf(uris: readonly unknown[], rules: RedirectRules): readonly string[] {
  if (uris.length > MAX_SENT_REDIRECT_URIS) throw invalidRedirects('holds too many URIs');
  const allowed = [...new Set(uris.filter((uri): uri is string => redirectFault(uri, rules) === undefined))];
  if (allowed.length > 0 || uris.length === 0) return allowed;
  const faults = uris.slice(0, MAX_NAMED).map(uri => `${shown(uri)} ${redirectFault(uri, rules)}`);
  const more = uris.length > MAX_NAMED ? `; and ${uris.length - MAX_NAMED} more` : '';
  throw invalidRedirects(`holds none that this server allows: ${faults.join('; ')}${more}`, uris[0]);
}

function checkedName(name: unknown, targets: readonly (string | undefined)[]): string {
  const fault = nameFault(name);
  if (fault !== undefined) throw invalidMetadata(fault);
  const imitation = imitationFault(name as string, targets);
  if (imitation !== undefined) throw invalidMetadata(`client_name ${imitation}. Choose another name.`);
  return tidyName(name as string);
}

/** Removes the optional members that the provider would refuse, so that a client isn't kept out by an ornament. */
function dropUnfit(client: Record<string, unknown>): void {
  for (const key of ['client_uri', 'policy_uri', 'tos_uri']) if (!isHttpsUrl(client[key])) delete client[key];
  const contacts = Array.isArray(client['contacts']) ? client['contacts'].filter(isContact).slice(0, MAX_CONTACTS) : [];
  if (contacts.length > 0) client['contacts'] = contacts;
  else delete client['contacts'];
  if (client['id_token_signed_response_alg'] !== 'ES256') delete client['id_token_signed_response_alg'];
  // It says how the client signs what only this method sends.
  if (client['token_endpoint_auth_method'] !== 'private_key_jwt') delete client['token_endpoint_auth_signing_alg'];
  for (const key of ['grant_types', 'response_types']) if (!Array.isArray(client[key])) delete client[key];
}

/** As oidc-provider wants it. */
const CONTACT = /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$/;

function isContact(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_CONTACT_LENGTH && CONTACT.test(value);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (typeof value !== 'object') return false;
  // Every array has a method `keys`.
  if (Array.isArray(value)) return value.length === 0;
  const { keys, ...more } = value as { keys?: unknown };
  return Object.keys(more).length === 0 && (keys === undefined || (Array.isArray(keys) && keys.length === 0));
}

/** The host that a person knows the client by; undefined: an application on this device. */
function hostOf(uri: string): string | undefined {
  const url = new URL(uri);
  return url.protocol === 'https:' ? url.hostname : undefined;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every(inner => isShallow(inner, levels - 1));
}

function kept(values: unknown, known: readonly string[], label: string): unknown[] {
  const left = known.filter(value => (values as readonly unknown[]).includes(value));
  if (left.length === 0) throw invalidMetadata(`${label} holds none that this server supports (${known.join(', ')})`);
  return left;
}
