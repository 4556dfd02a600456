import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { logger } from '../../common/log.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { PooledSession } from '../driver/pooled-session.js';
import { catalogBatch, type ServerCapabilities } from './session-batch.js';
import { ProbeCache, type ProbeResult } from './probe-cache.js';
import { QueryEvents } from '../query-events.js';
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
 * permission on the database or a schema, on a table or view, or on some columns. EXECUTE doesn't count, because the
 * statement policy refuses to execute procedures.
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
  private readonly answers = new ProbeCache<boolean>();

  constructor(private readonly events: QueryEvents) {}

  /** Undefined while the database has not answered yet. */
  lastKnown(tenant: Tenant): boolean | undefined {
    return this.answers.lastValue(tenant.name);
  }

  /**
   * Throws AppError DATABASE_UNAVAILABLE when the tenant requires a read-only login and the database doesn't answer, and
   * a driver's error when the connection is lost meanwhile.
   */
  async canWrite(tenant: Tenant, connection: PooledSession, capabilities: ServerCapabilities): Promise<boolean> {
    const canWrite = await this.answers.get(tenant.name, () => this.probe(tenant, connection, capabilities));
    if (canWrite === undefined && tenant.config.requireReadonlyLogin) throw unknownPermissions();
    return canWrite ?? true;
  }

  private async probe(
    tenant: Tenant,
    connection: PooledSession,
    capabilities: ServerCapabilities,
  ): Promise<ProbeResult<boolean>> {
    const result = await readPermissions(tenant, connection, capabilities);
    if ('value' in result) this.report(tenant, result.value);
    return result;
  }

  private report(tenant: Tenant, canWrite: boolean): void {
    this.events.writableLogin(tenant.name, canWrite);
    if (canWrite && tenant.config.readOnly && this.lastKnown(tenant) !== true) {
      log.warn(
        { tenant: tenant.name },
        'the database login of this read-only tenant can write; reads run in a transaction that is rolled back. scripts/sql/create-readonly-login.sql makes a better one',
      );
    }
  }
}

async function readPermissions(
  tenant: Tenant,
  connection: PooledSession,
  capabilities: ServerCapabilities,
): Promise<ProbeResult<boolean>> {
  const probe = tenant.config.database.authentication === 'sql' ? PROBE_OF_SQL_LOGIN : PROBE_OF_GROUP_MEMBER;
  let answer: CellValue | undefined;
  try {
    const outcome = await connection.run(
      catalogBatch(probe, [], capabilities),
      { columns: () => {}, row: row => void (answer = row[0]), done: () => {}, message: () => {} },
      {
        timeoutMs: PROBE_TIMEOUT_MS,
        signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
        cells: { maxBytes: 100, cutCells: 0 },
      },
    );
    return outcome.stopped === undefined ? { value: answer !== 0 } : { retryAfterMs: RETRY_AFTER_TIMEOUT_MS };
  } catch (error) {
    const { number } = error as { number?: unknown };
    if (typeof number !== 'number') throw error;
    log.warn(
      { tenant: tenant.name, err: error },
      "the login's permissions could not be read; the login is treated as one that can write",
    );
    // A deadlock says nothing about the login and costs no time: the next call asks again.
    return isTransient(error) ? { retryAfterMs: 0 } : { value: true };
  }
}

function unknownPermissions(): AppError {
  return new AppError('DATABASE_UNAVAILABLE', 'The database did not report the permissions of its login in time.', {
    hint: 'The tenant requires a read-only login, so the server has to know the permissions. Try again in 30 seconds.',
  });
}
