import { isMediaType } from '../../../http/media-type.js';
import type { RedirectRules } from './redirect-policy.js';
import { tidyRegistration } from './registration.js';

const MAX_DOCUMENT_BYTES = 10 * 1024;
const MAX_KEYS_BYTES = 32 * 1024;

/** What is wrong with a document that was fetched, in words that may be shown to anybody. */
export class DocumentRefusal extends Error {}

/**
 * Returns the document with the redirect URIs that the policy allows, as in a registration. Without an authentication
 * method, or with `none` among several, it is a public client: the provider's default would require a secret. Throws
 * DocumentRefusal. A key set (jwks_uri) is returned as it is.
 */
export async function readDocument(response: Response, id: string, rules: RedirectRules): Promise<Response> {
  // draft-ietf-oauth-client-id-metadata-document-02 §5: any other content type is an error.
  if (!isMediaType(response.headers.get('content-type') ?? undefined, 'application/json', '+json'))
    throw new DocumentRefusal('it is not served as JSON');
  const text = await readText(response);
  const client = parsed(text);
  if (Array.isArray(client['keys'])) return new Response(text, { status: 200, headers: cachingOf(response) });
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) throw new DocumentRefusal('it is larger than 10 kB');
  if (client['client_id'] !== id) throw new DocumentRefusal('its client_id is not its address');
  if ('client_secret' in client) throw new DocumentRefusal('it holds a secret');
  // MCP asks for client_name; without one a person could not tell who asks.
  if (typeof client['client_name'] !== 'string') throw new DocumentRefusal('it has no client_name');
  const tidied = tidyDocument(client, id, rules);
  return new Response(JSON.stringify(tidied), { status: 200, headers: cachingOf(response) });
}

function tidyDocument(client: Record<string, unknown>, id: string, rules: RedirectRules): Record<string, unknown> {
  const methods = client['token_endpoint_auth_methods_supported'];
  const method =
    Array.isArray(methods) && methods.includes('none') ? 'none' : (client['token_endpoint_auth_method'] ?? 'none');
  const { hostname } = new URL(id);
  const { jwks_uri: keys, ...more } = client;
  const hasKeys = keys !== undefined && keys !== null && keys !== '';
  const ownKeys = hasKeys && URL.parse(String(keys))?.host === hostname;
  if (hasKeys && !ownKeys && method !== 'none') throw new DocumentRefusal('its jwks_uri is on another host');
  const document = { ...more, ...(ownKeys ? { jwks_uri: keys } : {}), token_endpoint_auth_method: method };
  try {
    return { ...tidyRegistration(document, rules, hostname), client_id: id };
  } catch (error) {
    throw new DocumentRefusal((error as { error_description?: string }).error_description ?? 'it is not valid');
  }
}

function parsed(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DocumentRefusal('it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DocumentRefusal('it is not a JSON object');
  return value as Record<string, unknown>;
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > MAX_KEYS_BYTES) throw new DocumentRefusal('it is too large');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function cachingOf(response: Response): Headers {
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const name of ['cache-control', 'expires']) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
