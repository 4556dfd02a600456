import { Injectable } from '@nestjs/common';
import type { CallContext } from '../call-context.js';
import { CatalogRunner } from '../connection/catalog-runner.js';
import { ProbeCache, type ProbeResult } from '../connection/probe-cache.js';
import { isAuthorError } from '../sql-server.errors.js';

/** Other engines that speak TDS use numbers from 50000 on for errors of their own, whose texts can hold row values. */
const IS_SQL_SERVER =
  "SELECT CASE WHEN @@VERSION LIKE N'Microsoft SQL Server %' OR @@VERSION LIKE N'Microsoft SQL Azure %' THEN 1 ELSE 0 END AS same;";
const RETRY_AFTER_MS = 5_000;

/**
 * Decides whether a caller sees the text of RAISERROR or THROW. An author of the database wrote it for callers, so it is
 * shown, unless the tenant withholds it or the engine may not be SQL Server. The engine is asked at the first such error.
 */
@Injectable()
export class AuthorTexts {
  private readonly answers = new ProbeCache<boolean>();

  constructor(private readonly runner: CatalogRunner) {}

  /** False for any other error. Never throws. */
  async areShown(error: unknown, { tenant, signal, principal }: CallContext): Promise<boolean> {
    if (!tenant.config.showAuthorMessages || !isAuthorError(error)) return false;
    const probe = async (): Promise<ProbeResult<boolean>> => {
      const { sets } = await this.runner.read(tenant, IS_SQL_SERVER, [], { signal, subject: principal.subject });
      const answer = sets[0]?.[0]?.[0];
      return answer === undefined ? { retryAfterMs: RETRY_AFTER_MS } : { value: answer === 1 };
    };
    return this.answers.get(tenant.name, probe).then(
      isSqlServer => isSqlServer === true,
      () => false,
    );
  }
}
