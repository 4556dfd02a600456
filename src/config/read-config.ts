import { isLoopback } from '../common/loopback.js';
import { Environment, processEnvironment, type RawEnvironment } from './environment.js';
import { Faults } from './faults.js';
import { readAuditConfig } from './namespaces/audit.config.js';
import { readHttpConfig } from './namespaces/http.config.js';
import { readLogConfig } from './namespaces/log.config.js';
import { readMcpConfig } from './namespaces/mcp.config.js';
import { readMetricsConfig } from './namespaces/metrics.config.js';
import { readOAuthConfig, unauthenticatedAccess } from './namespaces/oauth.config.js';
import { readProxyConfig } from './namespaces/proxy.config.js';
import { readStateConfig } from './namespaces/state.config.js';
import { readTenantsConfig } from './namespaces/tenants.config.js';
import { readNamespace } from './read-settings.js';
import { ServerConfig } from './server.config.js';

const READERS = [
  readHttpConfig,
  readLogConfig,
  readMcpConfig,
  readOAuthConfig,
  readStateConfig,
  readAuditConfig,
  readMetricsConfig,
  readTenantsConfig,
  readProxyConfig,
] as const;
const LONG_GRACE_S = 600;
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The configuration of this process, from its environment and `.env`. Throws ConfigError. */
export function readProcessConfig(): ServerConfig {
  return readConfig(processEnvironment());
}

/** USERS_FILE alone, for the command line: the rest of the configuration need not be complete. Throws ConfigError. */
export function readUsersFilePath(raw: RawEnvironment = processEnvironment()): string {
  return readNamespace(readOAuthConfig, raw).usersFile;
}

/** Throws ConfigError with the faults of all namespaces. */
export function readConfig(raw: RawEnvironment): ServerConfig {
  const faults = new Faults();
  const env = new Environment(raw, faults);
  const config = Object.assign(new ServerConfig(), ...READERS.map(read => read(env, faults))) as ServerConfig;
  if (config.port !== 0 && config.port === config.metricsPort)
    faults.add('METRICS_PORT must not be SERVER_PORT. The metrics have a port of their own, which no proxy publishes.');
  faults.throwIfAny();
  return Object.assign(config, { notices: noticesOf(config, env) });
}

function noticesOf(config: ServerConfig, env: Environment): readonly string[] {
  const notices: string[] = [];
  const reachable = EVERY_ADDRESS.has(config.host) || isLoopback(config.host);
  if (env.text('PUBLIC_URL') === undefined && !reachable)
    notices.push(
      `PUBLIC_URL is not set. Clients would look at ${config.publicUrl}, but SERVER_HOST listens at another address.`,
    );
  const unauthenticated = unauthenticatedAccess(config, config.host);
  if (unauthenticated !== undefined) notices.push(unauthenticated);
  if (config.refreshReuseGrace > LONG_GRACE_S)
    notices.push(
      'REFRESH_REUSE_GRACE is longer than 10m. For that long nobody notices that a copy of a refresh token is used.',
    );
  if (config.auditKeep !== undefined && config.auditFile === 'stdout')
    notices.push('AUDIT_KEEP_DAYS has no effect with AUDIT_FILE=stdout. Set it where the log is kept.');
  if (env.text('EXPORT_DIRECTORY') !== undefined)
    notices.push('EXPORT_DIRECTORY is ignored: it is for stdio. People download exports by links here.');
  if (config.tenantsFile === undefined && env.text('MSSQL_DRIVER') !== undefined)
    notices.push('MSSQL_DRIVER is ignored: this server speaks TDS itself and needs no ODBC driver.');
  return notices;
}
