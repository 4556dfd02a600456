import { type DatabaseConfig, endpointOf } from '../config/tenants/database.config.js';
import type { HttpConfig } from '../config/namespaces/http.config.js';
import { type DatabaseReport, DatabaseStatus } from '../database/connection/database-status.js';
import { TenantPools } from '../database/connection/tenant-pools.js';
import { otherDatabasesOf } from '../database/listed-databases.js';
import type { Tenant } from '../tenancy/tenant.js';
import { hasAttributes } from '../tenancy/access-attributes.js';
import { costGuard, PLAN_COSTS } from './cost.check.js';
import { GROUP_LIMIT, parallelPlans } from './parallelism.check.js';
import { userContext } from './session-context.check.js';
import { fault, type Finding, ok, warning } from './finding.js';

type Source = Awaited<ReturnType<TenantPools['dataSource']>>;

const SKEW_WARNING_S = 5;
/** No database of that name (911, 4060, 40532 in Azure), or no right to open it (916), or no default database (4064). */
const NO_SUCH_DATABASE: ReadonlySet<number> = new Set([911, 916, 4060, 4064, 40_532]);
const PROBE_TIMEOUT_MS = 10_000;

/** Returns one row: the clock, the login and the engine's own name and version. */
const FACTS = `SELECT SYSUTCDATETIME() AS now, SUSER_SNAME() AS login_name, @@VERSION AS version`;

interface Facts {
  readonly version: string;
  readonly now: Date;
  readonly login_name: string;
}

/** Checks the name, TLS, login, permissions and clock of one tenant's database. */
export class DatabaseChecks {
  constructor(
    private readonly pools: TenantPools,
    private readonly status: DatabaseStatus,
  ) {}

  async of(tenant: Tenant, { production }: HttpConfig): Promise<readonly Finding[]> {
    const subject = `${tenant.name}: database`;
    const { database } = tenant.config;
    let facts: Facts | undefined;
    let skew: number;
    let source: Source;
    try {
      source = await this.pools.dataSource(tenant);
      // The first query of a connection pays for its set-up, which would look like a clock that differs.
      await source.query('SELECT 1');
      const asked = Date.now();
      [facts] = await source.query<Facts[]>(FACTS);
      skew = (facts?.now.getTime() ?? 0) - (asked + Date.now()) / 2;
    } catch (error) {
      return [diagnose(subject, addressOf(database), error)];
    }
    if (facts === undefined)
      return [fault(subject, 'it answered without a row', 'Check that this address is a SQL Server.')];
    const status = await this.status.check(tenant, PROBE_TIMEOUT_MS);
    const { missing, loginReadOnly, sessionContext, unavailable, writable } = status;
    return [
      ok(subject, `${engineOf(facts.version)}, login ${facts.login_name}, database ${database.database}`),
      encryption(tenant, production),
      permissions(tenant, loginReadOnly),
      ...otherDatabasesOf(tenant).map(name => otherDatabase(tenant, name, { unavailable, writable })),
      ...(missing.length === 0 ? [] : [missingCapabilities(tenant, missing)]),
      ...(sessionContext === undefined ? [] : [userContext(tenant, sessionContext)]),
      ...(tenant.config.sessionContext && hasAttributes(tenant)
        ? [parallelPlans(tenant, await groupLimit(source))]
        : []),
      costGuard(tenant, status.costGuard, await planCosts(source)),
      clock(subject, skew),
    ];
  }
}

function addressOf(database: DatabaseConfig): string {
  const { host, port, instance } = endpointOf(database);
  return port === undefined ? `${host}\\${instance ?? ''}` : `${host}:${port}`;
}

async function groupLimit(source: Source): Promise<number | undefined> {
  const rows = await source.query<{ max_dop: number }[]>(GROUP_LIMIT).catch(() => []);
  return rows[0]?.max_dop;
}

/** Returns an empty list when Query Store can't be read. */
async function planCosts(source: Source): Promise<readonly string[]> {
  const rows = await source.query<{ cost: string }[]>(PLAN_COSTS).catch(() => []);
  return rows.map(({ cost }) => cost);
}

