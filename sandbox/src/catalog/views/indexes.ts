import type { Value } from '../../engine/sql-type.ts';
import type { CatalogSession } from '../../session/catalog-provider.ts';
import type { IndexDefinition, StoredTable } from '../../storage/table.ts';
import { visibleTables } from '../object-kinds.ts';
import { requireDatabaseState } from '../permissions.ts';
import { c, flag, view, type CatalogView } from '../view.ts';

interface CatalogIndex {
  readonly table: StoredTable;
  readonly indexId: number;
  /** Undefined for the heap. */
  readonly index: IndexDefinition | undefined;
}

/** The indexes of all visible tables, and a heap for each table without a clustered one. */
function* catalogIndexes(session: CatalogSession): Generator<CatalogIndex> {
  for (const table of visibleTables(session)) {
    if (!table.indexes.some(({ clustered }) => clustered)) yield { table, indexId: 0, index: undefined };
    for (const index of [...table.indexes].sort((a, b) => a.indexId - b.indexId))
      yield { table, indexId: index.indexId, index };
  }
}

const indexes = view(
  'sys.indexes',
  {
    object_id: c.int,
    name: c.name.orNull,
    index_id: c.int,
    type: c.tinyint,
    type_desc: c.nvarchar(60).orNull,
    is_unique: c.bit.orNull,
    data_space_id: c.int.orNull,
    ignore_dup_key: c.bit.orNull,
    is_primary_key: c.bit.orNull,
    is_unique_constraint: c.bit.orNull,
    fill_factor: c.tinyint,
    is_padded: c.bit.orNull,
    is_disabled: c.bit.orNull,
    is_hypothetical: c.bit.orNull,
    is_ignored_in_optimization: c.bit.orNull,
    allow_row_locks: c.bit.orNull,
    allow_page_locks: c.bit.orNull,
    has_filter: c.bit.orNull,
    filter_definition: c.text.orNull,
    compression_delay: c.int.orNull,
    suppress_dup_key_messages: c.bit.orNull,
    auto_created: c.bit.orNull,
    optimize_for_sequential_key: c.bit.orNull,
  },
  function* (session) {
    for (const { table, indexId, index } of catalogIndexes(session)) {
      yield {
        object_id: table.objectId,
        name: index?.name ?? null,
        index_id: indexId,
        type: index === undefined ? 0 : index.clustered ? 1 : 2,
        type_desc: index === undefined ? 'HEAP' : index.clustered ? 'CLUSTERED' : 'NONCLUSTERED',
        is_unique: flag(index?.unique),
        data_space_id: 1,
        ignore_dup_key: flag(index?.ignoreDuplicateKey),
        is_primary_key: flag(index?.constraint === 'PRIMARY KEY'),
        is_unique_constraint: flag(index?.constraint === 'UNIQUE'),
        fill_factor: index?.fillFactor ?? 0,
        is_padded: 0,
        is_disabled: flag(index?.disabled),
        is_hypothetical: 0,
        is_ignored_in_optimization: 0,
        allow_row_locks: 1,
        allow_page_locks: 1,
        has_filter: flag(index?.filter !== undefined),
        filter_definition: index?.filter?.definition ?? null,
        suppress_dup_key_messages: 0,
        auto_created: 0,
        optimize_for_sequential_key: 0,
      };
    }
  },
);

const indexColumns = view(
  'sys.index_columns',
  {
    object_id: c.int,
    index_id: c.int,
    index_column_id: c.int,
    column_id: c.int,
    key_ordinal: c.tinyint,
    partition_ordinal: c.tinyint,
    is_descending_key: c.bit.orNull,
    is_included_column: c.bit.orNull,
    column_store_order_ordinal: c.tinyint,
  },
  function* (session) {
    for (const { table, indexId, index } of catalogIndexes(session)) {
      let indexColumnId = 0;
      const row = (ordinal: number, keyOrdinal: number, descending: boolean): Record<string, Value> => ({
        object_id: table.objectId,
        index_id: indexId,
        index_column_id: ++indexColumnId,
        column_id: table.columns[ordinal]?.columnId ?? 0,
        key_ordinal: keyOrdinal,
        partition_ordinal: 0,
        is_descending_key: flag(descending),
        is_included_column: flag(keyOrdinal === 0),
        column_store_order_ordinal: 0,
      });
      if (!index) continue;
      for (const [i, key] of index.key.entries()) yield row(key.ordinal, i + 1, key.descending);
      for (const ordinal of index.included) yield row(ordinal, 0, false);
    }
  },
);

