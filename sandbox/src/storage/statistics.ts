import { nowTicks } from './clock.ts';
import type { StatisticsCatalog, StatisticsDefinition } from './table.ts';

/** Indexes have lower ids. */
const FIRST_ID = 1_000;

/** The statistics of one database that are not those of an index. They are not part of a transaction. */
export class Statistics implements StatisticsCatalog {
  private readonly byTable = new Map<number, StatisticsDefinition[]>();
  private readonly rowCounts = new Map<number, number>();

  of(objectId: number): readonly StatisticsDefinition[] {
    return this.byTable.get(objectId) ?? [];
  }

  rowCount(objectId: number): number | undefined {
    return this.rowCounts.get(objectId);
  }

  /** False when the table has statistics of this name. */
  add(objectId: number, name: string, columnIds: readonly number[]): boolean {
    const known = this.byTable.get(objectId) ?? [];
    if (known.some(other => other.name.toLowerCase() === name.toLowerCase())) return false;
    const entry = { statsId: FIRST_ID + known.length, name, columnIds, updated: nowTicks() };
    this.byTable.set(objectId, [...known, entry]);
    return true;
  }

  setRowCount(objectId: number, rows: number): void {
    this.rowCounts.set(objectId, rows);
  }
}