function permissions(tenant: Tenant, loginReadOnly: boolean | undefined): Finding {
  const subject = `${tenant.name}: permissions`;
  if (!tenant.config.readOnly) {
    return loginReadOnly === true
      ? warning(
          subject,
          'the tenant allows writing, but its login can only read',
          'Use scripts/sql/create-writer-login.sql, or set read_only: true.',
        )
      : ok(subject, 'the tenant allows writing, and its login can');
  }
  if (loginReadOnly === true) return ok(subject, 'read-only tenant with a login that can only read');
  const what = loginReadOnly === false ? 'its login could write' : 'the permissions of its login could not be read';
  const then = tenant.config.requireReadonlyLogin
    ? 'calls are refused, because the tenant requires a read-only login'
    : 'reads run in a transaction that is rolled back';
  const text = `the tenant is read-only, but ${what}; ${then}`;
  const todo =
    'Use a login that can only read (scripts/sql/create-readonly-login.sql); REQUIRE_READONLY_LOGIN=true then refuses any other login.';
  return tenant.config.requireReadonlyLogin ? fault(subject, text, todo) : warning(subject, text, todo);
}

/** One of the tenant's setting `databases`. */
function otherDatabase(
  tenant: Tenant,
  name: string,
  { unavailable, writable }: Pick<DatabaseReport, 'unavailable' | 'writable'>,
): Finding {
  const subject = `${tenant.name}: database ${name}`;
  if (unavailable.includes(name))
    return fault(
      subject,
      'it can not be opened: there is none of that name, it is offline, or the login has no user in it',
      'Check the setting databases (MSSQL_DATABASES), and run scripts/sql/create-readonly-login.sql for this database too.',
    );
  if (!tenant.config.readOnly || !writable.includes(name)) return ok(subject, 'it can be opened');
  const todo = 'Run scripts/sql/create-readonly-login.sql for this database too.';
  return tenant.config.requireReadonlyLogin
    ? fault(
        subject,
        'its login could write there; calls are refused, because the tenant requires a read-only login',
        todo,
      )
    : warning(subject, 'its login could write there; reads run in a transaction that is rolled back', todo);
}

function encryption(tenant: Tenant, production: boolean): Finding {
  const subject = `${tenant.name}: encryption`;
  const { encrypt, trustServerCertificate } = tenant.config.database;
  if (!encrypt) return warning(subject, 'the connection to the database is not encrypted', 'Set MSSQL_ENCRYPT=yes.');
  if (!trustServerCertificate) return ok(subject, 'encrypted, and the certificate is verified');
  const text = 'encrypted, but the certificate is not verified (TrustServerCertificate)';
  const todo =
    'Give SQL Server a certificate of your CA, name that CA in NODE_EXTRA_CA_CERTS, and set TrustServerCertificate=no.';
  return production ? warning(subject, text, todo) : ok(subject, text);
}

function missingCapabilities(tenant: Tenant, missing: readonly string[]): Finding {
  return warning(
    `${tenant.name}: capabilities`,
    `this server has no ${missing.join(', no ')}`,
    'docs/database-engines.md lists the consequences; without sp_set_session_context users with attributes are refused.',
  );
}

/** The first line of `@@VERSION`, without the date of the build: other engines that speak TDS name themselves there too. */
function engineOf(version: string): string {
  const [line = ''] = version.split(/[\r\n]/, 1);
  return line.replace(/\s+/g, ' ').trim().slice(0, 120);
}

/** `skew` in milliseconds. */
function clock(subject: string, skew: number): Finding {
  const seconds = Math.round(skew / 1000);
  return Math.abs(seconds) <= SKEW_WARNING_S
    ? ok(subject, 'its clock agrees with this machine')
    : warning(
        subject,
        `its clock differs by ${seconds} s from this machine's`,
        'Synchronise both with NTP: otherwise the audit trail and the database record different times.',
      );
}

