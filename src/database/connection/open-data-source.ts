import { DataSource, type DataSourceOptions, QueryFailedError } from 'typeorm';
import type { SqlServerDriver } from 'typeorm/driver/sqlserver/SqlServerDriver.js';
import { type DatabaseConfig, endpointOf } from '../../config/tenants/database.config.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { isTransient } from '../sql-server.errors.js';
import type { AccessTokens } from './access-tokens.js';
import { connectTimeoutMs } from './waking-database.js';

/** The driver closes a connection whose server has not confirmed a cancel by then. */
const CANCEL_TIMEOUT_MS = 2_000;

/** Logs in and reads what TypeORM needs. When it throws, no connection is left open. */
export async function openDataSource(tenant: Tenant, tokens?: AccessTokens): Promise<DataSource> {
  try {
    return await connect(new DataSource(optionsOf(tenant, tokens)));
  } catch (error) {
    if (!(error instanceof QueryFailedError) || isTransient(error)) throw error;
  }
  // After the login TypeORM queries SCHEMA_NAME(), which entities need. A server may not know that function.
  const dataSource = new DataSource(optionsOf(tenant, tokens));
  (dataSource.driver as SqlServerDriver).searchSchema = 'dbo';
  return connect(dataSource);
}

/** TypeORM leaves its pool open when its own query after the login fails. */
async function connect(dataSource: DataSource): Promise<DataSource> {
  try {
    return await dataSource.initialize();
  } catch (error) {
    // Throws when there is no pool, because nothing could be opened. The first error tells more.
    await dataSource.driver.disconnect().catch(() => {});
    throw error;
  }
}

function optionsOf(tenant: Tenant, tokens: AccessTokens | undefined): DataSourceOptions {
  const { database, limits } = tenant.config;
  const { host, port, instance } = endpointOf(database);
  return {
    type: 'mssql',
    host,
    ...(port === undefined ? {} : { port }),
    database: database.database,
    ...credentialsOf(database, tokens),
    connectionTimeout: connectTimeoutMs(host),
    requestTimeout: limits.queryTimeoutMs,
    logging: false,
    pool: {
      max: limits.poolMax,
      min: 0,
      acquireTimeoutMillis: limits.poolWaitMs,
      idleTimeoutMillis: 60_000,
    },
    options: {
      // TypeORM declares a boolean and hands the value to tedious, which knows 'strict'.
      encrypt: database.encrypt as boolean,
      trustServerCertificate: database.trustServerCertificate,
      useUTC: true,
      cancelTimeout: CANCEL_TIMEOUT_MS,
      // What a DBA sees in sys.dm_exec_sessions.
      appName: `mssql-mcp-server/${tenant.name}`.slice(0, 128),
      readOnlyIntent: database.applicationIntent === 'readonly',
      multiSubnetFailover: database.multiSubnetFailover,
      ...(instance === undefined ? {} : { instanceName: instance }),
    },
    extra: { validateConnection: 'socket' },
  };
}

function credentialsOf({ authentication, user = '', password }: DatabaseConfig, tokens?: AccessTokens): object {
  if (tokens !== undefined) return { authentication: { type: 'token-credential', options: { credential: tokens } } };
  if (authentication !== 'ntlm') return { username: user, password };
  const [domain = '', userName = ''] = user.split('\\', 2);
  return { authentication: { type: 'ntlm', options: { domain, userName, password } } };
}
