import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { logger } from '../../common/log.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { PooledSession } from '../driver/pooled-session.js';
import { catalogBatch, type ServerCapabilities } from './session-batch.js';
import { type LoginKnowledge, loginReport } from './login-report.js';
import { ProbeCache, type ProbeResult } from './probe-cache.js';
import { QueryEvents } from '../query-events.js';
import { otherDatabasesOf } from '../listed-databases.js';
import type { CellValue } from '../driver/result-set.js';
import { isTransient } from '../sql-server.errors.js';

const PROBE_TIMEOUT_MS = 10_000;
const RETRY_AFTER_TIMEOUT_MS = 30_000;

/**
 * Asks for a permission on the current database, which NULL stands for: a database name that contains a dot would be
 * read as two names. The result NULL counts as yes.
 */
const onDatabase = (permission: string): string =>
  `COALESCE(HAS_PERMS_BY_NAME(NULL, 'DATABASE', '${permission}'), HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', '${permission}'), 1) = 1`;

/**
 * HAS_PERMS_BY_NAME costs SQL Server some microseconds for each object, so it is asked only about objects that can
 * differ from their schema: those with a permission of their own that writes, or with an owner of their own. A login
 * sees the permissions of itself and of its roles, and of its Windows or Entra groups not always: such a login is asked
 * about every object. A SQL login has no groups.
 */
const EXCEPTIONS = `AND (o.principal_id IS NOT NULL OR o.object_id IN (SELECT p.major_id FROM sys.database_permissions AS p
      WHERE p.class = 1 AND p.type IN ('IN', 'UP', 'DL', 'CL') AND p.state IN ('G', 'W')))`;

/**
 * Returns one row: whether the login may write anywhere in this database, by a role of the server or the database, by a
 * permission on the database or a schema, on a table or view, or on some columns. EXECUTE doesn't count: the statement
 * policy refuses to execute procedures, and declared ones that only read run in a transaction that is rolled back.
 */
const permissionProbe = (objects: string): string => `SELECT CASE WHEN
  IS_SRVROLEMEMBER('sysadmin') = 1 OR IS_MEMBER('db_owner') = 1 OR IS_MEMBER('db_datawriter') = 1 OR IS_MEMBER('db_ddladmin') = 1
  OR ${['INSERT', 'UPDATE', 'DELETE', 'ALTER', 'CREATE TABLE'].map(onDatabase).join('\n  OR ')}
  OR EXISTS (SELECT 1 FROM sys.schemas AS s WHERE HAS_PERMS_BY_NAME(QUOTENAME(s.name), 'SCHEMA', 'INSERT') = 1
    OR HAS_PERMS_BY_NAME(QUOTENAME(s.name), 'SCHEMA', 'UPDATE') = 1
    OR HAS_PERMS_BY_NAME(QUOTENAME(s.name), 'SCHEMA', 'DELETE') = 1
    OR HAS_PERMS_BY_NAME(QUOTENAME(s.name), 'SCHEMA', 'ALTER') = 1)
  OR EXISTS (SELECT 1 FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id WHERE o.type IN ('U', 'V')
    ${objects}
    AND (HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'INSERT') = 1
      OR HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'UPDATE') = 1
      OR HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'DELETE') = 1))
  OR EXISTS (SELECT 1 FROM sys.database_permissions AS p
    JOIN sys.database_principals AS g ON g.principal_id = p.grantee_principal_id
    WHERE p.class = 1 AND p.minor_id > 0 AND p.type = 'UP' AND p.state IN ('G', 'W')
      AND (g.principal_id = DATABASE_PRINCIPAL_ID() OR IS_MEMBER(g.name) = 1))
  THEN 1 ELSE 0 END AS can_write`;

export const PROBE_OF_SQL_LOGIN = permissionProbe(EXCEPTIONS);
export const PROBE_OF_GROUP_MEMBER = permissionProbe('');

const log = logger('database');

/**
 * Whether each tenant's login can write. The database is asked at the first connection and again every ten minutes. A
 * login whose permissions can't be read counts as one that can write.
 */
@Injectable()
export class LoginPermissions {
  private readonly answers = new ProbeCache<LoginKnowledge>();
  /** The same for the other databases of a tenant, by tenant and database. */
  private readonly others = new ProbeCache<LoginKnowledge>();

  constructor(private readonly events: QueryEvents) {}

  /** Undefined while the database has not answered yet, or does not tell. */
  lastKnown(tenant: Tenant): boolean | undefined {
    const known = this.answers.lastValue(tenant.name);
    return known === undefined || known === 'unreadable' ? undefined : known === 'can_write';
  }

  /** The other databases of a tenant of which it is not known that the login cannot write there. */
  unconfirmed(tenant: Tenant): readonly string[] {
    return otherDatabasesOf(tenant).filter(name => this.others.latest(keyOf(tenant, name)) !== 'cannot_write');
  }

  /** The other databases of a tenant where the login can write. */
  writable(tenant: Tenant): readonly string[] {
    return otherDatabasesOf(tenant).filter(name => this.others.lastValue(keyOf(tenant, name)) === 'can_write');
  }

