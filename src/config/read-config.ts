import { isIP } from 'node:net';
import { LOOPBACK_HOSTS } from '../common/loopback.js';
import { Environment, type RawEnvironment, withEnvFile } from './environment.js';
import { Faults } from './faults.js';
import { type LogLevel, ServerConfig } from './server.config.js';
import {
  type ConfirmWrites,
  DatabaseConfig,
  HOST_PATTERN,
  HOST_RULE,
  LimitsConfig,
  type ResultFormat,
  SCHEME_PATTERN,
  SCHEME_RULE,
  TENANT_PATH_RULE,
  TenantConfig,
  isTenantName,
} from './tenant.config.js';
import { readTenantsFile, type TenantDefaults, validateTenant } from './tenants-file.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);
const DEFAULT_USERS_FILE = 'var/users.json';
const DEFAULT_ORIGINS = ['https://claude.ai', 'https://claude.com', 'https://chatgpt.com', 'https://vscode.dev'];

/** Which variable stands behind a property of the single tenant, for messages. */
const VARIABLE_OF: Readonly<Record<string, string>> = {
  name: 'ENVIRONMENT_PATH',
  'database.host': 'MSSQL_HOST',
  'database.port': 'MSSQL_PORT',
  'database.user': 'MSSQL_USER',
  'database.password': 'MSSQL_PASSWORD',
  'database.database': 'MSSQL_DATABASE',
  'database.entraTenantId': 'MSSQL_ENTRA_TENANT_ID',
};

/** The configuration of this process, from its environment and `.env`. Throws ConfigError. */
export function readProcessConfig(): ServerConfig {
  return readConfig(withEnvFile(process.env));
}

/** USERS_FILE alone, for the command line: the rest of the configuration need not be complete. Throws ConfigError. */
export function readUsersFilePath(raw: RawEnvironment = withEnvFile(process.env)): string {
  const faults = new Faults();
  const file = usersFileOf(new Environment(raw, faults));
  faults.throwIfAny();
  return file;
}

