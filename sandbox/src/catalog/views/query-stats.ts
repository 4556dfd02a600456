import type { SqlType, Value } from '../../engine/sql-type.ts';
import * as t from '../../engine/types.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { DatabaseCatalog, StoredQuery } from '../../storage/table.ts';
import { requireServerState } from '../permissions.ts';
import type { CatalogFunction } from '../table-function.ts';
import { c, type CatalogView, toDatetime, view } from '../view.ts';

const HANDLE: SqlType = { name: 'varbinary', length: 64 };

/** sql_handle and plan_handle are the same here: the database and the number of the query. */
function handleOf(database: DatabaseCatalog, { id }: StoredQuery): Uint8Array {
  const handle = Buffer.alloc(12);
  handle.writeUInt32BE(0x06000000, 0);
  handle.writeUInt32BE(database.databaseId, 4);
  handle.writeUInt32BE(id, 8);
  return handle;
}

function* cached(session: CatalogSession): Iterable<readonly [DatabaseCatalog, StoredQuery]> {
  requireServerState(session);
  for (const database of session.server.databases)
    for (const query of database.planCache.queries) yield [database, query];
}

function* withHandle(
  handle: Value | undefined,
  session: CatalogSession,
): Iterable<readonly [DatabaseCatalog, StoredQuery]> {
  if (!(handle instanceof Uint8Array)) return;
  for (const entry of cached(session)) if (Buffer.compare(handle, handleOf(...entry)) === 0) yield entry;
}

/** learn.microsoft.com: sys.dm_exec_query_stats, without minima and last values */
const queryStats = view(
  'sys.dm_exec_query_stats',
  {
    sql_handle: c.varbinary(64),
    statement_start_offset: c.int,
    statement_end_offset: c.int,
    plan_generation_num: c.bigint,
    plan_handle: c.varbinary(64),
    creation_time: c.datetime,
    last_execution_time: c.datetime,
    execution_count: c.bigint,
    total_worker_time: c.bigint,
    total_logical_reads: c.bigint,
    total_elapsed_time: c.bigint,
    max_elapsed_time: c.bigint,
    total_rows: c.bigint,
  },
  function* (session) {
    for (const [database, query] of cached(session)) {
      const handle = handleOf(database, query);
      yield {
        sql_handle: handle,
        // Bytes of UTF-16: where the first and the last character begin.
        statement_start_offset: 2 * query.start,
        statement_end_offset: 2 * query.end - 2,
        plan_generation_num: 1n,
        plan_handle: handle,
        creation_time: toDatetime(query.first),
        last_execution_time: toDatetime(query.last),
        execution_count: BigInt(query.executions),
        total_worker_time: BigInt(Math.round(query.duration)),
        // Pages do not exist here: one for each row that it returned.
        total_logical_reads: BigInt(query.rows),
        total_elapsed_time: BigInt(Math.round(query.duration)),
        max_elapsed_time: BigInt(Math.round(query.longest)),
        total_rows: BigInt(query.rows),
      };
    }
  },
);

/** learn.microsoft.com: sys.dm_exec_sql_text; dbid is NULL for ad hoc and prepared statements. */
const sqlText: CatalogFunction = {
  objectId: -1010,
  name: 'dm_exec_sql_text',
  parameters: [{ name: '@handle', type: HANDLE }],
  columns: {
    dbid: c.smallint.orNull,
    objectid: c.int.orNull,
    number: c.smallint.orNull,
    encrypted: c.bit,
    text: c.text,
  },
  *rows([handle], session) {
    for (const [, { text }] of withHandle(handle, session)) yield { encrypted: 0, text };
  },
};

/** learn.microsoft.com: sys.dm_exec_plan_attributes, with the database only */
const planAttributes: CatalogFunction = {
  objectId: -1011,
  name: 'dm_exec_plan_attributes',
  parameters: [{ name: '@plan_handle', type: HANDLE }],
  columns: { attribute: c.varchar(128), value: c.variant.orNull, is_cache_key: c.bit },
  *rows([handle], session) {
    for (const [{ databaseId }] of withHandle(handle, session))
      yield { attribute: 'dbid', value: { type: t.INT, value: databaseId } as unknown as Value, is_cache_key: 1 };
  },
};

/** learn.microsoft.com: sys.dm_exec_text_query_plan */
const textQueryPlan: CatalogFunction = {
  objectId: -1012,
  name: 'dm_exec_text_query_plan',
  parameters: [
    { name: '@plan_handle', type: HANDLE },
    { name: '@statement_start_offset', type: t.INT },
    { name: '@statement_end_offset', type: t.INT },
  ],
  columns: { dbid: c.smallint.orNull, encrypted: c.bit, query_plan: c.text.orNull },
  *rows([handle], session) {
    for (const [{ databaseId }, { plan }] of withHandle(handle, session))
      yield { dbid: databaseId, encrypted: 0, query_plan: plan };
  },
};

export const QUERY_STATS_VIEWS: readonly CatalogView[] = [queryStats];
export const QUERY_STATS_FUNCTIONS: readonly CatalogFunction[] = [sqlText, planAttributes, textQueryPlan];
