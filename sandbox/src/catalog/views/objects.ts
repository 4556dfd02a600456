import type { Value } from '../../engine/sql-type.ts';
import * as t from '../../engine/types.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { DatabaseObject } from '../../storage/table.ts';
import { catalogObjects, entryOf, schemaIdOf, visibleObjects, type CatalogObject } from '../object-kinds.ts';
import { largest, SYSNAME_USER_TYPE_ID, typeFacts } from '../type-catalog.ts';
import { c, COLLATION, flag, toDatetime, view, type CatalogView } from '../view.ts';

const OBJECT_COLUMNS = {
  name: c.name,
  object_id: c.int,
  principal_id: c.int.orNull,
  schema_id: c.int,
  parent_object_id: c.int,
  type: c.char(2).orNull,
  type_desc: c.nvarchar(60).orNull,
  create_date: c.datetime,
  modify_date: c.datetime,
  is_ms_shipped: c.bit,
  is_published: c.bit,
  is_schema_published: c.bit,
};
export { OBJECT_COLUMNS };

type ObjectRow = { readonly [K in keyof typeof OBJECT_COLUMNS]: Value };

export function objectRow(object: CatalogObject, session: CatalogSession): ObjectRow {
  return {
    name: object.name,
    object_id: object.objectId,
    principal_id: null,
    schema_id: schemaIdOf(session, object.schema),
    parent_object_id: object.parent,
    type: object.kind.type,
    type_desc: object.kind.description,
    create_date: toDatetime(object.created),
    modify_date: toDatetime(object.modified),
    is_ms_shipped: 0,
    is_published: 0,
    is_schema_published: 0,
  };
}

function* ofKind(session: CatalogSession, kind: DatabaseObject['kind']): Generator<ObjectRow> {
  for (const object of visibleObjects(session)) if (object.kind === kind) yield objectRow(entryOf(object), session);
}

const objects = view('sys.objects', OBJECT_COLUMNS, function* (session) {
  for (const object of catalogObjects(session)) yield objectRow(object, session);
});

const tables = view(
  'sys.tables',
  {
    ...OBJECT_COLUMNS,
    lob_data_space_id: c.int,
    filestream_data_space_id: c.int.orNull,
    max_column_id_used: c.int,
    lock_on_bulk_load: c.bit,
    uses_ansi_nulls: c.bit.orNull,
    is_replicated: c.bit.orNull,
    has_replication_filter: c.bit.orNull,
    is_merge_published: c.bit.orNull,
    is_sync_tran_subscribed: c.bit.orNull,
    has_unchecked_assembly_data: c.bit,
    text_in_row_limit: c.int.orNull,
    large_value_types_out_of_row: c.bit.orNull,
    is_tracked_by_cdc: c.bit.orNull,
    lock_escalation: c.tinyint.orNull,
    lock_escalation_desc: c.nvarchar(60).orNull,
    is_filetable: c.bit.orNull,
    is_memory_optimized: c.bit.orNull,
    durability: c.tinyint.orNull,
    durability_desc: c.nvarchar(60).orNull,
    temporal_type: c.tinyint.orNull,
    temporal_type_desc: c.nvarchar(60).orNull,
    history_table_id: c.int.orNull,
    is_remote_data_archive_enabled: c.bit.orNull,
    is_external: c.bit,
    history_retention_period: c.int.orNull,
    history_retention_period_unit: c.int.orNull,
    history_retention_period_unit_desc: c.nvarchar(10).orNull,
    is_node: c.bit.orNull,
    is_edge: c.bit.orNull,
    ledger_type: c.tinyint.orNull,
    ledger_type_desc: c.nvarchar(60).orNull,
    ledger_view_id: c.int.orNull,
    is_dropped_ledger_table: c.bit.orNull,
  },
  function* (session) {
    for (const row of ofKind(session, 'table')) {
      const table = session.database.objectById(Number(row.object_id));
      const columns = table?.kind === 'table' ? table.columns : [];
      yield {
        ...row,
        lob_data_space_id: flag(columns.some(({ type }) => t.isLargeObject(type))),
        max_column_id_used: columns.reduce((most, { columnId }) => Math.max(most, columnId), 0),
        lock_on_bulk_load: 0,
        uses_ansi_nulls: 1,
        is_replicated: 0,
        has_replication_filter: 0,
        is_merge_published: 0,
        is_sync_tran_subscribed: 0,
        has_unchecked_assembly_data: 0,
        text_in_row_limit: 0,
        large_value_types_out_of_row: 0,
        is_tracked_by_cdc: 0,
        lock_escalation: 0,
        lock_escalation_desc: 'TABLE',
        is_filetable: 0,
        is_memory_optimized: 0,
        durability: 0,
        durability_desc: 'SCHEMA_AND_DATA',
        temporal_type: 0,
        temporal_type_desc: 'NON_TEMPORAL_TABLE',
        is_remote_data_archive_enabled: 0,
        is_external: 0,
        is_node: 0,
        is_edge: 0,
        ledger_type: 0,
        ledger_type_desc: 'NON_LEDGER_TABLE',
        is_dropped_ledger_table: 0,
      };
    }
  },
);

