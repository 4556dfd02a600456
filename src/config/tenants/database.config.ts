import 'reflect-metadata';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateIf } from 'class-validator';
import { readConnectionString } from './connection-string.js';
import type { Faults } from '../faults.js';
import { Secret } from '../secret.decorator.js';
import { isServer } from '../validation/network.decorators.js';
import { IsChoice, IsFlag, IsText, IsWholeNumber, rule } from '../validation/setting.decorators.js';
import { IsDatabaseUser } from '../validation/tenant.decorators.js';
import { asFlag, asNumber, asWord, Variable } from '../variable.decorator.js';

/** With these the server presents an access token of Entra ID instead of a password. */
const TOKEN_AUTHENTICATIONS = ['entra', 'managed-identity', 'workload-identity', 'azure-cli', 'default'] as const;
const AUTHENTICATIONS = ['sql', 'ntlm', ...TOKEN_AUTHENTICATIONS] as const;
/** The others get their identity from the machine; `user` may name which one. */
const WITH_PASSWORD: ReadonlySet<unknown> = new Set(['sql', 'ntlm', 'entra']);
const INTENTS = ['readwrite', 'readonly'] as const;
const DEFAULT_PORT = 1433;

/** Besides yes and no the words of ADO.NET and ODBC. */
const ENCRYPTION: Readonly<Record<string, boolean | 'strict'>> = { strict: 'strict', mandatory: true, optional: false };
const asEncryption = (text: string): unknown => ENCRYPTION[text.trim().toLowerCase()] ?? asFlag(text);

const NO_WINDOWS_SIGN_IN =
  'this server has no Windows integrated sign-in. Use sql with a SQL login, ntlm with DOMAIN\\name as the user, or Entra ID (managed-identity, workload-identity, azure-cli, default or entra)';
/** What people write for a sign-in as the account of the operating system. */
const WINDOWS_SIGN_IN: ReadonlySet<unknown> = new Set(['integrated', 'windows', 'kerberos', 'sspi', 'trusted']);

export class DatabaseConfig {
  /** A host, or `host\instance`. */
  @Variable('MSSQL_HOST')
  @rule(
    'isServer',
    isServer,
    'must be a host name or address, like sql.example.com or sql\\instance. The port has a setting of its own',
  )
  @rule(
    'isNoLocalDb',
    value => !/^\(localdb\)/i.test(String(value)),
    'names LocalDB, which has no TCP port. Use an instance of SQL Server',
  )
  @IsText(255)
  host!: string;
  /** Without it 1433, or the port that the instance's browser service names. */
  @Variable('MSSQL_PORT', asNumber) @IsOptional() @IsWholeNumber(1, 65_535) port?: number;
  /** A login, or a client id: of the application (`entra`), or of a user-assigned identity. */
  @Variable('MSSQL_USER')
  @ValidateIf((database: DatabaseConfig) => needsPassword(database) || database.user !== undefined)
  @IsDatabaseUser()
  @IsText(128)
  user?: string;
  @Variable('MSSQL_PASSWORD')
  @Secret()
  @ValidateIf((database: DatabaseConfig) => needsPassword(database) || database.password !== undefined)
  @IsText(256)
  password?: string;
  @Variable('MSSQL_DATABASE') @IsText(128) database!: string;
  /** `strict` is TDS 8.0: TLS before the first byte of TDS, and the certificate is always verified. */
  @Variable('MSSQL_ENCRYPT', asEncryption)
  @rule(
    'protectsToken',
    (value, { authentication }) => value !== false || !isToken(authentication),
    ({ object }) =>
      `must not be false when the authentication is ${(object as DatabaseConfig).authentication}: the access token would cross the network unencrypted`,
  )
  @rule('isEncryption', value => typeof value === 'boolean' || value === 'strict', 'must be true, false or strict')
  encrypt: boolean | 'strict' = true;
  @Variable('TrustServerCertificate', asFlag)
  @rule(
    'isFreeOfStrict',
    (value, { encrypt }) => value !== true || encrypt !== 'strict',
    'must not be true when the encryption is strict, which always verifies the certificate',
  )
  @IsFlag()
  trustServerCertificate: boolean = false;
  /**
   * `sql` login, `ntlm` (user is `DOMAIN\name`), an Entra ID application (`entra`: `user` is its client id, `password` its
   * secret), or an identity that the machine has.
   */
  @Variable('MSSQL_AUTHENTICATION', asWord)
  @rule(
    'isAuthentication',
    value => (AUTHENTICATIONS as readonly unknown[]).includes(value),
    ({ value }) =>
      WINDOWS_SIGN_IN.has(value)
        ? `must not be ${String(value)}: ${NO_WINDOWS_SIGN_IN}`
        : `must be one of ${AUTHENTICATIONS.join(', ')}`,
  )
  authentication: (typeof AUTHENTICATIONS)[number] = 'sql';
  /** Directory (tenant) id: required for `entra`; `azure-cli`, `workload-identity` and `default` take it too. */
  @Variable('MSSQL_ENTRA_TENANT_ID')
  @ValidateIf((database: DatabaseConfig) => database.authentication === 'entra' || database.entraTenantId !== undefined)
  @IsText(128, { message: 'must be the directory (tenant) id when the authentication is entra' })
  entraTenantId?: string;
  /** `readonly` lets an availability group's listener choose a readable secondary. */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? asWord(value) : value))
  @Variable('MSSQL_APPLICATION_INTENT', asWord)
  @IsChoice(INTENTS)
  applicationIntent: (typeof INTENTS)[number] = 'readwrite';
  /** Tries all addresses of the host at once, for an availability group across subnets. */
  @Variable('MSSQL_MULTI_SUBNET_FAILOVER', asFlag) @IsFlag() multiSubnetFailover: boolean = false;
}

