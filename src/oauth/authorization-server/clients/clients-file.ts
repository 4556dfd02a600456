import { readFileSync } from 'node:fs';
import type { ClientMetadata, errors } from 'oidc-provider';
import { parse } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../../common/app-error.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { checkClient } from './client-policy.js';
import { isLoopbackUri } from './redirect-policy.js';

const clientSchema = z.strictObject({
  client_id: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1-200 visible characters'),
  client_name: z.string().min(1).max(100),
  redirect_uris: z.array(z.string()).min(1).max(10),
  /** Absent: a public client, by PKCE alone. */
  client_secret: z.string().min(16, 'must have at least 16 characters').max(400).optional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_basic', 'client_secret_post']).optional(),
  /** Tenants that know this client; absent: all. */
  tenants: z.array(z.string()).optional(),
});

const fileSchema = z.strictObject({ clients: z.array(clientSchema).max(1_000) });

/** Pre-registered clients, from CLIENTS_FILE (YAML or JSON): `{clients: [{client_id, client_name, redirect_uris, …}]}`. */
export function readClientsFile(file: string, tenant: string): ClientMetadata[] {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new AppError('INTERNAL', `CLIENTS_FILE ${file} can't be read.`, { expose: true, cause: error });
  }
  const read = fileSchema.safeParse(document);
  if (!read.success) {
    const [first] = read.error.issues;
    throw new AppError('INTERNAL', `CLIENTS_FILE is wrong at ${first?.path.join('.')}: ${first?.message}`, {
      expose: true,
    });
  }
  return read.data.clients
    .filter(client => client.tenants?.includes(tenant) !== false)
    .map(({ tenants: _tenants, ...client }) => ({
      ...client,
      token_endpoint_auth_method:
        client.token_endpoint_auth_method ?? (client.client_secret === undefined ? 'none' : 'client_secret_basic'),
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      application_type: client.redirect_uris.some(uri => isLoopbackUri(uri) || !/^https?:/.test(uri))
        ? 'native'
        : 'web',
    }));
}

/** Throws AppError that names the client and what is wrong with it. */
export function checkStaticClients(clients: readonly ClientMetadata[], tenant: Tenant): void {
  const seen = new Set<string>();
  for (const client of clients) {
    let fault = seen.has(client.client_id) ? 'is listed twice' : undefined;
    seen.add(client.client_id);
    try {
      checkClient({ ...client }, tenant.config);
    } catch (error) {
      fault = (error as errors.OIDCProviderError).error_description;
    }
    if (fault === undefined) continue;
    throw new AppError('INTERNAL', `CLIENTS_FILE: client ${client.client_id} of tenant ${tenant.name}: ${fault}.`, {
      expose: true,
    });
  }
}
