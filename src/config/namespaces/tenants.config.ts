import { registerAs } from '@nestjs/config';
import { IsOptional } from 'class-validator';
import { BrandConfig } from '../tenants/brand.config.js';
import type { Environment } from '../environment.js';
import { Faults } from '../faults.js';
import { readNamespace, readSettings, variablesSet } from '../read-settings.js';
import { readSingleTenant } from '../tenants/single-tenant.js';
import { LimitsConfig, type TenantConfig, TenantDefaults } from '../tenants/tenant.config.js';
import { TenantsFile } from '../tenants/tenants-file.js';
import { IsText } from '../validation/setting.decorators.js';
import { Variable } from '../variable.decorator.js';

/** The tenants of this process. */
export class TenantsConfig {
  readonly tenants: readonly TenantConfig[] = [];
  readonly defaultTenant: string | undefined = undefined;
  /** The brand of the environment, for pages that belong to no tenant. */
  readonly brand: BrandConfig = new BrandConfig();
  /** ENVIRONMENT_PATH=from-proxy: the tenant takes the path of a trusted proxy's first valid X-Environment-Path. */
  readonly adoptsPath: boolean = false;
  /** TENANTS_FILE, to be read again when it changes; undefined when the tenant comes from the environment. */
  readonly tenantsFile: TenantsFile | undefined = undefined;
}

class TenantsVariables {
  @Variable('TENANTS_FILE') @IsOptional() @IsText(4096) tenantsFile?: string;
  @Variable('DEFAULT_TENANT', text => text.replace(/^\//, '')) @IsOptional() @IsText(64) defaultTenant?: string;
}

export function readTenantsConfig(env: Environment, faults: Faults): TenantsConfig {
  const { tenantsFile: path, defaultTenant } = readSettings(TenantsVariables, env, faults);
  const defaults = readTenantDefaults(env, faults);
  const tenantsFile = path === undefined ? undefined : new TenantsFile(path, env, defaults);
  const single = tenantsFile === undefined ? readSingleTenant(env, faults, defaults) : undefined;
  const tenants = single === undefined ? (tenantsFile?.readInto(faults) ?? []) : [single.tenant];
  if (defaultTenant !== undefined && !tenants.some(({ name }) => name === defaultTenant))
    faults.add(`DEFAULT_TENANT must name one of the tenants: ${tenants.map(({ name }) => name).join(', ')}.`);
  const adoptsPath = single?.adoptsPath === true;
  const { brand } = defaults;
  return Object.assign(new TenantsConfig(), { tenants, defaultTenant, brand, adoptsPath, tenantsFile });
}

/** A faulty default has one fault, and not one in each tenant. */
export function readTenantDefaults(env: Environment, faults: Faults): TenantDefaults {
  const own = new Faults();
  const plain = {
    ...variablesSet(TenantDefaults, env),
    limits: variablesSet(LimitsConfig, env),
    brand: variablesSet(BrandConfig, env),
  };
  const defaults = readSettings(TenantDefaults, env, own, plain);
  faults.add(...own.all);
  return own.all.length === 0 ? defaults : new TenantDefaults();
}

export const tenantsConfig = registerAs('tenants', () => readNamespace(readTenantsConfig));