/** Throws ConfigError with every fault at once. */
export function readConfig(raw: RawEnvironment): ServerConfig {
  const faults = new Faults();
  const env = new Environment(raw, faults);
  const notices: string[] = [];
  const production = env.text('NODE_ENV') === 'production';
  const host = env.string('SERVER_HOST', '0.0.0.0');
  const port = env.integer('SERVER_PORT', 8008, 0, 65535);
  const publicUrl = readPublicUrl(env, faults, notices, { production, host, port });
  const tenantsFile = env.text('TENANTS_FILE');
  const defaults = readTenantDefaults(env, faults);
  const tenants =
    tenantsFile === undefined
      ? [readSingleTenant(env, faults, notices, defaults)]
      : readTenantsFile(tenantsFile, env, faults, defaults);
  const defaultTenant = env.text('DEFAULT_TENANT')?.replace(/^\//, '');
  if (defaultTenant !== undefined && !tenants.some(t => t.name === defaultTenant)) {
    faults.add('DEFAULT_TENANT', `must name one of the tenants: ${tenants.map(t => t.name).join(', ')}`);
  }
  const config: ServerConfig = {
    production,
    host,
    port,
    publicUrl,
    logLevel: readLogLevel(env),
    metricsPort: env.integer('METRICS_PORT', 9464, 0, 65535),
    tenants,
    defaultTenant,
    adoptsPath: tenantsFile === undefined && env.text('ENVIRONMENT_PATH') === undefined,
    trustedProxies: readAddresses(env, faults, 'TRUSTED_PROXIES', ['127.0.0.0/8', '::1/128']),
    allowedOrigins: readOrigins(env, faults, publicUrl),
    stateStore: readStateStore(env, faults),
    stateKey: readStateKey(env, faults, production),
    cimdAllowedHosts: readHosts(env, faults, 'CIMD_ALLOWED_HOSTS', [
      'claude.ai',
      'claude.com',
      'chatgpt.com',
      'openai.com',
      'vscode.dev',
    ]),
    usersFile: usersFileOf(env),
    clientsFile: env.text('CLIENTS_FILE'),
    demoPassword: env.text('DEMO_PASSWORD'),
    allowUnauthMethods: env.boolean('ALLOW_UNAUTH_METHODS', false),
    allowUnauthToolsCall: env.boolean('ALLOW_UNAUTH_TOOLS_CALL', false),
    maxStreams: env.integer('MAX_STREAMS', 10_000, 1, 1_000_000),
    maxStreamsPerPrincipal: env.integer('MAX_STREAMS_PER_PRINCIPAL', 32, 1, 100_000),
    auditFile: env.string('AUDIT_FILE', 'var/audit.jsonl'),
    notices,
  };
  if (production) refuseTestSwitches(config, faults);
  if (port !== 0 && port === config.metricsPort)
    faults.add(
      'METRICS_PORT',
      'must not be SERVER_PORT: the metrics have a port of their own, which no proxy publishes',
    );
  faults.throwIfAny();
  return Object.assign(new ServerConfig(), config);
}

function usersFileOf(env: Environment): string {
  return env.string('USERS_FILE', DEFAULT_USERS_FILE);
}

/** What every tenant has unless TENANTS_FILE says otherwise. */
function readTenantDefaults(env: Environment, faults: Faults): TenantDefaults {
  const { allowedRedirectHosts, allowedRedirectSchemes } = new TenantConfig();
  return {
    requireReadonlyLogin: env.boolean('REQUIRE_READONLY_LOGIN', false),
    limits: Object.assign(new LimitsConfig(), {
      queryTimeoutMs: env.integer('QUERY_TIMEOUT_MS', 30_000, 100, 3_600_000),
      maxRows: env.integer('MAX_ROWS', 1_000, 1, 10_000_000),
      maxResultBytes: env.integer('MAX_RESULT_BYTES', 120_000, 1_000, 1_000_000_000),
      poolMax: env.integer('POOL_MAX', 16, 1, 256),
    }),
    format: env.oneOf<ResultFormat>('RESULT_FORMAT', 'compact', ['compact', 'objects', 'csv', 'markdown']),
    confirmWrites: env.oneOf<ConfirmWrites>('CONFIRM_WRITES', 'when_possible', ['when_possible', 'true', 'false']),
    allowMultipleStatements: env.boolean('ALLOW_MULTIPLE_STATEMENTS', false),
    allowThreePartNames: env.boolean('ALLOW_THREE_PART_NAMES', false),
    auditStatementText: env.boolean('AUDIT_STATEMENT_TEXT', true),
    allowedRedirectHosts: [...readHosts(env, faults, 'ALLOWED_REDIRECT_HOSTS', allowedRedirectHosts)],
    allowedRedirectSchemes: [...readSchemes(env, faults, allowedRedirectSchemes)],
  };
}

function readSingleTenant(env: Environment, faults: Faults, notices: string[], defaults: TenantDefaults): TenantConfig {
  if (env.text('MSSQL_DRIVER') !== undefined)
    notices.push('MSSQL_DRIVER is ignored: this server speaks TDS itself and needs no ODBC driver.');
  if (env.boolean('Trusted_Connection', false)) {
    faults.add(
      'Trusted_Connection',
      '=yes (Windows integrated sign-in) is not available here. Use a SQL login, an NTLM domain user (MSSQL_AUTHENTICATION=ntlm, MSSQL_USER=DOMAIN\\name) or Entra ID (MSSQL_AUTHENTICATION=entra)',
    );
  }
  const path = env.text('ENVIRONMENT_PATH');
  const name = path?.replace(/^\//, '');
  const named = name !== undefined && isTenantName(name);
  if (path !== undefined && !named) faults.add('ENVIRONMENT_PATH', TENANT_PATH_RULE);
  const tenant = Object.assign(new TenantConfig(), defaults, {
    name: named ? name : 'default',
    atRoot: path === undefined,
    database: readDatabase(env),
    // Of the one tenant only: each of a file's says itself whether it may write.
    readOnly: env.boolean('READ_ONLY_MODE', true),
  });
  for (const required of ['MSSQL_HOST', 'MSSQL_USER', 'MSSQL_PASSWORD', 'MSSQL_DATABASE'] as const) {
    if (env.text(required) === undefined) faults.add(required, 'is not set (or set TENANTS_FILE for several tenants)');
  }
  // A missing variable was named above; "must not be empty" beside it would say it twice.
  const stand = Object.assign(new DatabaseConfig(), tenant.database);
  for (const key of ['host', 'user', 'password', 'database'] as const) stand[key] ||= key === 'user' ? '-\\-' : '-';
  validateTenant(
    Object.assign(new TenantConfig(), tenant, { database: stand }),
    faults,
    keys => VARIABLE_OF[keys.join('.')] ?? keys.join('.'),
  );
  return tenant;
}

function readDatabase(env: Environment): DatabaseConfig {
  return Object.assign(new DatabaseConfig(), {
    host: env.string('MSSQL_HOST', ''),
    port: env.integer('MSSQL_PORT', 1433, 1, 65535),
    user: env.string('MSSQL_USER', ''),
    password: env.string('MSSQL_PASSWORD', ''),
    database: env.string('MSSQL_DATABASE', ''),
    encrypt: env.boolean('MSSQL_ENCRYPT', true),
    trustServerCertificate: env.boolean('TrustServerCertificate', false),
    authentication: env.oneOf('MSSQL_AUTHENTICATION', 'sql', ['sql', 'ntlm', 'entra']),
    ...(env.text('MSSQL_ENTRA_TENANT_ID') === undefined ? {} : { entraTenantId: env.text('MSSQL_ENTRA_TENANT_ID') }),
  });
}

function readPublicUrl(
  env: Environment,
  faults: Faults,
  notices: string[],
  { production, host, port }: Pick<ServerConfig, 'production' | 'host' | 'port'>,
): string {
  const listens = isIP(host) === 6 ? `[${host}]` : host;
  const fallback = `http://${LOOPBACK_HOSTS.has(listens) ? listens : '127.0.0.1'}:${port}`;
  const value = env.text('PUBLIC_URL');
  if (value === undefined) {
    if (!LOOPBACK_HOSTS.has(listens) && !EVERY_ADDRESS.has(host))
      notices.push(`PUBLIC_URL is not set: clients would look at ${fallback}, and SERVER_HOST listens elsewhere only.`);
    if (production)
      faults.add(
        'PUBLIC_URL',
        'is required in production: the https origin that clients see, like https://mcp.example.com',
      );
    return fallback;
  }
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    faults.add('PUBLIC_URL', 'must be an origin like https://mcp.example.com');
    return fallback;
  }
  const loopback = LOOPBACK_HOSTS.has(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))
    faults.add('PUBLIC_URL', 'must begin with https:// (http only for a loopback address)');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    faults.add('PUBLIC_URL', 'must be an origin alone, without path, query or credentials');
  }
  return url.origin;
}