export type TokenAuthentication = (typeof TOKEN_AUTHENTICATIONS)[number];

export function isToken(authentication: unknown): authentication is TokenAuthentication {
  return (TOKEN_AUTHENTICATIONS as readonly unknown[]).includes(authentication);
}

/** An unknown authentication, which is a fault of its own, needs none. */
function needsPassword({ authentication }: DatabaseConfig): boolean {
  return WITH_PASSWORD.has(authentication);
}

/** The variable beside those of `DatabaseConfig`; its parts become settings of that class before they are checked. */
export class ConnectionStringVariable {
  @Variable('MSSQL_CONNECTION_STRING') @Secret() @IsOptional() @IsText(4096) connectionString?: string;
}

/**
 * The settings of a database before they are checked, with the parts of its connection string and the default port. Adds
 * a fault for each part that is set a second time; `nameOf` gives the name of a setting as the administrator writes it.
 */
export function completeDatabase(
  settings: Readonly<Record<string, unknown>>,
  nameOf: (property: string) => string,
  faults: Faults,
): Record<string, unknown> {
  const { connectionString, ...own } = settings;
  const setting = nameOf('connectionString');
  const parts = typeof connectionString === 'string' ? readConnectionString(connectionString, setting, faults) : {};
  for (const property of Object.keys(parts).filter(name => own[name] !== undefined))
    faults.add(`${nameOf(property)} is set twice, by itself and in ${setting}. Remove one of them.`);
  const all: Record<string, unknown> = { ...parts, ...own };
  // As Microsoft's own clients write this machine.
  if (typeof all['host'] === 'string') all['host'] = all['host'].replace(/^(?:\.|\(local\))(?=\\|$)/i, 'localhost');
  // An instance without a port is looked up by its name.
  const named = typeof all['host'] === 'string' && all['host'].includes('\\');
  return named ? all : { port: DEFAULT_PORT, ...all };
}

/** Where to connect to: a port that is given wins over the instance's name, as in Microsoft's own clients. */
export function endpointOf({ host, port }: Pick<DatabaseConfig, 'host' | 'port'>): {
  readonly host: string;
  readonly port?: number;
  readonly instance?: string;
} {
  const [server = '', instance] = host.split('\\', 2);
  if (port !== undefined || instance === undefined) return { host: server, port: port ?? DEFAULT_PORT };
  return { host: server, instance };
}
