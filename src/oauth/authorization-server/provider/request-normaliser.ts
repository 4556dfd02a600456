import type { Request } from 'express';
import { type Provider, errors } from 'oidc-provider';
import { isObject } from '../../../common/is-object.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { MACHINE_GRANT } from '../clients/client-policy.js';
import { pinnedClient } from '../clients/pinned-clients.js';
import { tidyRegistration } from '../clients/registration.js';
import { isMediaType } from '../../../http/media-type.js';
import { readBody } from '../../../http/read-body.js';
import { redirectUriOfCode } from '../bridge/code-redirect.js';
import { bodyTooLarge } from '../bridge/provider-errors.js';
import { replaceBody } from '../bridge/replace-body.js';
import { canonicalResource, tidyScope } from './scopes.js';

const FORM = 'application/x-www-form-urlencoded';

/**
 * Corrects requests of real clients so that oidc-provider accepts them; every check stays with the provider. `path` is
 * without the tenant's prefix. Throws the provider's errors.
 */
export async function normaliseRequest(req: Request, path: string, tenant: Tenant, provider: Provider): Promise<void> {
  switch (`${req.method} ${path}`) {
    case 'GET /authorize':
      return normaliseAuthorize(req, tenant);
    case 'POST /register':
      return normaliseRegister(req, tenant);
    case 'POST /token':
      return normaliseToken(req, tenant, provider);
    case 'POST /revoke':
    case 'POST /introspect':
      return jsonToForm(req, async params => dropNeedlessAssertion(params, tenant));
    default:
  }
}

function normaliseAuthorize(req: Request, tenant: Tenant): void {
  const query = req.url.indexOf('?');
  const params = new URLSearchParams(query < 0 ? '' : req.url.slice(query + 1));
  // A repeated scope is an error, which the provider reports (RFC 6749 §3.1).
  if (params.getAll('scope').length <= 1) params.set('scope', tidyScope(params.get('scope') ?? undefined, tenant));
  const openid = params.get('scope')?.split(' ').includes('openid') === true;
  // Clients send OpenID Connect parameters without `openid`; they then have no meaning, and the provider rejects them.
  if (!openid) for (const name of ['nonce', 'max_age', 'acr_values', 'id_token_hint', 'claims']) params.delete(name);
  // The other modes need a script in the answer, or deliver it where only a script can read it.
  if (params.get('response_mode') !== 'query') params.delete('response_mode');
  canonicaliseResources(params, tenant);
  req.url = `${query < 0 ? req.url : req.url.slice(0, query)}?${params}`;
}

async function normaliseToken(req: Request, tenant: Tenant, provider: Provider): Promise<void> {
  await jsonToForm(req, async params => {
    canonicaliseResources(params, tenant);
    singleOutForeign(params, tenant);
    dropNeedlessAssertion(params, tenant);
    await completeRedirectUri(params, provider);
    // Clients repeat the scopes of their first request, offline_access and foreign ones included; only ours matter
    // here.
    const scope = params
      .get('scope')
      ?.split(/\s+/)
      .filter(name => name.startsWith('sql:'));
    if (params.getAll('scope').length > 1) return;
    if (params.get('grant_type') === MACHINE_GRANT) return params.set('scope', machineScope(scope));
    if (scope === undefined) return;
    if (scope.length === 0) params.delete('scope');
    else params.set('scope', scope.join(' '));
  });
}

/** Without a scope a machine client gets all that it may have; the provider leaves out the rest. */
function machineScope(asked: readonly string[] | undefined): string {
  return asked?.includes('sql:read') === true && !asked.includes('sql:write') ? 'sql:read' : 'sql:read sql:write';
}

async function normaliseRegister(req: Request, tenant: Tenant): Promise<void> {
  if (!isJson(req)) return;
  const body = await read(req);
  let sent: unknown;
  try {
    sent = JSON.parse(body.toString('utf8'));
  } catch {
    throw new errors.InvalidRequest('failed to parse the request body');
  }
  if (!isObject(sent)) throw new errors.InvalidRequest('client registration request must be a JSON object');
  replaceBody(req, Buffer.from(JSON.stringify(tidyRegistration(sent, tenant.config))), 'application/json');
}

/** `/token` also accepts a flat JSON object of strings. */
async function jsonToForm(req: Request, change?: (params: URLSearchParams) => Promise<void>): Promise<void> {
  const json = isJson(req);
  if (!json && !isMediaType(req.headers['content-type'], FORM)) return;
  const body = await read(req);
  const params = json ? formOfJson(body) : new URLSearchParams(body.toString('utf8'));
  await change?.(params);
  replaceBody(req, Buffer.from(params.toString()), FORM);
}

function formOfJson(body: Buffer): URLSearchParams {
  let sent: unknown;
  try {
    sent = JSON.parse(body.toString('utf8'));
  } catch {
    throw new errors.InvalidRequest('failed to parse the request body');
  }
  if (!isObject(sent)) throw new errors.InvalidRequest('the request body must be a JSON object of strings');
  const entries = Object.entries(sent).filter(([, value]) => value !== null);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    throw new errors.InvalidRequest('the request body must be a JSON object of strings');
  }
  return new URLSearchParams(entries);
}

/**
 * Of several resources the provider would use the first that was granted, and not notice a foreign one (RFC 8707 §2.2:
 * invalid_target). It refuses the foreign one alone.
 */
function singleOutForeign(params: URLSearchParams, tenant: Tenant): void {
  const foreign = params.getAll('resource').find(resource => !tenant.resources.includes(resource));
  if (foreign !== undefined) params.set('resource', foreign);
}

/**
 * ChatGPT prefers to sign (`private_key_jwt`), though its document also allows `none`. The built-in documents are public
 * clients without keys, because their hosts don't let every server fetch them: the signature proves nothing more than
 * PKCE and is left out.
 */
function dropNeedlessAssertion(params: URLSearchParams, tenant: Tenant): void {
  const assertion = params.get('client_assertion');
  if (assertion === null) return;
  // RFC 7523 §3: the subject is the client, which may be named nowhere else.
  const id = params.get('client_id') ?? subjectOf(assertion);
  if (id === undefined || pinnedClient(id, tenant.config) === undefined) return;
  params.set('client_id', id);
  params.delete('client_assertion');
  params.delete('client_assertion_type');
}

function subjectOf(jwt: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(jwt.split('.', 3)[1] ?? '', 'base64url').toString('utf8'));
    return isObject(payload) && typeof payload['sub'] === 'string' ? payload['sub'] : undefined;
  } catch {
    return undefined;
  }
}

async function completeRedirectUri(params: URLSearchParams, provider: Provider): Promise<void> {
  const code = params.get('code');
  if (params.get('grant_type') !== 'authorization_code' || code === null || !params.get('code_verifier')) return;
  // An empty parameter counts as one that was left out (RFC 6749 §3.2).
  if (params.getAll('redirect_uri').some(uri => uri !== '')) return;
  const redirectUri = await redirectUriOfCode(provider, code);
  if (redirectUri !== undefined) params.set('redirect_uri', redirectUri);
}

function canonicaliseResources(params: URLSearchParams, tenant: Tenant): void {
  const resources = params.getAll('resource');
  if (resources.length === 0) return;
  params.delete('resource');
  for (const resource of new Set(resources.map(value => canonicalResource(value, tenant)))) {
    params.append('resource', resource);
  }
}

async function read(req: Request): Promise<Buffer> {
  try {
    return await readBody(req);
  } catch {
    throw bodyTooLarge();
  }
}

const isJson = (req: Request): boolean => isMediaType(req.headers['content-type'], 'application/json', '+json');