  /**
   * Whether the login can write in any of the tenant's databases. Throws AppError DATABASE_UNAVAILABLE when the tenant
   * requires a read-only login and the database does not confirm that it is one, or the login can write in another
   * database, and a driver's error when the connection is lost meanwhile.
   */
  async canWrite(tenant: Tenant, connection: PooledSession, capabilities: ServerCapabilities): Promise<boolean> {
    const known = await this.answers.get(tenant.name, () => this.probe(tenant, connection, capabilities));
    const elsewhere = await this.elsewhere(tenant, connection, capabilities);
    if (tenant.config.requireReadonlyLogin) {
      if (known !== 'cannot_write') throw known === 'can_write' ? writableLogin() : unknownPermissions(known);
      if (elsewhere.includes('can_write')) throw writableLogin();
    }
    return known !== 'cannot_write' || elsewhere.some(other => other !== 'cannot_write');
  }

  private async elsewhere(
    tenant: Tenant,
    connection: PooledSession,
    capabilities: ServerCapabilities,
  ): Promise<readonly (LoginKnowledge | undefined)[]> {
    const found: (LoginKnowledge | undefined)[] = [];
    for (const database of otherDatabasesOf(tenant)) {
      const probe = async (): Promise<ProbeResult<LoginKnowledge>> => {
        if (connection.isInDoubt) await connection.replace();
        const { result } = await readPermissions(tenant, connection, capabilities, database);
        const known = 'value' in result ? result.value : 'unanswered';
        if (known === 'can_write' && tenant.config.readOnly && this.others.lastValue(keyOf(tenant, database)) !== known)
          log.warn(
            { tenant: tenant.name, database },
            'the database login of this read-only tenant can write in another of its databases',
          );
        // A database that can't be opened now may be opened soon.
        return known === 'unreadable' ? { retryAfterMs: RETRY_AFTER_TIMEOUT_MS } : result;
      };
      found.push(await this.others.get(keyOf(tenant, database), probe));
    }
    return found;
  }

  private async probe(
    tenant: Tenant,
    connection: PooledSession,
    capabilities: ServerCapabilities,
  ): Promise<ProbeResult<LoginKnowledge>> {
    const { result, error } = await readPermissions(tenant, connection, capabilities);
    const known = 'value' in result ? result.value : 'unanswered';
    // A login whose permissions are not known counts as one that can write.
    if ('value' in result) this.events.writableLogin(tenant.name, known !== 'cannot_write');
    const text = loginReport(tenant.config, known, capabilities);
    if (text !== undefined && this.answers.lastValue(tenant.name) !== known)
      log.warn({ tenant: tenant.name, ...(error === undefined ? {} : { err: error }) }, text);
    return result;
  }
}

interface Answer {
  readonly result: ProbeResult<LoginKnowledge>;
  readonly error?: unknown;
}

async function readPermissions(
  tenant: Tenant,
  connection: PooledSession,
  capabilities: ServerCapabilities,
  database?: string,
): Promise<Answer> {
  const probe = tenant.config.database.authentication === 'sql' ? PROBE_OF_SQL_LOGIN : PROBE_OF_GROUP_MEMBER;
  let answer: CellValue | undefined;
  try {
    const outcome = await connection.run(
      catalogBatch(probe, [], capabilities, database),
      { columns: () => {}, row: row => void (answer = row[0]), done: () => {}, message: () => {} },
      {
        timeoutMs: PROBE_TIMEOUT_MS,
        signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
        cells: { maxBytes: 100, cutCells: 0 },
      },
    );
    return outcome.stopped === undefined
      ? { result: { value: answer === 0 ? 'cannot_write' : 'can_write' } }
      : { result: { retryAfterMs: RETRY_AFTER_TIMEOUT_MS } };
  } catch (error) {
    const { number } = error as { number?: unknown };
    if (typeof number !== 'number') throw error;
    // A deadlock says nothing about the login and costs no time: the next call asks again.
    return { result: isTransient(error) ? { retryAfterMs: 0 } : { value: 'unreadable' }, error };
  }
}

function keyOf(tenant: Tenant, database: string): string {
  return JSON.stringify([tenant.name, database]);
}

function writableLogin(): AppError {
  return new AppError(
    'DATABASE_UNAVAILABLE',
    'The database login of this tenant can write, but the tenant requires a read-only login.',
    { hint: 'An administrator has to configure a read-only login (scripts/sql/create-readonly-login.sql).' },
  );
}

function unknownPermissions(known: LoginKnowledge | undefined): AppError {
  return known === 'unreadable'
    ? new AppError('DATABASE_UNAVAILABLE', 'The permissions of the database login could not be read.', {
        hint: 'The tenant requires a read-only login, so the server has to know them. An administrator finds the reason in the log of the server.',
      })
    : new AppError('DATABASE_UNAVAILABLE', 'The database did not report the permissions of its login.', {
        hint: 'The tenant requires a read-only login, so the server has to know the permissions. Try again in 30 seconds.',
      });
}