const views = view(
  'sys.views',
  {
    ...OBJECT_COLUMNS,
    is_replicated: c.bit.orNull,
    has_replication_filter: c.bit.orNull,
    has_opaque_metadata: c.bit,
    has_unchecked_assembly_data: c.bit,
    with_check_option: c.bit,
    is_date_correlation_view: c.bit,
    is_tracked_by_cdc: c.bit.orNull,
    has_snapshot: c.bit.orNull,
    ledger_view_type: c.tinyint.orNull,
    ledger_view_type_desc: c.nvarchar(60).orNull,
    is_dropped_ledger_view: c.bit.orNull,
  },
  function* (session) {
    for (const row of ofKind(session, 'view')) {
      const object = session.database.objectById(Number(row.object_id));
      yield {
        ...row,
        is_replicated: 0,
        has_replication_filter: 0,
        has_opaque_metadata: 0,
        has_unchecked_assembly_data: 0,
        with_check_option: flag(object?.kind === 'view' && object.checkOption),
        is_date_correlation_view: 0,
        is_tracked_by_cdc: 0,
        has_snapshot: 0,
        ledger_view_type: 0,
        ledger_view_type_desc: 'NON_LEDGER_VIEW',
        is_dropped_ledger_view: 0,
      };
    }
  },
);

const procedures = view(
  'sys.procedures',
  {
    ...OBJECT_COLUMNS,
    is_auto_executed: c.bit,
    is_execution_replicated: c.bit.orNull,
    is_repl_serializable_only: c.bit.orNull,
    skips_repl_constraints: c.bit.orNull,
  },
  function* (session) {
    for (const row of ofKind(session, 'procedure')) {
      yield {
        ...row,
        is_auto_executed: 0,
        is_execution_replicated: 0,
        is_repl_serializable_only: 0,
        skips_repl_constraints: 0,
      };
    }
  },
);

const schemas = view(
  'sys.schemas',
  { name: c.name, schema_id: c.int, principal_id: c.int.orNull },
  function* (session) {
    for (const { name, schemaId, principalId } of session.database.schemas) {
      yield { name, schema_id: schemaId, principal_id: principalId };
    }
    // SQL Server keeps a schema for each fixed role for compatibility.
    for (const principal of session.database.principals) {
      if (!principal.fixedRole || session.database.schema(principal.name)) continue;
      yield { name: principal.name, schema_id: principal.principalId, principal_id: principal.principalId };
    }
  },
);

const TYPE_COLUMNS = {
  name: c.name,
  system_type_id: c.tinyint,
  user_type_id: c.int,
  schema_id: c.int,
  principal_id: c.int.orNull,
  max_length: c.smallint,
  precision: c.tinyint,
  scale: c.tinyint,
  collation_name: c.name.orNull,
  is_nullable: c.bit.orNull,
  is_user_defined: c.bit,
  is_assembly_type: c.bit,
  default_object_id: c.int,
  rule_object_id: c.int,
  is_table_type: c.bit,
};
type TypeRow = { readonly [K in keyof typeof TYPE_COLUMNS]?: Value };

const TABLE_TYPE_SYSTEM_ID = 243;

