import { hash } from 'node:crypto';
import { secretsOf } from './secret.decorator.js';
import { NAMESPACES, namespaceOf, type ServerConfig } from './server.config.js';
import type { TenantConfig } from './tenants/tenant.config.js';
import { snakeCase } from './validation/check-settings.js';

export interface ConfigHash {
  readonly what: 'environment' | 'tenants_file';
  readonly sha256: string;
}

/** Plain objects, which only a program can have built, have no marks. */
const SECRET_NAME = /password|secret|key$/i;

/** The settings that hold for a tenant; `access` are its rules at this moment. */
interface TenantSettings {
  readonly config: Omit<TenantConfig, 'access'>;
  readonly access: TenantConfig['access'];
}

/** One hash for each source that the settings of the tenant come from. */
export function configHashes(config: ServerConfig, tenant: TenantSettings): readonly ConfigHash[] {
  const server = serverSettings(config);
  const own = { ...tenant.config, access: tenant.access };
  return config.tenantsFile === undefined
    ? [{ what: 'environment', sha256: settingsHash({ server, tenant: own }) }]
    : [
        { what: 'environment', sha256: settingsHash({ server }) },
        { what: 'tenants_file', sha256: settingsHash({ tenant: own }) },
      ];
}

/**
 * SHA-256, in hex, of the settings as JSON with sorted keys in snake_case. Secrets are left out: whoever can read the
 * audit trail could find a short password by trying.
 */
function settingsHash(settings: object): string {
  return hash('sha256', JSON.stringify(publicSettings(settings)), 'hex');
}

/** The settings of the whole process, wherever the tenants come from. */
function serverSettings(config: ServerConfig): readonly object[] {
  const { tenants: _tenants, ...namespaces } = NAMESPACES;
  const { defaultTenant, tenantsFile } = config;
  return [
    ...Object.values(namespaces).map(type => namespaceOf(config, type)),
    { defaultTenant, tenantsFile: tenantsFile?.path },
  ];
}

function publicSettings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(publicSettings);
  if (typeof value !== 'object' || value === null) return value;
  const secrets = secretsOf(value);
  const shown = (key: string, item: unknown) =>
    secrets[key] === undefined ? (SECRET_NAME.test(key) ? undefined : item) : secrets[key](item);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [snakeCase(key), publicSettings(shown(key, item))])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}
