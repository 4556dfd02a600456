import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Environment, processVariables, type RawEnvironment, withEnvFile } from './environment.js';
import { ConfigError, Faults } from './faults.js';
import { readAuditConfig } from './namespaces/audit.config.js';
import { readExportConfig } from './namespaces/export.config.js';
import { readLogConfig } from './namespaces/log.config.js';
import { readProxyConfig, shareProxyVariables } from './namespaces/proxy.config.js';
import { readTenantDefaults } from './namespaces/tenants.config.js';
import { ServerConfig } from './server.config.js';
import { stateDirectory } from './state-directory.js';
import { readSingleTenant } from './tenants/single-tenant.js';

/** The name of the only tenant, in the audit trail and in the server's title. */
const STDIO_TENANT = 'stdio';
/** STATE_STORE: gone with the process, so that processes of one person share nothing. */
const IN_MEMORY = 'sqlite::memory:';

export interface StdioOptions {
  /** An mssql:// URL or an ADO.NET connection string, in place of MSSQL_CONNECTION_STRING. */
  readonly connection?: string | undefined;
  /** A file of variables; those of the process win. */
  readonly envFile?: string | undefined;
}

/**
 * The variables for stdio. `.env` is not read: a client starts the server in whatever project is open, and its `.env`
 * could allow writing or name another server. Throws ConfigError.
 */
export function stdioEnvironment({ connection, envFile }: StdioOptions): RawEnvironment {
  const own = processVariables();
  if (envFile !== undefined) {
    if (!existsSync(envFile)) throw new ConfigError([`--env-file names ${envFile}, which does not exist.`]);
    shareProxyVariables(own, envFile);
  }
  const env = envFile === undefined ? own : withEnvFile(own, envFile);
  if (connection === undefined) return env;
  return { ...env, MSSQL_CONNECTION_STRING: connection, MSSQL_CONNECTION_STRING_FILE: undefined };
}

/**
 * The configuration of a process that serves one person over stdio: the database, the limits, the log and the audit
 * trail. What belongs to HTTP and sign-in is not read. Throws ConfigError with all faults.
 */
export function readStdioConfig(raw: RawEnvironment): ServerConfig {
  const faults = new Faults();
  const env = new Environment(raw, faults);
  if (env.text('TENANTS_FILE') !== undefined)
    faults.add(
      'TENANTS_FILE is for the HTTP server. Remove it, and set MSSQL_CONNECTION_STRING: stdio has one database.',
    );
  const defaults = readTenantDefaults(env, faults);
  const { tenant } = readSingleTenant(env, faults, defaults, 'MSSQL_CONNECTION_STRING');
  const audit = readAuditConfig(env, faults);
  const files = readExportConfig(env, faults);
  if (tenant.exports && files.exportDirectory === undefined)
    faults.add('EXPORTS=true needs EXPORT_DIRECTORY over stdio: the directory that the files are written into.');
  if (tenant.deepResearch)
    faults.add(
      'DEEP_RESEARCH is for the HTTP server: what search finds has the address of a page. Remove it over stdio.',
    );
  const config = Object.assign(
    new ServerConfig(),
    readLogConfig(env, faults),
    readProxyConfig(env, faults),
    audit,
    files,
    {
      auditFile: auditFile(env.text('AUDIT_FILE') === undefined ? undefined : audit.auditFile, raw),
      // Nothing over stdio has a URL.
      publicUrl: '',
      tenants: [Object.assign(tenant, { name: STDIO_TENANT, atRoot: true })],
      stateStore: IN_MEMORY,
      // Cursors and confirmations are for this process only: another one must not accept an answer a second time.
      stateKey: randomBytes(32),
    },
  );
  faults.throwIfAny();
  return config;
}

/** Standard output has the protocol, so a trail that is to go there goes to standard error. */
function auditFile(set: string | undefined, raw: RawEnvironment): string {
  if (set === undefined) return path.join(stateDirectory(raw), 'audit.jsonl');
  return set === 'stdout' ? 'stderr' : set;
}