function* typeRows(session: CatalogSession): Generator<TypeRow> {
  const common = { default_object_id: 0, rule_object_id: 0 };
  const systemType = { schema_id: 4, is_user_defined: 0, is_table_type: 0, ...common };
  for (const name of t.ALL_TYPE_NAMES) {
    const type = largest(name);
    const facts = typeFacts(type, session);
    yield {
      name: t.catalogTypeName(type),
      system_type_id: facts.systemTypeId,
      user_type_id: facts.userTypeId,
      max_length: facts.maxLength,
      precision: facts.precision,
      scale: facts.scale,
      collation_name: facts.collation,
      is_nullable: flag(name !== 'rowversion'),
      is_assembly_type: flag(name === 'hierarchyid' || name === 'geography' || name === 'geometry'),
      ...systemType,
    };
  }
  yield {
    name: 'sysname',
    system_type_id: t.systemTypeId(t.SYSNAME),
    user_type_id: SYSNAME_USER_TYPE_ID,
    max_length: 256,
    precision: 0,
    scale: 0,
    collation_name: COLLATION,
    is_nullable: 0,
    is_assembly_type: 0,
    ...systemType,
  };
  for (const type of session.database.types) {
    const facts = type.base ? typeFacts(type.base, session) : undefined;
    yield {
      name: type.name,
      system_type_id: facts?.systemTypeId ?? TABLE_TYPE_SYSTEM_ID,
      user_type_id: type.userTypeId,
      schema_id: schemaIdOf(session, type.schema),
      max_length: facts?.maxLength ?? -1,
      precision: facts?.precision ?? 0,
      scale: facts?.scale ?? 0,
      collation_name: facts?.collation ?? null,
      is_nullable: flag(type.nullable),
      is_user_defined: 1,
      is_assembly_type: 0,
      is_table_type: flag(type.table !== undefined),
      ...common,
    };
  }
}

const types = view('sys.types', TYPE_COLUMNS, typeRows);

const tableTypes = view(
  'sys.table_types',
  { ...TYPE_COLUMNS, type_table_object_id: c.int, is_memory_optimized: c.bit.orNull },
  function* (session) {
    for (const row of typeRows(session)) {
      if (row.is_table_type !== 1) continue;
      const type = [...session.database.types].find(({ userTypeId }) => userTypeId === row.user_type_id);
      yield { ...row, type_table_object_id: type?.objectId ?? 0, is_memory_optimized: 0 };
    }
  },
);

const sequences = view(
  'sys.sequences',
  {
    ...OBJECT_COLUMNS,
    start_value: c.variant,
    increment: c.variant,
    minimum_value: c.variant.orNull,
    maximum_value: c.variant.orNull,
    is_cycling: c.bit.orNull,
    is_cached: c.bit.orNull,
    cache_size: c.int.orNull,
    system_type_id: c.tinyint,
    user_type_id: c.int,
    precision: c.tinyint,
    scale: c.tinyint.orNull,
    current_value: c.variant,
    is_exhausted: c.bit,
    last_used_value: c.variant.orNull,
  },
  function* (session) {
    for (const object of visibleObjects(session)) {
      if (object.kind !== 'sequence') continue;
      const facts = typeFacts(object.type, session);
      const whole = object.type.name === 'bigint' || t.isDecimal(object.type);
      const variant = (value: bigint): Value => ({ type: object.type, value: whole ? value : Number(value) });
      yield {
        ...objectRow(entryOf(object), session),
        start_value: variant(object.start),
        increment: variant(object.increment),
        minimum_value: variant(object.minimum),
        maximum_value: variant(object.maximum),
        is_cycling: flag(object.cycle),
        is_cached: flag(object.cacheSize !== 0),
        cache_size: object.cacheSize,
        system_type_id: facts.systemTypeId,
        user_type_id: facts.userTypeId,
        precision: facts.precision,
        scale: facts.scale,
        current_value: variant(object.current),
        is_exhausted: 0,
        last_used_value: object.used ? variant(object.current) : null,
      };
    }
  },
);

const synonyms = view(
  'sys.synonyms',
  { ...OBJECT_COLUMNS, base_object_name: c.nvarchar(1035).orNull },
  function* (session) {
    for (const row of ofKind(session, 'synonym')) {
      const object = session.database.objectById(Number(row.object_id));
      const target =
        object?.kind === 'synonym' ? object.target.map(part => `[${part.replaceAll(']', ']]')}]`).join('.') : null;
      yield { ...row, base_object_name: target };
    }
  },
);

/** The sandbox has no triggers, so the view is empty. */
const triggers = view(
  'sys.triggers',
  {
    name: c.name,
    object_id: c.int,
    parent_class: c.tinyint,
    parent_class_desc: c.nvarchar(60).orNull,
    parent_id: c.int,
    type: c.char(2),
    type_desc: c.nvarchar(60).orNull,
    create_date: c.datetime,
    modify_date: c.datetime,
    is_ms_shipped: c.bit,
    is_disabled: c.bit,
    is_not_for_replication: c.bit,
    is_instead_of_trigger: c.bit,
  },
  () => [],
);

export const OBJECT_VIEWS: readonly CatalogView[] = [
  objects,
  tables,
  views,
  procedures,
  schemas,
  types,
  tableTypes,
  sequences,
  synonyms,
  triggers,
];
