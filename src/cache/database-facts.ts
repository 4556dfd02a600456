import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { type CatalogAnswer, CatalogRunner, type Requester } from '../database/connection/catalog-runner.js';
import { ProbeCache, type ProbeResult } from '../database/connection/probe-cache.js';
import { databasesOf } from '../database/listed-databases.js';
import { MODULE_TARGETS, SYNONYM_TARGETS } from '../database/query/database-reach.queries.js';
import { OUTSIDE, referencesOf } from '../database/query/outside-objects.js';
import type { Tenant } from '../tenancy/tenant.js';

/** Compared without the database's collation: in a Turkish one UPPER('i') is not 'I'. */
const reads = (definition: string): string =>
  `(${definition} IS NULL OR ${definition} COLLATE Latin1_General_100_CI_AS LIKE N'%SESSION[_]CONTEXT%')`;
/**
 * Returns one row: the security policies that are on; the views, functions and computed columns whose text mentions
 * SESSION_CONTEXT or can't be read; whether the login would see all of these (learn.microsoft.com: Metadata visibility
 * configuration).
 */
const RESTRICTIONS = `SELECT (SELECT COUNT(*) FROM sys.security_policies AS p WHERE p.is_enabled = 1),
  (SELECT COUNT(*) FROM sys.sql_modules AS m JOIN sys.objects AS o ON o.object_id = m.object_id
    WHERE o.type IN ('V', 'IF', 'TF', 'FN') AND ${reads('m.definition')})
  + (SELECT COUNT(*) FROM sys.computed_columns AS c JOIN sys.objects AS o ON o.object_id = c.object_id
    WHERE o.is_ms_shipped = 0 AND ${reads('c.definition')}),
  HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'VIEW DEFINITION');`;

/** Returns the version that the last change of a tracked table has, and NULL where change tracking is off. */
const CHANGES = 'SELECT CONVERT(varchar(20), CHANGE_TRACKING_CURRENT_VERSION());';

const RESTRICTIONS_VALID_MS = 60_000;
const CHANGES_VALID_MS = 5_000;
const TIMEOUT_MS = 5_000;
const UNTRACKED = '';

/** Reads from a database whether answers may differ by person, and whether tracked tables have changed. */
@Injectable()
export class DatabaseFacts {
  private readonly restrictions = new ProbeCache<boolean>(RESTRICTIONS_VALID_MS);
  private readonly changes = new ProbeCache<string>(CHANGES_VALID_MS);

  constructor(private readonly runner: CatalogRunner) {}

  /**
   * Whether two people may see different rows, because a database of the tenant has row-level security or reads who is
   * calling, leads to a database that the tenant doesn't list, or the login can't see whether it does. The answer may be a
   * minute old. Throws AppError.
   */
  async distinguishesPeople(tenant: Tenant): Promise<boolean> {
    // Nobody has listed the databases that its statements may read.
    if (tenant.config.allowThreePartNames) return true;
    return (await this.restrictions.get(tenant.name, () => this.restrictionsOf(tenant))) ?? true;
  }

  /** Changes when a tracked table of the tenant's own database changes; may be 5 s old. Always '' without change tracking. */
  async changeVersion(tenant: Tenant): Promise<string> {
    return (await this.changes.get(tenant.name, () => this.changesOf(tenant))) ?? UNTRACKED;
  }

  private async restrictionsOf(tenant: Tenant): Promise<ProbeResult<boolean>> {
    for (const database of databasesOf(tenant)) {
      const { sets } = await this.runner.read(tenant, RESTRICTIONS, [], requesterFor(tenant, database));
      const [policies, modules, seesAll] = sets[0]?.[0] ?? [];
      if (policies !== 0 || modules !== 0 || seesAll !== 1) return { value: true };
      if (await this.leadsOutside(tenant, database)) return { value: true };
    }
    return { value: false };
  }

  /** Whether a synonym, view or function leads to another database, of whose policies nothing is known. */
  private async leadsOutside(tenant: Tenant, database: string): Promise<boolean> {
    for (const text of [SYNONYM_TARGETS, MODULE_TARGETS]) {
      const answer = await this.runner.read(tenant, text, [], requesterFor(tenant, database)).catch(unreadable);
      if (answer.cut) return true;
      const references = referencesOf(answer.sets[0] ?? [], database, databasesOf(tenant));
      if (references.some(({ to }) => to === OUTSIDE)) return true;
    }
    return false;
  }

  private async changesOf(tenant: Tenant): Promise<ProbeResult<string>> {
    const version = await this.runner.read(tenant, CHANGES, [], requesterFor(tenant)).then(
      ({ sets }) => sets[0]?.[0]?.[0],
      () => undefined,
    );
    // Change tracking that is switched on counts within a minute.
    return typeof version === 'string' ? { value: version } : { retryAfterMs: RESTRICTIONS_VALID_MS };
  }
}

/** The login may not read it, which is as if something were there. */
function unreadable(error: unknown): CatalogAnswer {
  if (error instanceof AppError && (error.code === 'SQL_ERROR' || error.code === 'PERMISSION_DENIED'))
    return { sets: [], cut: true };
  throw error;
}

function requesterFor(tenant: Tenant, database?: string): Requester {
  const other = database === undefined || database === tenant.config.database.database ? undefined : database;
  return { subject: 'cache', signal: AbortSignal.timeout(TIMEOUT_MS), database: other };
}
