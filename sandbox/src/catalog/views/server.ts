import { availableParallelism, totalmem } from 'node:os';
import type { SqlType, Value } from '../../engine/sql-type.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import { nowTicks } from '../../storage/clock.ts';
import type { SessionInformation } from '../../storage/table.ts';
import { requireServerState, seesServerState } from '../permissions.ts';
import { c, COLLATION, flag, toDatetime, view, type CatalogView } from '../view.ts';

const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['master', 'tempdb', 'model', 'msdb']);

const databases = view(
  'sys.databases',
  {
    name: c.name,
    database_id: c.int,
    source_database_id: c.int.orNull,
    owner_sid: c.varbinary(85).orNull,
    create_date: c.datetime,
    compatibility_level: c.tinyint,
    collation_name: c.name.orNull,
    user_access: c.tinyint.orNull,
    user_access_desc: c.nvarchar(60).orNull,
    is_read_only: c.bit.orNull,
    is_auto_close_on: c.bit,
    is_auto_shrink_on: c.bit.orNull,
    state: c.tinyint.orNull,
    state_desc: c.nvarchar(60).orNull,
    is_in_standby: c.bit.orNull,
    snapshot_isolation_state: c.tinyint.orNull,
    snapshot_isolation_state_desc: c.nvarchar(60).orNull,
    is_read_committed_snapshot_on: c.bit.orNull,
    recovery_model: c.tinyint.orNull,
    recovery_model_desc: c.nvarchar(60).orNull,
    is_ansi_null_default_on: c.bit.orNull,
    is_ansi_nulls_on: c.bit.orNull,
    is_ansi_padding_on: c.bit.orNull,
    is_ansi_warnings_on: c.bit.orNull,
    is_arithabort_on: c.bit.orNull,
    is_concat_null_yields_null_on: c.bit.orNull,
    is_quoted_identifier_on: c.bit.orNull,
    is_recursive_triggers_on: c.bit.orNull,
    is_fulltext_enabled: c.bit.orNull,
    is_trustworthy_on: c.bit.orNull,
    is_encrypted: c.bit.orNull,
    containment: c.tinyint.orNull,
    containment_desc: c.nvarchar(60).orNull,
    is_query_store_on: c.bit.orNull,
  },
  function* (session) {
    for (const database of session.server.databases) {
      yield {
        name: database.name,
        database_id: database.databaseId,
        owner_sid: Uint8Array.of(1),
        create_date: toDatetime(database.created),
        compatibility_level: 160,
        collation_name: COLLATION,
        user_access: 0,
        user_access_desc: 'MULTI_USER',
        is_read_only: 0,
        is_auto_close_on: 0,
        is_auto_shrink_on: 0,
        state: 0,
        state_desc: 'ONLINE',
        is_in_standby: 0,
        snapshot_isolation_state: 0,
        snapshot_isolation_state_desc: 'OFF',
        is_read_committed_snapshot_on: flag(database.readCommittedSnapshot),
        recovery_model: SYSTEM_DATABASES.has(database.name) ? 3 : 1,
        recovery_model_desc: SYSTEM_DATABASES.has(database.name) ? 'SIMPLE' : 'FULL',
        is_ansi_null_default_on: 0,
        is_ansi_nulls_on: 0,
        is_ansi_padding_on: 0,
        is_ansi_warnings_on: 0,
        is_arithabort_on: 0,
        is_concat_null_yields_null_on: 0,
        is_quoted_identifier_on: 0,
        is_recursive_triggers_on: 0,
        is_fulltext_enabled: 0,
        is_trustworthy_on: 0,
        is_encrypted: 0,
        containment: 0,
        containment_desc: 'NONE',
        is_query_store_on: 0,
      };
    }
  },
);

const INT: SqlType = { name: 'int' };
const SETTINGS: readonly (readonly [number, string, number, number, number, string])[] = [
  [101, 'recovery interval (min)', 0, 0, 32_767, 'Maximum recovery interval in minutes'],
  [103, 'user connections', 0, 0, 32_767, 'Number of user connections allowed'],
  [115, 'nested triggers', 1, 0, 1, 'Allow triggers to be invoked within triggers'],
  [518, 'show advanced options', 0, 0, 1, 'show advanced options'],
  [1539, 'max degree of parallelism', 0, 0, 32_767, 'maximum degree of parallelism'],
  [1544, 'max server memory (MB)', 2_147_483_647, 128, 2_147_483_647, 'Maximum size of server memory (MB)'],
  [16390, 'xp_cmdshell', 0, 0, 1, 'Enable or disable command shell'],
];

const configurations = view(
  'sys.configurations',
  {
    configuration_id: c.int,
    name: c.nvarchar(35),
    value: c.variant.orNull,
    minimum: c.variant.orNull,
    maximum: c.variant.orNull,
    value_in_use: c.variant.orNull,
    description: c.nvarchar(255),
    is_dynamic: c.bit,
    is_advanced: c.bit,
  },
  function* () {
    const variant = (value: number): Value => ({ type: INT, value });
    for (const [id, name, value, minimum, maximum, description] of SETTINGS) {
      yield {
        configuration_id: id,
        name,
        value: variant(value),
        minimum: variant(minimum),
        maximum: variant(maximum),
        value_in_use: variant(value),
        description,
        is_dynamic: 1,
        is_advanced: flag(id > 1000),
      };
    }
  },
);

/** A login sees its own session; those of others require VIEW SERVER STATE. */
function* visibleSessions(session: CatalogSession): Generator<SessionInformation> {
  const all = seesServerState(session);
  for (const information of session.server.sessions) if (all || information.spid === session.spid) yield information;
}

