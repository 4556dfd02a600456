import { comparatorFor } from '../engine/comparison.ts';
import type { Value } from '../engine/sql-type.ts';
import type { CatalogSession } from '../session/catalog-provider.ts';
import type { ColumnDefinition, IndexDefinition, StoredTable } from '../storage/table.ts';

/** Statistics of a table: those of an index, or those that CREATE STATISTICS made. */
export interface TableStatistics {
  readonly table: StoredTable;
  readonly statsId: number;
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  readonly index: IndexDefinition | undefined;
  readonly updated: bigint;
}

export function* tableStatistics(session: CatalogSession, table: StoredTable): Generator<TableStatistics> {
  for (const index of [...table.indexes].sort((a, b) => a.indexId - b.indexId)) {
    const columns = index.key.flatMap(({ ordinal }) => table.columns[ordinal] ?? []);
    yield { table, statsId: index.indexId, name: index.name, columns, index, updated: table.modified };
  }
  for (const { statsId, name, columnIds, updated } of session.database.statistics.of(table.objectId)) {
    const columns = columnIds.flatMap(id => table.columns.find(({ columnId }) => columnId === id) ?? []);
    if (columns.length > 0) yield { table, statsId, name, columns, index: undefined, updated };
  }
}

/** One step of a histogram. */
export interface HistogramStep {
  readonly high: Value;
  readonly equalRows: number;
  readonly rangeRows: number;
  readonly distinctRangeRows: number;
}

const MAX_STEPS = 200;

/** The histogram of the first column. It is made from the rows as they are, as FULLSCAN does; NULL is a step of its own. */
export function histogramOf({ table, columns: [column] }: TableStatistics): readonly HistogramStep[] {
  const ordinal = column === undefined ? -1 : table.columns.indexOf(column);
  if (column === undefined || ordinal < 0) return [];
  const compare = comparatorFor(column.type);
  const values: Value[] = [];
  let nulls = 0;
  for (const row of table.scan()) {
    const value = row.values[ordinal] ?? null;
    if (value === null) nulls++;
    else values.push(value);
  }
  values.sort(compare);
  const groups: { value: Value; count: number }[] = [];
  for (const value of values) {
    const last = groups.at(-1);
    if (last !== undefined && compare(last.value, value) === 0) last.count++;
    else groups.push({ value, count: 1 });
  }
  const every = Math.max(1, Math.ceil(groups.length / (MAX_STEPS - 1)));
  const steps: HistogramStep[] =
    nulls === 0 ? [] : [{ high: null, equalRows: nulls, rangeRows: 0, distinctRangeRows: 0 }];
  let rangeRows = 0;
  let distinctRangeRows = 0;
  groups.forEach(({ value, count }, i) => {
    if (i !== 0 && i !== groups.length - 1 && i % every !== 0) {
      rangeRows += count;
      distinctRangeRows++;
      return;
    }
    steps.push({ high: value, equalRows: count, rangeRows, distinctRangeRows });
    rangeRows = 0;
    distinctRangeRows = 0;
  });
  return steps;
}
