import type { Value } from '../../engine/sql-type.ts';
import * as t from '../../engine/types.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { StoredQuery } from '../../storage/table.ts';
import { requireDatabaseState } from '../permissions.ts';
import { c, type CatalogView, type ColumnSpec, view } from '../view.ts';

const FLOAT: ColumnSpec = { type: t.FLOAT, nullable: true };

/** The views of Query Store need VIEW DATABASE STATE. Text, query and plan have the same id here. */
function queryStoreView<C extends Readonly<Record<string, ColumnSpec>>>(
  name: string,
  columns: C,
  row: (query: StoredQuery) => { readonly [K in keyof C]?: Value },
): CatalogView {
  return view(name, columns, function* (session: CatalogSession) {
    requireDatabaseState(session);
    for (const query of session.database.queryStore.queries) yield row(query);
  });
}

const offset = (utcTicks: bigint): Value => ({ utcTicks, offset: 0 }) as unknown as Value;

/** learn.microsoft.com: sys.query_store_query_text */
const queryText = queryStoreView(
  'sys.query_store_query_text',
  {
    query_text_id: c.bigint,
    query_sql_text: c.text.orNull,
    statement_sql_handle: c.varbinary(64).orNull,
    is_part_of_encrypted_module: c.bit,
    has_restricted_text: c.bit,
  },
  ({ id, text }) => ({
    query_text_id: BigInt(id),
    query_sql_text: text,
    is_part_of_encrypted_module: 0,
    has_restricted_text: 0,
  }),
);

/** learn.microsoft.com: sys.query_store_query, without its columns about compilation */
const query = queryStoreView(
  'sys.query_store_query',
  {
    query_id: c.bigint,
    query_text_id: c.bigint,
    context_settings_id: c.bigint,
    object_id: c.bigint.orNull,
    is_internal_query: c.bit.orNull,
    last_execution_time: c.datetimeoffset.orNull,
  },
  ({ id, last }) => ({
    query_id: BigInt(id),
    query_text_id: BigInt(id),
    context_settings_id: 1n,
    object_id: 0n,
    is_internal_query: 0,
    last_execution_time: offset(last),
  }),
);

/** learn.microsoft.com: sys.query_store_plan */
const plan = queryStoreView(
  'sys.query_store_plan',
  {
    plan_id: c.bigint,
    query_id: c.bigint,
    query_plan: c.text.orNull,
    is_forced_plan: c.bit,
    count_compiles: c.bigint.orNull,
  },
  ({ id, plan: xml }) => ({
    plan_id: BigInt(id),
    query_id: BigInt(id),
    query_plan: xml,
    is_forced_plan: 0,
    count_compiles: 1n,
  }),
);

/** learn.microsoft.com: sys.query_store_runtime_stats, with means only */
const runtimeStats = queryStoreView(
  'sys.query_store_runtime_stats',
  {
    runtime_stats_id: c.bigint,
    plan_id: c.bigint,
    runtime_stats_interval_id: c.bigint,
    execution_type: c.tinyint,
    execution_type_desc: c.nvarchar(128).orNull,
    first_execution_time: c.datetimeoffset,
    last_execution_time: c.datetimeoffset,
    count_executions: c.bigint,
    avg_duration: FLOAT,
    avg_cpu_time: FLOAT,
    avg_logical_io_reads: FLOAT,
  },
  ({ id, executions, first, last, duration, rows }) => ({
    runtime_stats_id: BigInt(id),
    plan_id: BigInt(id),
    runtime_stats_interval_id: 1n,
    execution_type: 0,
    execution_type_desc: 'Regular',
    first_execution_time: offset(first),
    last_execution_time: offset(last),
    count_executions: BigInt(executions),
    avg_duration: duration / executions,
    avg_cpu_time: duration / executions,
    // Pages do not exist here: one for each row that it returned.
    avg_logical_io_reads: rows / executions,
  }),
);

/** learn.microsoft.com: sys.database_query_store_options, with the states only */
const options = view(
  'sys.database_query_store_options',
  {
    desired_state: c.smallint,
    desired_state_desc: c.nvarchar(60).orNull,
    actual_state: c.smallint,
    actual_state_desc: c.nvarchar(60).orNull,
  },
  function* (session) {
    requireDatabaseState(session);
    const { enabled } = session.database.queryStore;
    const [state, text] = enabled ? [2, 'READ_WRITE'] : [0, 'OFF'];
    yield { desired_state: state, desired_state_desc: text, actual_state: state, actual_state_desc: text };
  },
);

export const QUERY_STORE_VIEWS: readonly CatalogView[] = [options, queryText, query, plan, runtimeStats];
