import { IsOptional } from 'class-validator';
import type { Environment } from '../environment.js';
import { Faults } from '../faults.js';
import { readSettings, variablesSet } from '../read-settings.js';
import { ConnectionStringVariable, DatabaseConfig, completeDatabase } from './database.config.js';
import { TenantConfig, type TenantDefaults } from './tenant.config.js';
import { FROM_PROXY, IsEnvironmentPath } from './tenant-path.js';
import { IsFlag, IsText, rule } from '../validation/setting.decorators.js';
import { IsDatabaseList } from '../validation/tenant.decorators.js';
import { asFlag, asList, Variable, variablesOf } from '../variable.decorator.js';

const IsNotTrusted = () =>
  rule(
    'isNotTrusted',
    value => value !== true,
    'must not be yes: this server has no Windows integrated sign-in. Use a SQL login, an NTLM domain user (MSSQL_AUTHENTICATION=ntlm, MSSQL_USER=DOMAIN\\name) or Entra ID (MSSQL_AUTHENTICATION=managed-identity, workload-identity, azure-cli, default or entra)',
  );

/** What the environment says of the one tenant, and cannot say of those in TENANTS_FILE. */
class SingleTenantVariables {
  @Variable('ENVIRONMENT_PATH', text => (text === FROM_PROXY ? text : `/${text.replace(/^\//, '')}`))
  @IsOptional()
  @IsEnvironmentPath()
  path?: string;
  @Variable('READ_ONLY_MODE', asFlag) @IsFlag() readOnly: boolean = true;
  @Variable('KNOWLEDGE_FILE') @IsOptional() @IsText(4096) knowledge?: string;
  @Variable('MSSQL_DATABASES', asList) @IsDatabaseList() databases: string[] = [];
  @Variable('Trusted_Connection', asFlag) @IsNotTrusted() @IsFlag() trustedConnection: boolean = false;
}

export interface SingleTenant {
  readonly tenant: TenantConfig;
  /** ENVIRONMENT_PATH=from-proxy. */
  readonly adoptsPath: boolean;
}

/** `otherwise` names the setting that can stand in place of the database's. */
export function readSingleTenant(
  env: Environment,
  faults: Faults,
  defaults: TenantDefaults,
  otherwise = 'TENANTS_FILE',
): SingleTenant {
  const { path, readOnly, databases, knowledge } = readSettings(SingleTenantVariables, env, faults);
  const database = readDatabase(env, faults, otherwise);
  const adoptsPath = path === FROM_PROXY;
  const atRoot = path === undefined || adoptsPath;
  const name = atRoot ? 'default' : path.slice(1);
  const own = { name, atRoot, readOnly, databases, database, ...(knowledge === undefined ? {} : { knowledge }) };
  return { tenant: Object.assign(new TenantConfig(), defaults, own), adoptsPath };
}

function readDatabase(env: Environment, faults: Faults, otherwise: string): DatabaseConfig {
  const own = new Faults();
  const given = { ...variablesSet(DatabaseConfig, env), ...readSettings(ConnectionStringVariable, env, own) };
  const database = readSettings(DatabaseConfig, env, own, completeDatabase(given, variableName, own));
  faults.add(...own.all.map(fault => fault.replace(/ is not set\.$/, ` is not set. Set it, or ${otherwise}.`)));
  return database;
}

function variableName(property: string): string {
  const variables = { ...variablesOf(DatabaseConfig), ...variablesOf(ConnectionStringVariable) };
  return variables[property]?.name ?? property;
}
