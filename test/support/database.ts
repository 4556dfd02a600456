import { randomBytes } from 'node:crypto';
import mssql from 'mssql';
import { DatabaseConfig } from '../../src/config/tenants/database.config.js';
import { LimitsConfig, TenantConfig } from '../../src/config/tenants/tenant.config.js';
import { Tenant } from '../../src/tenancy/tenant.js';
import type { Principal } from '../../src/common/principal.js';
import type { CallContext } from '../../src/database/call-context.js';

export interface TestDatabase {
  /** A SQL login. */
  readonly config: DatabaseConfig & { readonly user: string; readonly password: string };
  /** Runs a script as the administrator, outside the server under test. */
  execute(sql: string): Promise<void>;
  /** True against the embedded sandbox, false against a real SQL Server. */
  readonly sandbox: boolean;
  close(): Promise<void>;
}

/**
 * Opens a new database in the embedded sandbox, or on the server that TEST_MSSQL_URL names, where `close` drops it. If
 * the URL has a path, it names an existing database, which is used as it is. The seed `true` has fixed dates; `demo` is the
 * database of the demo.
 */
export async function openTestDatabase(options: { seed?: boolean | 'demo' } = {}): Promise<TestDatabase> {
  const url = process.env.TEST_MSSQL_URL;
  return url === undefined || url === ''
    ? openSandbox(options.seed ?? false)
    : openServer(new URL(url), options.seed ?? false);
}

/** The settings of a tenant on a sandbox, as its administrator. */
export function sandboxConfig({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): TestDatabase['config'] {
  return Object.assign(new DatabaseConfig(), {
    host,
    port,
    user: 'sa',
    password: 'Sandbox!2024',
    database: 'SandboxDb',
    trustServerCertificate: true,
  });
}

async function openSandbox(seed: boolean | 'demo'): Promise<TestDatabase> {
  const { startSandbox } = await import('tsql-sandbox');
  const sandbox = await startSandbox({ seed: seed === true ? 'sample' : seed || 'none' });
  const config = sandboxConfig(sandbox);
  const admin = await connect(config);
  return {
    config,
    sandbox: true,
    execute: sql => runScript(admin, sql),
    close: async () => {
      await admin.close();
      await sandbox.close();
    },
  };
}

async function openServer(url: URL, seed: boolean | 'demo'): Promise<TestDatabase> {
  const own = url.pathname.length <= 1;
  const database = own ? `mcp_test_${randomBytes(6).toString('hex')}` : url.pathname.slice(1);
  const config = Object.assign(new DatabaseConfig(), {
    host: url.hostname,
    port: Number(url.port || 1433),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    trustServerCertificate: true,
  });
  const master = own ? await connect({ ...config, database: 'master' }) : undefined;
  await master?.batch(`CREATE DATABASE [${database}]`);
  const admin = await connect(config);
  if (seed && own) {
    const { seedBatches } = await import('tsql-sandbox');
    for (const batch of seedBatches(seed === true ? 'shop' : seed)) await admin.batch(batch);
  }
  return {
    config,
    sandbox: false,
    execute: sql => runScript(admin, sql),
    close: async () => {
      await admin.close();
      // Closes the connections that are still open. Other engines with TDS may not have this statement, nor need it.
      await master?.batch(`ALTER DATABASE [${database}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE`).catch(() => {});
      await master?.batch(`DROP DATABASE [${database}]`);
      await master?.close();
    },
  };
}

/** A connection of the driver itself, outside the server under test. */
export function connect(config: DatabaseConfig): Promise<mssql.ConnectionPool> {
  return new mssql.ConnectionPool({
    server: config.host,
    port: config.port,
    user: config.user,
    password: config.password,
    database: config.database,
    options: { encrypt: true, trustServerCertificate: true },
    pool: { max: 1 },
  }).connect();
}

/** Runs the batches of a script, which lines with GO separate. */
async function runScript(admin: mssql.ConnectionPool, sql: string): Promise<void> {
  for (const batch of sql.split(/^\s*GO\s*$/im)) if (batch.trim() !== '') await admin.batch(batch);
}

export function testTenant(
  database: DatabaseConfig,
  settings: Partial<TenantConfig> = {},
  limits: Partial<LimitsConfig> = {},
): Tenant {
  const config = Object.assign(new TenantConfig(), {
    name: 'demo',
    database,
    ...settings,
    limits: Object.assign(new LimitsConfig(), limits),
  });
  return new Tenant(config, { publicUrl: 'http://127.0.0.1:8008' });
}

export function testPrincipal(subject = 'ann', more: Partial<Principal> = {}): Principal {
  return {
    subject,
    client: 'test-client',
    tenant: 'demo',
    scopes: new Set(['sql:read', 'sql:write']),
    highestScope: 'sql:write',
    mayExport: true,
    access: {},
    attributes: {},
    ...more,
  };
}

export function testCall(tenant: Tenant, more: Partial<CallContext> = {}): CallContext {
  return {
    tenant,
    principal: testPrincipal(),
    requestId: randomBytes(4).toString('hex'),
    signal: new AbortController().signal,
    ...more,
  };
}
