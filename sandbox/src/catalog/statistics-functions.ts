import type { Value } from '../engine/sql-type.ts';
import * as t from '../engine/types.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import { objectById } from './name-lookup.ts';
import type { CatalogFunction } from './table-function.ts';
import { histogramOf, tableStatistics, type TableStatistics } from './table-statistics.ts';
import { c, type ColumnSpec } from './view.ts';

const FLOAT: ColumnSpec = { type: t.FLOAT, nullable: true };
const DATETIME2: ColumnSpec = { type: { name: 'datetime2', scale: 7 }, nullable: true };
const PARAMETERS = [
  { name: '@object_id', type: t.INT },
  { name: '@stats_id', type: t.INT },
];

/** Both functions return nothing for a login that may not SELECT the table, and for what isn't there. */
function statisticsOf([objectId, statsId]: readonly Value[], session: CatalogSession): TableStatistics | undefined {
  if (typeof objectId !== 'number' || !session.hasPermission('SELECT', { objectId })) return undefined;
  const table = objectById(session, objectId)?.object;
  if (table?.kind !== 'table') return undefined;
  return [...tableStatistics(session, table)].find(statistics => statistics.statsId === statsId);
}

/** learn.microsoft.com: sys.dm_db_stats_properties. Statistics of an empty table have no properties. */
const statsProperties: CatalogFunction = {
  objectId: -1008,
  name: 'dm_db_stats_properties',
  parameters: PARAMETERS,
  columns: {
    object_id: c.int,
    stats_id: c.int,
    last_updated: DATETIME2,
    rows: c.bigint.orNull,
    rows_sampled: c.bigint.orNull,
    steps: c.int.orNull,
    unfiltered_rows: c.bigint.orNull,
    modification_counter: c.bigint.orNull,
    persisted_sample_percent: FLOAT,
  },
  *rows(args, session) {
    const statistics = statisticsOf(args, session);
    if (statistics === undefined) return;
    const { table, statsId, updated } = statistics;
    const rows = BigInt(table.rowCount);
    const known = rows > 0n;
    yield {
      object_id: table.objectId,
      stats_id: statsId,
      last_updated: known ? updated : null,
      rows: known ? rows : null,
      rows_sampled: known ? rows : null,
      steps: known ? histogramOf(statistics).length : null,
      unfiltered_rows: known ? rows : null,
      modification_counter: known ? 0n : null,
      persisted_sample_percent: known ? 0 : null,
    };
  },
};

/** learn.microsoft.com: sys.dm_db_stats_histogram */
const statsHistogram: CatalogFunction = {
  objectId: -1009,
  name: 'dm_db_stats_histogram',
  parameters: PARAMETERS,
  columns: {
    object_id: c.int,
    stats_id: c.int,
    step_number: c.int,
    range_high_key: c.variant.orNull,
    range_rows: c.real,
    equal_rows: c.real,
    distinct_range_rows: c.bigint,
    average_range_rows: c.real,
  },
  *rows(args, session) {
    const statistics = statisticsOf(args, session);
    const type = statistics?.columns[0]?.type;
    if (statistics === undefined || type === undefined) return;
    for (const [i, { high, equalRows, rangeRows, distinctRangeRows }] of histogramOf(statistics).entries()) {
      yield {
        object_id: statistics.table.objectId,
        stats_id: statistics.statsId,
        step_number: i + 1,
        range_high_key: high === null ? null : { type, value: high as Exclude<typeof high, null> },
        range_rows: rangeRows,
        equal_rows: equalRows,
        distinct_range_rows: BigInt(distinctRangeRows),
        average_range_rows: distinctRangeRows === 0 ? 1 : rangeRows / distinctRangeRows,
      } as Readonly<Record<string, Value>>;
    }
  },
};

export const STATISTICS_FUNCTIONS: readonly CatalogFunction[] = [statsProperties, statsHistogram];
