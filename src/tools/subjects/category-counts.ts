import type { CellValue, ResultColumn } from '../../database/driver/result-set.js';
import type { SubjectPart } from '../../export/export-order.js';
import type { SubjectSink } from '../../export/subject/subject-reader.js';

export interface CategoryCount {
  readonly columns?: readonly ResultColumn[];
  readonly row_count: number;
  readonly left_out?: readonly string[];
  readonly rows?: readonly (readonly CellValue[])[];
}

interface Counted {
  readonly columns: readonly ResultColumn[];
  readonly leftOut: readonly string[];
  readonly rows: (readonly CellValue[])[];
  count: number;
}

/** How much of the categories an answer contains; `rows` means all rows of all categories. */
export type Detail = 'rows' | 'columns' | 'counts';

/** Counts the rows of each category, and keeps them where the answer may have them. */
export class CategoryCounts implements SubjectSink {
  private readonly found = new Map<string, Counted>();
  private current: Counted | undefined;
  private bytes = 0;

  /** `maxBytes` is the room for rows in the answer; undefined when it must have none. */
  constructor(private readonly maxBytes: number | undefined) {}

  begin({ category }: SubjectPart, columns: readonly ResultColumn[], leftOut: readonly string[]): void {
    this.current = { columns: columns.map(({ name, type }) => ({ name, type })), leftOut, rows: [], count: 0 };
    this.found.set(category, this.current);
  }

  row(row: readonly CellValue[]): void {
    const { current } = this;
    if (current === undefined) return;
    current.count++;
    if (!this.hasAllRows) return;
    this.bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    if (this.hasAllRows) current.rows.push(row);
    else for (const { rows } of this.found.values()) rows.length = 0;
  }

  /** Whether all rows fitted into `maxBytes`. */
  get hasAllRows(): boolean {
    return this.maxBytes !== undefined && this.bytes <= this.maxBytes;
  }

  get isEmpty(): boolean {
    return [...this.found.values()].every(({ count }) => count === 0);
  }

  categories(detail: Detail): Readonly<Record<string, CategoryCount>> {
    return Object.fromEntries(
      [...this.found].map(([name, { columns, leftOut, rows, count }]) => [
        name,
        {
          ...(detail === 'counts' ? {} : { columns }),
          row_count: count,
          ...(leftOut.length === 0 ? {} : { left_out: leftOut }),
          ...(detail === 'rows' ? { rows } : {}),
        },
      ]),
    );
  }
}
