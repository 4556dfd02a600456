import type { CatalogSession } from '../../session/catalog-provider.ts';
import { visibleTables } from '../object-kinds.ts';
import { tableStatistics } from '../table-statistics.ts';
import { c, flag, view, type CatalogView } from '../view.ts';

function* allStatistics(session: CatalogSession) {
  for (const table of visibleTables(session)) yield* tableStatistics(session, table);
}

/** learn.microsoft.com: sys.stats */
const stats = view(
  'sys.stats',
  {
    object_id: c.int,
    name: c.name.orNull,
    stats_id: c.int,
    auto_created: c.bit.orNull,
    user_created: c.bit.orNull,
    no_recompute: c.bit.orNull,
    has_filter: c.bit.orNull,
    filter_definition: c.text.orNull,
    is_temporary: c.bit.orNull,
    is_incremental: c.bit.orNull,
  },
  function* (session) {
    for (const { table, statsId, name, index } of allStatistics(session)) {
      yield {
        object_id: table.objectId,
        name,
        stats_id: statsId,
        auto_created: 0,
        user_created: flag(index === undefined),
        no_recompute: 0,
        has_filter: flag(index?.filter !== undefined),
        filter_definition: index?.filter?.definition ?? null,
        is_temporary: 0,
        is_incremental: 0,
      };
    }
  },
);

/** learn.microsoft.com: sys.stats_columns */
const statsColumns = view(
  'sys.stats_columns',
  { object_id: c.int, stats_id: c.int, stats_column_id: c.int.orNull, column_id: c.int.orNull },
  function* (session) {
    for (const { table, statsId, columns } of allStatistics(session)) {
      for (const [i, column] of columns.entries())
        yield { object_id: table.objectId, stats_id: statsId, stats_column_id: i + 1, column_id: column.columnId };
    }
  },
);

export const STATISTICS_VIEWS: readonly CatalogView[] = [stats, statsColumns];
