import { Injectable } from '@nestjs/common';
import { CatalogAttempts } from '../../database/catalog/catalog-attempts.js';
import { CatalogRunner, type Requester } from '../../database/connection/catalog-runner.js';
import { int } from '../../database/driver/parameters.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { Pause } from '../ranking/pause.js';
import type { CountedJoin } from './links.js';
import { usedJoins } from './used-joins.js';

/** The queries that ran most. */
const MAX_QUERIES = 1_000;
/** UTF-16: longer texts are left out, so that all of them together take at most 20 MB for a moment. */
const MAX_BYTES = 20_000;

/**
 * Returns the texts of queries that ran most, and how often: SQL Server from 2016 on, where Query Store is on and the
 * login has VIEW DATABASE STATE. The texts hold values, so they are neither kept nor logged.
 */
const QUERIES = `SELECT t.query_sql_text, u.uses
FROM (SELECT TOP (@count) q.query_text_id, SUM(r.count_executions) AS uses
  FROM sys.query_store_query AS q
  JOIN sys.query_store_plan AS p ON p.query_id = q.query_id
  JOIN sys.query_store_runtime_stats AS r ON r.plan_id = p.plan_id
  WHERE q.is_internal_query = 0
  GROUP BY q.query_text_id
  ORDER BY SUM(r.count_executions) DESC) AS u
JOIN sys.query_store_query_text AS t ON t.query_text_id = u.query_text_id
WHERE DATALENGTH(t.query_sql_text) <= ${MAX_BYTES};`;

/** Finds joins that queries used, where the login may read Query Store. */
@Injectable()
export class QueryStoreReader {
  private readonly attempts: CatalogAttempts;

  constructor(runner: CatalogRunner) {
    this.attempts = new CatalogAttempts(runner);
  }

  /** Empty where the server has no Query Store, or refuses it. */
  async read(tenant: Tenant, requester: Requester, pause: Pause): Promise<readonly CountedJoin[]> {
    const answer = await this.attempts.attempt(tenant, QUERIES, [int('count', MAX_QUERIES)], requester, true);
    const found: CountedJoin[] = [];
    for (const [text, uses] of answer?.sets[0] ?? []) {
      if (typeof text !== 'string') continue;
      for (const join of usedJoins(text)) found.push({ ...join, uses: Number(uses) });
      await pause();
    }
    return found;
  }
}
