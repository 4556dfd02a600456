import { readFileSync } from 'node:fs';
import type { ClientMetadata, errors } from 'oidc-provider';
import { parse } from 'yaml';
import { AppError } from '../../../common/app-error.js';
import { checkSettings, nameInFile, unknownSetting } from '../../../config/validation/check-settings.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import type { MachineClient } from '../../identity/machine-clients.js';
import { ClientEntry } from './client-entry.js';
import { checkClient } from './client-policy.js';
import { isLoopbackUri } from './redirect-policy.js';

const MAX_CLIENTS = 1_000;

/** The entries of CLIENTS_FILE that a tenant knows. Throws AppError with every fault. */
function entriesOf(file: string, tenant: string): readonly ClientEntry[] {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new AppError('INTERNAL', `CLIENTS_FILE ${file}: the file can't be read, or is not valid YAML.`, {
      expose: true,
      cause: error,
    });
  }
  const { clients, faults } = checked(document);
  if (faults.length > 0) {
    throw new AppError('INTERNAL', faults.map(fault => `CLIENTS_FILE: ${fault}`).join('\n'), { expose: true });
  }
  return clients.filter(client => client.tenants?.includes(tenant) !== false);
}

/**
 * Pre-registered clients, from CLIENTS_FILE (YAML or JSON): `{clients: [{client_id, client_name, redirect_uris, …}]}`.
 */
export function readClientsFile(file: string, tenant: string): ClientMetadata[] {
  return entriesOf(file, tenant).map(({ tenants: _tenants, scope: _scope, ...client }) => {
    const { grant_types, redirect_uris = [], client_secret, token_endpoint_auth_method } = client;
    return {
      ...client,
      redirect_uris,
      token_endpoint_auth_method:
        token_endpoint_auth_method ?? (client_secret === undefined ? 'none' : 'client_secret_basic'),
      grant_types: grant_types ?? ['authorization_code', 'refresh_token'],
      response_types: grant_types === undefined ? ['code'] : [],
      application_type: redirect_uris.some(uri => isLoopbackUri(uri) || !/^https?:/.test(uri)) ? 'native' : 'web',
    };
  });
}

/** The clients of the file that act for themselves. */
export function readMachineClients(file: string, tenant: string): readonly MachineClient[] {
  return entriesOf(file, tenant).flatMap(({ client_id: id, client_name: name, scope }) =>
    scope === undefined ? [] : [{ id, name, scope }],
  );
}

function checked(document: unknown): { clients: readonly ClientEntry[]; faults: readonly string[] } {
  const { clients, ...more } = (typeof document === 'object' ? (document ?? {}) : {}) as Record<string, unknown>;
  if (!Array.isArray(clients) || clients.length > MAX_CLIENTS) {
    return { clients: [], faults: [`it must hold a list "clients" of at most ${MAX_CLIENTS} clients.`] };
  }
  const faults = [
    ...Object.keys(more).map(key => unknownSetting(key, ['clients'])),
    ...(clients as unknown[]).flatMap((entry, index) => faultsOf(entry, ['clients', String(index)])),
  ];
  return { clients: clients as ClientEntry[], faults };
}

function faultsOf(entry: unknown, place: readonly string[]): readonly string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return [`${nameInFile(place)} must be a client with a client_id.`];
  }
  return checkSettings(ClientEntry, entry, path => nameInFile([...place, ...path])).faults;
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
    throw new AppError('INTERNAL', `CLIENTS_FILE: client "${client.client_id}" of tenant "${tenant.name}": ${fault}.`, {
      expose: true,
    });
  }
}
