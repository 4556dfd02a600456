import 'reflect-metadata';
import { Transform } from 'class-transformer';
import { IsOptional, Matches, ValidateIf } from 'class-validator';
import { readConnectionString } from './connection-string.js';
import type { Faults } from '../faults.js';
import { Secret } from '../secret.decorator.js';
import { IsChoice, IsFlag, IsText, IsWholeNumber, rule } from '../validation/setting.decorators.js';
import { IsDatabaseUser } from '../validation/tenant.decorators.js';
import { asFlag, asNumber, asWord, Variable } from '../variable.decorator.js';

const AUTHENTICATIONS = ['sql', 'ntlm', 'entra'] as const;
const INTENTS = ['readwrite', 'readonly'] as const;
const DEFAULT_PORT = 1433;

const asEncryption = (text: string): unknown => (asWord(text) === 'strict' ? 'strict' : asFlag(text));

export class DatabaseConfig {
  /** A host, or `host\instance`. */
  @Variable('MSSQL_HOST')
  @Matches(/^(?:[^\s:,/]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/, {
    message: 'must be a host name or address, like sql.example.com or sql\\instance. The port has a setting of its own',
  })
  @IsText(255)
  host!: string;
  /** Without it 1433, or the port that the instance's browser service names. */
  @Variable('MSSQL_PORT', asNumber) @IsOptional() @IsWholeNumber(1, 65_535) port?: number;
  @Variable('MSSQL_USER') @IsDatabaseUser() @IsText(128) user!: string;
  @Variable('MSSQL_PASSWORD') @Secret() @IsText(256) password!: string;
  @Variable('MSSQL_DATABASE') @IsText(128) database!: string;
  /** `strict` is TDS 8.0: TLS before the first byte of TDS, and the certificate is always verified. */
  @Variable('MSSQL_ENCRYPT', asEncryption)
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
  /** `sql` login, `ntlm` (user is `DOMAIN\name`), or an Entra ID application (`user` is its client id, `password` its secret). */
  @Variable('MSSQL_AUTHENTICATION', asWord)
  @IsChoice(AUTHENTICATIONS)
  authentication: (typeof AUTHENTICATIONS)[number] = 'sql';
  /** Directory (tenant) id; only for `entra`. */
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
