import type { CellValue, ResultColumn } from '../../database/driver/result-set.js';
import type { SubjectPart } from '../../export/export-order.js';
import type { SubjectSink } from '../../export/subject/subject-reader.js';

export interface CategoryCount {
  readonly columns: readonly ResultColumn[];
  row_count: number;
  readonly left_out?: readonly string[];
  rows?: (readonly CellValue[])[];
}

/** Counts the rows of each category, and keeps them only where the answer may have them: all of them or none. */
export class CategoryCounts implements SubjectSink {
  readonly categories: Record<string, CategoryCount> = {};
  private current: CategoryCount | undefined;
  private bytes = 0;

  /** `maxBytes` is the room for rows in the answer; undefined when it must have none. */
  constructor(private readonly maxBytes: number | undefined) {}

  /** Whether there were more rows than fit. */
  get isTooLong(): boolean {
    return this.maxBytes !== undefined && this.bytes > this.maxBytes;
  }

  begin({ category }: SubjectPart, columns: readonly ResultColumn[], leftOut: readonly string[]): void {
    this.current = {
      columns: columns.map(({ name, type }) => ({ name, type })),
      row_count: 0,
      ...(leftOut.length === 0 ? {} : { left_out: leftOut }),
      ...(this.keepsRows ? { rows: [] } : {}),
    };
    this.categories[category] = this.current;
    this.bytes += Buffer.byteLength(JSON.stringify(this.current)) + category.length;
  }

  row(row: readonly CellValue[]): void {
    if (this.current === undefined) return;
    this.current.row_count++;
    if (!this.keepsRows) return;
    this.bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    if (this.keepsRows) this.current.rows?.push(row);
    else for (const category of Object.values(this.categories)) delete category.rows;
  }

  private get keepsRows(): boolean {
    return this.maxBytes !== undefined && !this.isTooLong;
  }
}
