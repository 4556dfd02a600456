import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { logger } from '../../common/log.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { PooledSession } from '../driver/pooled-session.js';
import { catalogBatch } from './session-batch.js';
import { QueryEvents } from '../query-events.js';
import type { CellValue } from '../driver/result-set.js';
import { isTransient } from '../sql-server.errors.js';

const PROBE_EVERY_MS = 10 * 60_000;
const PROBE_TIMEOUT_MS = 10_000;

/**
 * Of the database itself, which NULL means: its name could be taken for two names when it holds a dot. An answer of NULL
 * counts as yes.
 */
const onDatabase = (permission: string): string =>
  `COALESCE(HAS_PERMS_BY_NAME(NULL, 'DATABASE', '${permission}'), HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', '${permission}'), 1) = 1`;

/**
 * One row: whether the login may write anywhere in this database: by a role of the server or the database, by a permission
 * on the database or a schema, on any one table or view, or on some columns of one. EXECUTE doesn't count: the statement
 * policy lets nothing be executed.
 */
const PROBE = `SELECT CASE WHEN
  IS_SRVROLEMEMBER('sysadmin') = 1 OR IS_MEMBER('db_owner') = 1 OR IS_MEMBER('db_datawriter') = 1 OR IS_MEMBER('db_ddladmin') = 1
  OR ${['INSERT', 'UPDATE', 'DELETE', 'ALTER', 'CREATE TABLE'].map(onDatabase).join('\n  OR ')}
  OR EXISTS (SELECT 1 FROM sys.schemas AS s WHERE HAS_PERMS_BY_NAME(QUOTENAME(s.name), 'SCHEMA', 'INSERT') = 1
    OR HAS_PERMS_BY_NAME(QUOTENAME(s.name), 'SCHEMA', 'UPDATE') = 1
    OR HAS_PERMS_BY_NAME(QUOTENAME(s.name), 'SCHEMA', 'DELETE') = 1
    OR HAS_PERMS_BY_NAME(QUOTENAME(s.name), 'SCHEMA', 'ALTER') = 1)
  OR EXISTS (SELECT 1 FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id WHERE o.type IN ('U', 'V')
    AND (HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'INSERT') = 1
      OR HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'UPDATE') = 1
      OR HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'DELETE') = 1))
  OR EXISTS (SELECT 1 FROM sys.database_permissions AS p
    JOIN sys.database_principals AS g ON g.principal_id = p.grantee_principal_id
    WHERE p.class = 1 AND p.minor_id > 0 AND p.type = 'UP' AND p.state IN ('G', 'W')
      AND (g.principal_id = DATABASE_PRINCIPAL_ID() OR IS_MEMBER(g.name) = 1))
  THEN 1 ELSE 0 END AS can_write`;

interface Known {
  readonly canWrite: boolean;
  readonly at: number;
}

const log = logger('database');

/** Whether each tenant's login can write: read at the first connection, and again every ten minutes. */
@Injectable()
export class LoginPermissions {
  private readonly known = new Map<string, Known>();

  constructor(private readonly events: QueryEvents) {}

  /** Undefined while nobody has asked the database yet. */
  lastKnown(tenant: Tenant): boolean | undefined {
    return this.known.get(tenant.name)?.canWrite;
  }

  /**
   * A login whose permissions can't be read counts as one that can write: for good when the server says that it can't
   * tell, for this call when it failed to answer. Throws a driver's error when the connection is lost meanwhile.
   */
  async canWrite(tenant: Tenant, connection: PooledSession, settings: string): Promise<boolean> {
    const known = this.known.get(tenant.name);
    if (known !== undefined && Date.now() - known.at < PROBE_EVERY_MS) return known.canWrite;
    const canWrite = await this.probe(tenant, connection, settings);
    if (canWrite === undefined) {
      if (tenant.config.requireReadonlyLogin) throw unknownPermissions();
      return true;
    }
    this.known.set(tenant.name, { canWrite, at: Date.now() });
    this.events.writableLogin(tenant.name, canWrite);
    if (canWrite && tenant.config.readOnly && known?.canWrite !== true) {
      log.warn(
        { tenant: tenant.name },
        'the database login of this read-only tenant can write; reads run in a transaction that is rolled back. scripts/sql/create-readonly-login.sql makes a better one',
      );
    }
    return canWrite;
  }

  /** Undefined when the server gave no answer this time. */
  private async probe(tenant: Tenant, connection: PooledSession, settings: string): Promise<boolean | undefined> {
    let answer: CellValue | undefined;
    try {
      const outcome = await connection.run(
        catalogBatch(PROBE, [], settings),
        { columns: () => {}, row: row => void (answer = row[0]), done: () => {}, message: () => {} },
        {
          timeoutMs: PROBE_TIMEOUT_MS,
          signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
          cells: { maxBytes: 100, cutCells: 0 },
        },
      );
      return outcome.stopped === undefined ? answer !== 0 : undefined;
    } catch (error) {
      const { number } = error as { number?: unknown };
      if (typeof number !== 'number') throw error;
      log.warn(
        { tenant: tenant.name, err: error },
        "the login's permissions could not be read: it counts as one that can write",
      );
      return isTransient(error) ? undefined : true;
    }
  }
}

function unknownPermissions(): AppError {
  return new AppError('DATABASE_UNAVAILABLE', 'The database did not say in time what its login may do.', {
    hint: 'This server requires a login that can only read, and has to know; try again in a few seconds.',
  });
}
