import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../../database/call-context.js';
import { isRefusal } from '../../database/catalog/catalog-attempts.js';
import { CatalogRunner, type Requester, type Rows } from '../../database/connection/catalog-runner.js';
import { int, nvarchar, type RpcParameter } from '../../database/driver/parameters.js';
import { type CountedStatement, type Order, type Source, withoutDeclarations } from './slow-statement.js';

/** The longest text that is read, in bytes of UTF-16. A longer text is truncated. */
const MAX_TEXT = 40_000;
const MAX_PLAN_BYTES = 2_000_000;

/** Returns 1 (read only) or 2 (read and write) while Query Store is on. Needs SQL Server 2016 and VIEW DATABASE STATE. */
const STATE = 'SELECT actual_state FROM sys.database_query_store_options;';

const COLUMNS: Readonly<Record<Order, string>> = {
  time: 'x.elapsed',
  average_time: 'x.elapsed / x.calls',
  cpu: 'x.cpu',
  reads: 'x.reads',
  calls: 'x.calls',
};

/** Returns text, NULL, calls, microseconds, microseconds of CPU, pages, seconds since the last call, plan_id. */
const fromStore = (order: Order): string => `SELECT TOP (@limit) LEFT(t.query_sql_text, ${MAX_TEXT / 2}), NULL,
  x.calls, x.elapsed, x.cpu, x.reads, x.last, CONVERT(varchar(30), x.plan_id)
FROM (SELECT q.query_text_id, SUM(r.count_executions) AS calls,
    SUM(r.count_executions * r.avg_duration) AS elapsed, SUM(r.count_executions * r.avg_cpu_time) AS cpu,
    SUM(r.count_executions * r.avg_logical_io_reads) AS reads,
    DATEDIFF(second, MAX(r.last_execution_time), SYSDATETIMEOFFSET()) AS last, MAX(p.plan_id) AS plan_id
  FROM sys.query_store_query AS q
  JOIN sys.query_store_plan AS p ON p.query_id = q.query_id
  JOIN sys.query_store_runtime_stats AS r ON r.plan_id = p.plan_id
  WHERE q.is_internal_query = 0 AND r.last_execution_time >= DATEADD(second, -@since, SYSDATETIMEOFFSET())
  GROUP BY q.query_text_id) AS x
JOIN sys.query_store_query_text AS t ON t.query_text_id = x.query_text_id
ORDER BY ${COLUMNS[order]} DESC;`;

/**
 * Returns the same columns for the plans of this database in the plan cache, with the batch in place of NULL and the
 * plan_handle at the end. Needs VIEW SERVER STATE (2022: VIEW SERVER PERFORMANCE STATE).
 */
const fromCache = (
  order: Order,
): string => `SELECT TOP (@limit) LEFT(x.statement, ${MAX_TEXT / 2}), LEFT(x.batch, ${MAX_TEXT / 2}),
  x.calls, x.elapsed, x.cpu, x.reads, x.last, CONVERT(varchar(200), x.plan_handle, 1)
FROM (SELECT SUBSTRING(t.text, s.statement_start_offset / 2 + 1,
      (CASE s.statement_end_offset WHEN -1 THEN DATALENGTH(t.text) ELSE s.statement_end_offset END - s.statement_start_offset) / 2 + 1) AS statement,
    t.text AS batch, s.execution_count AS calls, s.total_elapsed_time AS elapsed, s.total_worker_time AS cpu,
    s.total_logical_reads AS reads, DATEDIFF(second, s.last_execution_time, GETDATE()) AS last, s.plan_handle
  FROM sys.dm_exec_query_stats AS s
  CROSS APPLY sys.dm_exec_plan_attributes(s.plan_handle) AS a
  CROSS APPLY sys.dm_exec_sql_text(s.sql_handle) AS t
  WHERE CASE a.attribute WHEN 'dbid' THEN CAST(a.value AS int) END = DB_ID()
    AND s.last_execution_time >= DATEADD(second, -@since, GETDATE())) AS x
ORDER BY ${COLUMNS[order]} DESC;`;

