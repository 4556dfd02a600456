import type { Request } from 'express';
import { errors } from 'oidc-provider';
import { isObject } from '../../../common/is-object.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { tidyRegistration } from '../clients/client-policy.js';
import { readBody } from '../../../http/read-body.js';
import { bodyTooLarge } from '../bridge/provider-errors.js';
import { replaceBody } from '../bridge/replace-body.js';
import { canonicalResource, tidyScope } from './scopes.js';

const FORM = 'application/x-www-form-urlencoded';

/**
 * Corrects requests of real clients so that oidc-provider accepts them; every check stays with the provider. `path` is
 * without the tenant's prefix. Throws the provider's errors.
 */
export async function normaliseRequest(req: Request, path: string, tenant: Tenant): Promise<void> {
  switch (`${req.method} ${path}`) {
    case 'GET /authorize':
      return normaliseAuthorize(req, tenant);
    case 'POST /register':
      return normaliseRegister(req, tenant);
    case 'POST /token':
      return normaliseToken(req, tenant);
    case 'POST /revoke':
    case 'POST /introspect':
      return jsonToForm(req);
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

async function normaliseToken(req: Request, tenant: Tenant): Promise<void> {
  await jsonToForm(req, params => {
    canonicaliseResources(params, tenant);
    // Clients repeat the scopes of their first request, offline_access and foreign ones included; only ours matter
    // here.
    const scope = params
      .get('scope')
      ?.split(/\s+/)
      .filter(name => name.startsWith('sql:'));
    if (scope === undefined || params.getAll('scope').length > 1) return;
    if (scope.length === 0) params.delete('scope');
    else params.set('scope', scope.join(' '));
  });
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
async function jsonToForm(req: Request, change: (params: URLSearchParams) => void = () => undefined): Promise<void> {
  const json = isJson(req);
  if (!json && !(req.headers['content-type'] ?? '').toLowerCase().startsWith(FORM)) return;
  const body = await read(req);
  const params = json ? formOfJson(body) : new URLSearchParams(body.toString('utf8'));
  change(params);
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

const isJson = (req: Request): boolean => /^application\/(?:[\w.-]+\+)?json\b/i.test(req.headers['content-type'] ?? '');
