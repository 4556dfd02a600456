import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { parse } from 'yaml';
import type { Environment } from './environment.js';
import type { Faults } from './faults.js';
import { TenantConfig } from './tenant.config.js';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TENANTS = 500;

/** TENANTS_FILE: `{tenants: [{path: /demo, database: {…}, …}]}`, keys in snake_case, `${NAME}` from the environment. */
export function readTenantsFile(path: string, env: Environment, faults: Faults): TenantConfig[] {
  let document: unknown;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MAX_FILE_BYTES) throw new Error('it is larger than 1 MB');
    document = parse(bytes.toString('utf8'), { maxAliasCount: 100 });
  } catch (error) {
    faults.add('TENANTS_FILE', `can't be read: ${(error as Error).message.split('\n')[0]}`);
    return [];
  }
  const list = (document as { tenants?: unknown } | null)?.tenants;
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_TENANTS) {
    faults.add('TENANTS_FILE', `must hold a list "tenants" with 1 to ${MAX_TENANTS} entries`);
    return [];
  }
  const tenants = list.map((entry, index) => readTenant(entry, `tenants[${index}]`, env, faults));
  const seen = new Set<string>();
  for (const { name } of tenants) {
    if (seen.has(name)) faults.add('TENANTS_FILE', `names the path /${name} twice`);
    seen.add(name);
  }
  return tenants;
}

function readTenant(entry: unknown, where: string, env: Environment, faults: Faults): TenantConfig {
  const plain = camelCaseKeys(substitute(entry, where, env, faults)) as Record<string, unknown>;
  const { path, ...rest } = plain ?? {};
  if (typeof path !== 'string' || !path.startsWith('/')) faults.add(`${where}.path`, 'must be a path like /demo');
  // YAML reads `confirm_writes: true` as a boolean; the setting's three values are words.
  if (typeof rest['confirmWrites'] === 'boolean') rest['confirmWrites'] = String(rest['confirmWrites']);
  const tenant = plainToInstance(TenantConfig, { ...rest, name: typeof path === 'string' ? path.slice(1) : '' });
  validateTenant(tenant, where, faults);
  return tenant;
}

export function validateTenant(
  tenant: TenantConfig,
  where: string,
  faults: Faults,
  nameOf?: (path: readonly string[]) => string,
): void {
  const errors = validateSync(tenant, { whitelist: true, forbidNonWhitelisted: true });
  faults.addValidation(errors, nameOf ?? (path => [where, ...path.map(snakeCase)].join('.')));
  for (const [index, rule] of (tenant.access ?? []).entries()) {
    if ((rule?.user === undefined) === (rule?.group === undefined))
      faults.add(`${where}.access[${index}]`, 'needs either user or group');
    const attributes = Object.entries(rule?.attributes ?? {});
    if (
      attributes.length > 20 ||
      attributes.some(([key, value]) => !/^[A-Za-z_][A-Za-z0-9_.-]{0,100}$/.test(key) || typeof value !== 'string')
    ) {
      faults.add(`${where}.access[${index}].attributes`, 'must be at most 20 names with text values');
    }
  }
}

function substitute(value: unknown, where: string, env: Environment, faults: Faults): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_all, name: string) => {
      const found = env.text(name);
      if (found === undefined) faults.add(where, `uses \${${name}}, which the environment does not set`);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, `${where}[${index}]`, env, faults));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substitute(item, `${where}.${key}`, env, faults)]),
    );
  }
  return value;
}

/** Keys of settings, not of `attributes`, whose names are the administrator's own. */
function camelCaseKeys(value: unknown, ownNames = false): unknown {
  if (Array.isArray(value)) return value.map(item => camelCaseKeys(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      ownNames ? key : key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
      camelCaseKeys(item, key === 'attributes'),
    ]),
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}