const sessions = view(
  'sys.dm_exec_sessions',
  {
    session_id: c.smallint,
    login_time: c.datetime,
    host_name: c.name.orNull,
    program_name: c.name.orNull,
    host_process_id: c.int.orNull,
    client_version: c.int.orNull,
    client_interface_name: c.nvarchar(32).orNull,
    security_id: c.varbinary(85),
    login_name: c.name,
    status: c.nvarchar(30),
    cpu_time: c.int,
    memory_usage: c.int,
    total_elapsed_time: c.int,
    last_request_start_time: c.datetime,
    last_request_end_time: c.datetime.orNull,
    reads: c.bigint,
    writes: c.bigint,
    logical_reads: c.bigint,
    is_user_process: c.bit,
    transaction_isolation_level: c.smallint,
    lock_timeout: c.int,
    row_count: c.bigint,
    original_login_name: c.name,
    database_id: c.smallint,
    open_transaction_count: c.int,
  },
  function* (session) {
    for (const other of visibleSessions(session)) {
      const started = toDatetime(other.request?.started ?? other.loginTime);
      yield {
        session_id: other.spid,
        login_time: toDatetime(other.loginTime),
        host_name: other.host,
        program_name: other.application,
        client_version: 7,
        security_id: Uint8Array.of(1),
        login_name: other.login,
        status: other.status === 'sleeping' ? 'sleeping' : 'running',
        cpu_time: 0,
        memory_usage: 2,
        total_elapsed_time: 0,
        last_request_start_time: started,
        last_request_end_time: other.request ? null : started,
        reads: 0n,
        writes: 0n,
        logical_reads: 0n,
        is_user_process: 1,
        transaction_isolation_level: other.isolationLevel,
        lock_timeout: -1,
        row_count: 0n,
        original_login_name: other.login,
        database_id: other.database.databaseId,
        open_transaction_count: other.openTransactions,
      };
    }
  },
);

const requests = view(
  'sys.dm_exec_requests',
  {
    session_id: c.smallint,
    request_id: c.int,
    start_time: c.datetime,
    status: c.nvarchar(30),
    command: c.nvarchar(32),
    sql_handle: c.varbinary(64).orNull,
    database_id: c.smallint,
    user_id: c.int,
    blocking_session_id: c.smallint.orNull,
    wait_type: c.nvarchar(60).orNull,
    wait_time: c.int,
    last_wait_type: c.nvarchar(60),
    wait_resource: c.nvarchar(256),
    open_transaction_count: c.int,
    percent_complete: c.real,
    cpu_time: c.int,
    total_elapsed_time: c.int,
    reads: c.bigint,
    writes: c.bigint,
    logical_reads: c.bigint,
    transaction_isolation_level: c.smallint,
    row_count: c.bigint,
  },
  function* (session) {
    const now = nowTicks();
    for (const other of visibleSessions(session)) {
      const { request } = other;
      if (!request) continue;
      const elapsed = Number((now - request.started) / 10_000n);
      const blocked = request.blockedBy !== 0;
      yield {
        session_id: other.spid,
        request_id: 0,
        start_time: toDatetime(request.started),
        status: other.status,
        command: request.command,
        database_id: other.database.databaseId,
        user_id: 1,
        blocking_session_id: request.blockedBy,
        wait_type: blocked ? 'LCK_M_X' : null,
        wait_time: blocked ? elapsed : 0,
        last_wait_type: blocked ? 'LCK_M_X' : 'MISCELLANEOUS',
        wait_resource: '',
        open_transaction_count: other.openTransactions,
        percent_complete: 0,
        cpu_time: elapsed,
        total_elapsed_time: elapsed,
        reads: 0n,
        writes: 0n,
        logical_reads: 0n,
        transaction_isolation_level: other.isolationLevel,
        row_count: 0n,
      };
    }
  },
);

const connections = view(
  'sys.dm_exec_connections',
  {
    session_id: c.int.orNull,
    connect_time: c.datetime,
    net_transport: c.nvarchar(40),
    protocol_type: c.nvarchar(40).orNull,
    protocol_version: c.int.orNull,
    encrypt_option: c.nvarchar(40),
    auth_scheme: c.nvarchar(40),
    client_net_address: c.varchar(48).orNull,
  },
  function* (session) {
    requireServerState(session);
    for (const other of session.server.sessions) {
      yield {
        session_id: other.spid,
        connect_time: toDatetime(other.loginTime),
        net_transport: 'TCP',
        protocol_type: 'TSQL',
        protocol_version: 0x74000004,
        encrypt_option: 'FALSE',
        auth_scheme: 'SQL',
        client_net_address: '127.0.0.1',
      };
    }
  },
);

const systemInformation = view(
  'sys.dm_os_sys_info',
  {
    cpu_count: c.int,
    hyperthread_ratio: c.int,
    physical_memory_kb: c.bigint,
    committed_kb: c.bigint,
    max_workers_count: c.int,
    scheduler_count: c.int,
    sqlserver_start_time: c.datetime,
  },
  function* (session) {
    requireServerState(session);
    yield {
      cpu_count: availableParallelism(),
      hyperthread_ratio: 1,
      physical_memory_kb: BigInt(Math.floor(totalmem() / 1024)),
      committed_kb: BigInt(Math.floor(process.memoryUsage().rss / 1024)),
      max_workers_count: 512,
      scheduler_count: 1,
      sqlserver_start_time: toDatetime(session.server.started),
    };
  },
);

export const SERVER_VIEWS: readonly CatalogView[] = [
  databases,
  configurations,
  sessions,
  requests,
  connections,
  systemInformation,
];