/** Returns the plan whose plan_id is @key. */
const PLAN_IN_STORE = 'SELECT query_plan FROM sys.query_store_plan WHERE plan_id = CAST(@key AS bigint);';
/** Returns the plan whose plan_handle is @key, if it is a plan of this database. */
const PLAN_IN_CACHE = `SELECT p.query_plan FROM sys.dm_exec_plan_attributes(CONVERT(varbinary(64), @key, 1)) AS a
CROSS APPLY sys.dm_exec_text_query_plan(CONVERT(varbinary(64), @key, 1), 0, -1) AS p
WHERE CASE a.attribute WHEN 'dbid' THEN CAST(a.value AS int) END = DB_ID();`;

const KEYS: Readonly<Record<Source, RegExp>> = { query_store: /^\d{1,18}$/, plan_cache: /^0x[0-9A-F]{2,128}$/i };

export interface SlowRequest {
  /** How far back, in seconds. */
  readonly since: number;
  readonly order: Order;
  readonly limit: number;
}

/** Reads the statistics of statements in the tenant's own database, from Query Store or else from the plan cache. */
@Injectable()
export class SlowStatementReader {
  constructor(private readonly runner: CatalogRunner) {}

  /** Throws AppError PERMISSION_DENIED, whose hint names the permission, and SQL_ERROR where the engine has neither source. */
  async read(
    { since, order, limit }: SlowRequest,
    call: CallContext,
  ): Promise<{ readonly source: Source; readonly statements: readonly CountedStatement[] }> {
    const source: Source = (await this.storeIsOn(call)) ? 'query_store' : 'plan_cache';
    const text = source === 'query_store' ? fromStore(order) : fromCache(order);
    const rows = await this.rows(text, [int('limit', limit), int('since', since)], call).catch((error: unknown) => {
      throw withGrant(error, source);
    });
    return { source, statements: rows.map(row => statementOf(row)) };
  }

  /** Returns the plan of a statement as showplan XML with values; undefined when the database no longer has it. */
  async plan(source: Source, key: string, call: CallContext): Promise<string | undefined> {
    if (!KEYS[source].test(key)) return undefined;
    const text = source === 'query_store' ? PLAN_IN_STORE : PLAN_IN_CACHE;
    const [[plan] = []] = await this.rows(text, [nvarchar('key', key)], call);
    return typeof plan === 'string' ? plan : undefined;
  }

  private async storeIsOn(call: CallContext): Promise<boolean> {
    try {
      const [[state] = []] = await this.rows(STATE, [], call);
      return state === 1 || state === 2;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  private async rows(text: string, parameters: readonly RpcParameter[], call: CallContext): Promise<Rows> {
    const requester: Requester = {
      signal: call.signal,
      subject: call.principal.subject,
      maxCellBytes: MAX_PLAN_BYTES,
    };
    const { sets } = await this.runner.read(call.tenant, text, parameters, requester);
    return sets[0] ?? [];
  }
}

function statementOf(row: Rows[number]): CountedStatement {
  const [text, batch, calls, elapsed, cpu, reads, last, planKey] = row;
  const number = (value: unknown): number => Number(value ?? 0);
  const statement = withoutDeclarations(String(text ?? ''));
  return {
    statement,
    batch: batch === null || batch === undefined ? statement : withoutDeclarations(String(batch)),
    calls: number(calls),
    // The database counts microseconds.
    elapsedMs: number(elapsed) / 1_000,
    cpuMs: number(cpu) / 1_000,
    reads: number(reads),
    last: Date.now() - number(last) * 1_000,
    planKey: String(planKey ?? ''),
  };
}

function withGrant(error: unknown, source: Source): unknown {
  if (!(error instanceof AppError) || error.code !== 'PERMISSION_DENIED') return error;
  const grant =
    source === 'query_store'
      ? 'GRANT VIEW DATABASE STATE TO the database user of the login, in this database'
      : 'ALTER DATABASE CURRENT SET QUERY_STORE = ON and GRANT VIEW DATABASE STATE, or GRANT VIEW SERVER STATE (2022: VIEW SERVER PERFORMANCE STATE) to the login';
  const { code, message, details, cause } = error;
  return new AppError(code, message, { hint: `An administrator has to run: ${grant}.`, details, cause });
}
