import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { isObject } from '../../common/is-object.js';
import { type Environment, reasonOf } from '../environment.js';
import { Faults } from '../faults.js';
import { FileVersion } from '../file-version.js';
import { TenantConfig, type TenantDefaults, TenantEntry } from './tenant.config.js';
import { checkSettings, snakeCase } from '../validation/check-settings.js';
import { completeDatabase } from './database.config.js';
import { YamlSettings } from './yaml-settings.js';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TENANTS = 500;

/**
 * TENANTS_FILE: `{tenants: [{path: /demo, database: {…}, …}]}`, keys in snake_case, `${NAME}` from the environment.
 * `defaults` are the settings of a tenant that does not have its own.
 */
export class TenantsFile {
  private readonly version: FileVersion;

  constructor(
    readonly path: string,
    private readonly env: Environment,
    private readonly defaults: TenantDefaults,
  ) {
    this.version = new FileVersion(path);
  }

  /** Whether the file has another version than the one that was read last. */
  hasChanged(): boolean {
    return this.version.hasChanged();
  }

  /** Reads and checks the whole file. Throws ConfigError with every fault. */
  read(): readonly TenantConfig[] {
    const faults = new Faults();
    const tenants = this.readInto(faults);
    faults.throwIfAny();
    return tenants;
  }

  /** As `read`, for a caller that has other faults to list. */
  readInto(faults: Faults): readonly TenantConfig[] {
    const inFile = faults.in('TENANTS_FILE');
    this.version.accept();
    const document = parseFile(this.path, faults);
    if (document === undefined) return [];
    const { tenants: list, ...more } = isObject(document) ? document : {};
    if (!Array.isArray(list) || list.length === 0 || list.length > MAX_TENANTS) {
      faults.add(`TENANTS_FILE must hold a list "tenants" of 1 to ${MAX_TENANTS} tenants.`);
      return [];
    }
    for (const key of Object.keys(more)) {
      // As in compose files, `x-…` is a place for shared parts that anchors name.
      if (!key.startsWith('x-'))
        inFile.add(`unknown top-level key "${key}". Only "tenants" and keys that begin with "x-" are allowed.`);
    }
    const env = this.env.withFaults(faults);
    const tenants = list.map((entry, index) => this.readTenant(entry, `tenants[${index}]`, env, inFile));
    for (const name of repeated(tenants.map(tenant => tenant.name)))
      inFile.add(`two tenants have the path "/${name}".`);
    return tenants;
  }

  private readTenant(entry: unknown, place: string, env: Environment, inFile: Faults): TenantConfig {
    const path = isObject(entry) && typeof entry['path'] === 'string' ? entry['path'].slice(0, 100) : '';
    const faults = inFile.in(path.startsWith('/') ? `tenant "${path.slice(1)}"` : place);
    const plain = new YamlSettings(env, faults).read(entry, '');
    const { limits, brand, database, ...own } = isObject(plain) ? plain : {};
    const checked = checkSettings(TenantEntry, {
      ...this.defaults,
      ...own,
      ...(database === undefined
        ? {}
        : { database: isObject(database) ? completeDatabase(database, databaseKey, faults) : database }),
      limits: isObject(limits) ? { ...this.defaults.limits, ...limits } : (limits ?? this.defaults.limits),
      brand: isObject(brand) ? { ...this.defaults.brand, ...brand } : (brand ?? this.defaults.brand),
    });
    faults.add(...checked.faults);
    const { path: tenantPath, ...settings } = checked.settings;
    return Object.assign(new TenantConfig(), settings, { name: tenantPath?.slice(1) ?? '' });
  }
}

function databaseKey(property: string): string {
  return `database.${snakeCase(property)}`;
}

/** Undefined when a fault was added. The messages of parsers may quote the file, which may hold secrets. */
function parseFile(path: string, faults: Faults): unknown {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MAX_FILE_BYTES) {
      faults.add('TENANTS_FILE must not be larger than 1 MB.');
      return undefined;
    }
    return parse(bytes.toString('utf8'), { maxAliasCount: 100, merge: true }) ?? {};
  } catch (error) {
    const [start] = error instanceof YAMLParseError ? (error.linePos ?? []) : [];
    if (start !== undefined)
      faults.add(`TENANTS_FILE: line ${start.line}, column ${start.col}: this is not valid YAML (${reasonOf(error)}).`);
    else if (error instanceof ReferenceError)
      faults.add('TENANTS_FILE uses an anchor that is not defined, or too many aliases.');
    else faults.add(`TENANTS_FILE cannot be read (${reasonOf(error)}).`);
    return undefined;
  }
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => name !== '' && names.indexOf(name) !== index);
}