function readLogLevel(env: Environment): LogLevel {
  if (env.boolean('DEBUG_MODE', false)) return 'debug';
  // Python's names are accepted: the users' older .env files have them.
  const value = env.text('LOG_LEVEL')?.toLowerCase();
  if (value === 'warning') return 'warn';
  if (value === 'critical') return 'fatal';
  return env.oneOf<LogLevel>('LOG_LEVEL', 'info', LOG_LEVELS);
}

function readAddresses(env: Environment, faults: Faults, name: string, fallback: readonly string[]): readonly string[] {
  const list = env.list(name, fallback);
  for (const item of list) {
    const [address = '', bits, ...more] = item.split('/');
    const family = isIP(address);
    const valid =
      family !== 0 &&
      more.length === 0 &&
      (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
    if (!valid) faults.add(name, 'must be IP addresses or ranges like 10.0.0.0/8, separated by commas');
  }
  return list;
}

function readOrigins(env: Environment, faults: Faults, publicUrl: string): readonly string[] {
  const list = env.list('ALLOWED_ORIGINS', DEFAULT_ORIGINS);
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      faults.add('ALLOWED_ORIGINS', 'must be origins like https://claude.ai, separated by commas');
  }
  return [...new Set([publicUrl, ...list])];
}

function readHosts(env: Environment, faults: Faults, name: string, fallback: readonly string[]): readonly string[] {
  const list = env.list(name, fallback);
  if (list.every(host => HOST_PATTERN.test(host))) return list;
  faults.add(name, `${HOST_RULE}, separated by commas`);
  return fallback;
}

function readSchemes(env: Environment, faults: Faults, fallback: readonly string[]): readonly string[] {
  const list = env.list('ALLOWED_REDIRECT_SCHEMES', fallback);
  if (list.every(scheme => SCHEME_PATTERN.test(scheme))) return list;
  faults.add('ALLOWED_REDIRECT_SCHEMES', `${SCHEME_RULE}, separated by commas`);
  return fallback;
}

function readStateStore(env: Environment, faults: Faults): string {
  const value = env.string('STATE_STORE', 'sqlite:var/state.db');
  if (!/^(sqlite:.+|rediss?:\/\/.+)$/.test(value))
    faults.add('STATE_STORE', 'must be sqlite:PATH or redis://HOST:PORT');
  return value;
}

function readStateKey(env: Environment, faults: Faults, production: boolean): Buffer | undefined {
  const value = env.text('STATE_KEY');
  if (value === undefined) {
    if (production)
      faults.add('STATE_KEY', 'is required in production: 32 random bytes in base64 or hex (openssl rand -base64 32)');
    return undefined;
  }
  const key = /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, 'hex') : Buffer.from(value, 'base64');
  if (key.length !== 32) faults.add('STATE_KEY', 'must be 32 bytes in base64 or hex (openssl rand -base64 32)');
  return key;
}

function refuseTestSwitches(config: ServerConfig, faults: Faults): void {
  if (config.allowUnauthMethods)
    faults.add('ALLOW_UNAUTH_METHODS', 'is for tests only and is refused when NODE_ENV=production');
  if (config.allowUnauthToolsCall)
    faults.add('ALLOW_UNAUTH_TOOLS_CALL', 'is for tests only and is refused when NODE_ENV=production');
}