interface DriverError {
  readonly code?: unknown;
  readonly number?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly originalError?: unknown;
}

/** Finds the driver's error in the chain of causes and explains it. The driver's own text may hold names, so it is not repeated. */
export function diagnose(subject: string, address: string, error: unknown): Finding {
  const chain = errorsOf(error);
  const has = (test: (e: DriverError) => boolean) => chain.some(test);
  const says = (pattern: RegExp) => has(e => typeof e.message === 'string' && pattern.test(e.message));
  const coded = (...codes: string[]) => has(e => typeof e.code === 'string' && codes.includes(e.code));
  // Before the others: the request for the token has errors of the network, too.
  if (coded('EFEDAUTH')) {
    return says(/token of another service/)
      ? fault(
          subject,
          `the server at ${address} asked for an access token that is not for a database`,
          'Check MSSQL_HOST: the server may not be what you think. No token was requested.',
        )
      : fault(
          subject,
          'Entra ID gave no access token',
          'Check MSSQL_AUTHENTICATION; docs/deployment.md, “Entra ID”, lists what each of its values needs.',
        );
  }
  if (coded('ENOTFOUND', 'EAI_AGAIN') || says(/ENOTFOUND|EAI_AGAIN/))
    return fault(subject, `the name in ${address} is not known to DNS`, 'Check MSSQL_HOST.');
  if (coded('EINSTLOOKUP'))
    return fault(
      subject,
      `the SQL Server Browser at ${address} does not answer, or does not know this instance`,
      'Start that service and open UDP 1434 in the firewall, or set MSSQL_PORT, which then counts instead of the name.',
    );
  if (says(/self.signed|unable to verify|certificate/i)) {
    return fault(
      subject,
      'its TLS certificate is not trusted',
      'Name its CA in NODE_EXTRA_CA_CERTS, or, on a network you trust, set TrustServerCertificate=yes.',
    );
  }
  if (says(/requires encryption/i))
    return fault(subject, `the server at ${address} requires TLS`, 'Set MSSQL_ENCRYPT=yes.');
  if (coded('EENCRYPT')) {
    return fault(
      subject,
      `the server at ${address} offers no TLS`,
      'Give it a certificate, or, on a network you trust, set MSSQL_ENCRYPT=no.',
    );
  }
  if (
    has(e => NO_SUCH_DATABASE.has(Number(e.number))) ||
    says(/cannot open (?:user default )?database|database .* does not exist/i)
  ) {
    return fault(
      subject,
      'there is no such database, or the login may not open it (4060)',
      'Check MSSQL_DATABASE, and that the login has a user in it.',
    );
  }
  if (has(e => e.number === 18456) || coded('ELOGIN')) {
    return fault(
      subject,
      'login refused (18456)',
      'Check MSSQL_USER and MSSQL_PASSWORD, and that the server allows SQL logins; its error log has the reason. An identity of Entra ID needs a user in the database (docs/deployment.md, “Entra ID”).',
    );
  }
  if (coded('ECONNREFUSED') || says(/ECONNREFUSED/))
    return fault(
      subject,
      `nothing listens at ${address}`,
      'Check MSSQL_PORT, and that TCP/IP is enabled in SQL Server Configuration Manager.',
    );
  if (coded('ETIMEOUT', 'ESOCKET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'))
    return fault(
      subject,
      `no connection to ${address}`,
      'Check the host, the port, and the firewall between this machine and the server.',
    );
  return fault(
    subject,
    'it can not be reached',
    'Look in the server’s log for “the database could not be reached”: type and error_code say what the driver met.',
  );
}

function errorsOf(error: unknown): readonly DriverError[] {
  const found: DriverError[] = [];
  const queue = [error];
  while (queue.length > 0 && found.length < 20) {
    const next = queue.shift();
    if (next === null || typeof next !== 'object') continue;
    const one = next as DriverError;
    found.push(one);
    queue.push(one.cause, one.originalError, ...((next as AggregateError).errors ?? []));
  }
  return found;
}
