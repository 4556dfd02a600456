import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { parse } from 'yaml';
import type { Environment } from './environment.js';
import { type Faults, UNKNOWN_SETTING } from './faults.js';
import { TENANT_PATH_RULE, TenantConfig } from './tenant.config.js';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TENANTS = 500;
/** Of TenantConfig, and not a setting. */
const NOT_SETTINGS = new Set(['name', 'atRoot']);

export type TenantDefaults = Partial<Omit<TenantConfig, 'name' | 'atRoot' | 'database'>>;

/**
 * TENANTS_FILE: `{tenants: [{path: /demo, database: {…}, …}]}`, keys in snake_case, `${NAME}` from the environment. What a
 * tenant does not say is `defaults`.
 */
export function readTenantsFile(
  path: string,
  env: Environment,
  faults: Faults,
  defaults: TenantDefaults = {},
): TenantConfig[] {
  let document: unknown;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MAX_FILE_BYTES) throw new Error('it is larger than 1 MB');
    document = parse(bytes.toString('utf8'), { maxAliasCount: 100, merge: true });
  } catch (error) {
    faults.add('TENANTS_FILE', `can't be read: ${(error as Error).message.split('\n')[0]}`);
    return [];
  }
  const { tenants: list, ...more } = isMap(document) ? document : {};
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_TENANTS) {
    faults.add('TENANTS_FILE', `must hold a list "tenants" with 1 to ${MAX_TENANTS} entries`);
    return [];
  }
  for (const key of Object.keys(more)) {
    // As in compose files: a place for what anchors name.
    if (!key.startsWith('x-')) faults.add(`${key} in TENANTS_FILE`, 'stands beside "tenants", where no setting is');
  }
  const tenants = list.map((entry, index) => readTenant(entry, `tenants[${index}]`, env, faults, defaults));
  const seen = new Set<string>();
  for (const { name } of tenants) {
    if (name !== '' && seen.has(name)) faults.add('TENANTS_FILE', `names the path /${name} twice`);
    seen.add(name);
  }
  return tenants;
}

function readTenant(
  entry: unknown,
  where: string,
  env: Environment,
  faults: Faults,
  defaults: TenantDefaults,
): TenantConfig {
  const plain = new Reader(env, faults).read(entry, where);
  const { path, ...rest } = isMap(plain) ? plain : {};
  const name = typeof path === 'string' && path.startsWith('/') ? path.slice(1) : '';
  if (name === '') faults.add(`${where}.path`, TENANT_PATH_RULE);
  for (const key of Object.keys(rest)) {
    if (NOT_SETTINGS.has(key)) faults.add(`${where}.${snakeCase(key)}`, UNKNOWN_SETTING);
  }
  // YAML reads `confirm_writes: true` as a boolean; the setting's three values are words.
  if (typeof rest['confirmWrites'] === 'boolean') rest['confirmWrites'] = String(rest['confirmWrites']);
  if (isMap(rest['limits'])) rest['limits'] = { ...defaults.limits, ...rest['limits'] };
  const tenant = plainToInstance(TenantConfig, { ...defaults, ...rest, name, atRoot: false });
  validateTenant(tenant, faults, keys => {
    const [first, ...others] = keys;
    return placeOf(where, first === 'name' ? ['path'] : [first ?? '', ...others]);
  });
  return tenant;
}

/** `nameOf` turns a property path (`['database', 'host']`) into the name the reader wrote. */
export function validateTenant(
  tenant: TenantConfig,
  faults: Faults,
  nameOf: (path: readonly string[]) => string,
): void {
  const errors = validateSync(tenant, { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true });
  faults.addValidation(errors, nameOf);
  const { authentication, user, entraTenantId } = tenant.database ?? {};
  if (authentication === 'ntlm' && typeof user === 'string' && !user.includes('\\'))
    faults.add(nameOf(['database', 'user']), 'must be DOMAIN\\name for ntlm');
  if (authentication === 'entra' && entraTenantId === undefined)
    faults.add(nameOf(['database', 'entraTenantId']), 'is not set: the directory (tenant) id, for entra');
  for (const [index, rule] of (Array.isArray(tenant.access) ? tenant.access : []).entries()) {
    if (!isMap(rule)) continue;
    const here = ['access', String(index)];
    if ((rule.user === undefined) === (rule.group === undefined))
      faults.add(nameOf(here), 'needs either user or group');
    const attributes = Object.entries(rule.attributes ?? {});
    if (
      attributes.length > 20 ||
      // sp_set_session_context: a key has at most 128 bytes, a value 8,000, of UTF-16.
      attributes.some(
        ([key, value]) =>
          !/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/.test(key) || typeof value !== 'string' || value.length > 4000,
      )
    ) {
      faults.add(
        nameOf([...here, 'attributes']),
        'must be at most 20 names (of up to 64 letters, digits, _ . -) with text values (of up to 4000 characters)',
      );
    }
  }
}

/** An entry with `${NAME}` replaced and the keys of settings as properties. */
class Reader {
  constructor(
    private readonly env: Environment,
    private readonly faults: Faults,
  ) {}

  /** `within` holds what holds the value. */
  read(value: unknown, where: string, within: readonly unknown[] = [], ownNames = false): unknown {
    // `access:` with its rules commented out must not mean "no rules".
    if (value === null) return this.refuse(where, 'is empty: give it a value, or remove it');
    if (typeof value === 'string') return this.substitute(value, where);
    if (typeof value !== 'object') return value;
    if (within.includes(value)) return this.refuse(where, 'is an alias of what it stands in: that would never end');
    const deeper = [...within, value];
    if (Array.isArray(value))
      return value.map((item, index) => this.read(item, `${where}[${index}]`, deeper)).filter(isSaid);
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => {
          // `attributes` has names of the administrator's own.
          if (!ownNames && /[A-Z]/.test(key)) this.refuse(`${where}.${key}`, UNKNOWN_SETTING);
          const name = ownNames ? key : key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
          return [name, this.read(item, `${where}.${key}`, deeper, key === 'attributes')] as const;
        })
        .filter(([, item]) => isSaid(item)),
    );
  }

  private refuse(where: string, what: string): undefined {
    this.faults.add(where, what);
  }

  private substitute(text: string, where: string): string {
    return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_all, name: string) => {
      const found = this.env.text(name);
      if (found === undefined) this.faults.add(where, `uses \${${name}}, which the environment does not set`);
      // Something, so that "should not be empty" isn't said beside it.
      return found ?? '-';
    });
  }
}

const isSaid = (value: unknown) => value !== undefined;

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `tenants[0]`, [`access`, `1`, `tools`] → `tenants[0].access[1].tools` */
function placeOf(where: string, path: readonly string[]): string {
  return path.reduce((place, key) => (/^\d+$/.test(key) ? `${place}[${key}]` : `${place}.${snakeCase(key)}`), where);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}