/** Partition ids are opaque large numbers in SQL Server; the sandbox makes them from object and index. */
const partitionId = ({ table, indexId }: CatalogIndex): bigint => (BigInt(table.objectId) << 16n) | BigInt(indexId);

const partitions = view(
  'sys.partitions',
  {
    partition_id: c.bigint,
    object_id: c.int,
    index_id: c.int,
    partition_number: c.int,
    hobt_id: c.bigint,
    rows: c.bigint.orNull,
    filestream_filegroup_id: c.smallint,
    data_compression: c.tinyint,
    data_compression_desc: c.nvarchar(60).orNull,
    xml_compression: c.bit.orNull,
    xml_compression_desc: c.varchar(3).orNull,
  },
  function* (session) {
    for (const entry of catalogIndexes(session)) {
      yield {
        partition_id: partitionId(entry),
        object_id: entry.table.objectId,
        index_id: entry.indexId,
        partition_number: 1,
        hobt_id: partitionId(entry),
        rows: BigInt(session.database.statistics.rowCount(entry.table.objectId) ?? entry.table.rowCount),
        filestream_filegroup_id: 0,
        data_compression: 0,
        data_compression_desc: 'NONE',
        xml_compression: 0,
        xml_compression_desc: 'OFF',
      };
    }
  },
);

const ROWS_PER_PAGE = 50n;

const partitionStats = view(
  'sys.dm_db_partition_stats',
  {
    partition_id: c.bigint.orNull,
    object_id: c.int,
    index_id: c.int,
    partition_number: c.int,
    in_row_data_page_count: c.bigint.orNull,
    in_row_used_page_count: c.bigint.orNull,
    in_row_reserved_page_count: c.bigint.orNull,
    lob_used_page_count: c.bigint.orNull,
    lob_reserved_page_count: c.bigint.orNull,
    row_overflow_used_page_count: c.bigint.orNull,
    row_overflow_reserved_page_count: c.bigint.orNull,
    used_page_count: c.bigint.orNull,
    reserved_page_count: c.bigint.orNull,
    row_count: c.bigint.orNull,
  },
  function* (session) {
    requireDatabaseState(session);
    for (const entry of catalogIndexes(session)) {
      const rows = BigInt(session.database.statistics.rowCount(entry.table.objectId) ?? entry.table.rowCount);
      // The sandbox has no pages; it estimates their number, so that size reports are not empty.
      const data = (rows + ROWS_PER_PAGE - 1n) / ROWS_PER_PAGE;
      const used = data === 0n ? 0n : data + 1n;
      yield {
        partition_id: partitionId(entry),
        object_id: entry.table.objectId,
        index_id: entry.indexId,
        partition_number: 1,
        in_row_data_page_count: data,
        in_row_used_page_count: used,
        in_row_reserved_page_count: used,
        lob_used_page_count: 0n,
        lob_reserved_page_count: 0n,
        row_overflow_used_page_count: 0n,
        row_overflow_reserved_page_count: 0n,
        used_page_count: used,
        reserved_page_count: used,
        row_count: rows,
      };
    }
  },
);

const dataSpaces = view(
  'sys.data_spaces',
  {
    name: c.name,
    data_space_id: c.int,
    type: c.char(2),
    type_desc: c.nvarchar(60).orNull,
    is_default: c.bit.orNull,
    is_system: c.bit.orNull,
  },
  () => [{ name: 'PRIMARY', data_space_id: 1, type: 'FG', type_desc: 'ROWS_FILEGROUP', is_default: 1, is_system: 0 }],
);

export const INDEX_VIEWS: readonly CatalogView[] = [indexes, indexColumns, partitions, partitionStats, dataSpaces];
