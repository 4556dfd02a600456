import { isRow } from './row-source.ts';
import type { RowStream } from '../contracts.ts';

/** The table that an operator reads. */
export interface PlanObject {
  readonly schema: string;
  readonly table: string;
  readonly rowCount: number;
  readonly index?: { readonly name: string; readonly clustered: boolean };
}

/** What one operator did in a run. */
export interface Meter {
  rows: number;
  executions: number;
}

/** An operator of a plan, named as SQL Server names it in its showplan (LogicalOpType, PhysicalOpType). */
export interface PlanNode {
  readonly physical: string;
  readonly logical: string;
  /** The estimated number of rows. */
  readonly rows: number;
  readonly object?: PlanObject | undefined;
  readonly children: readonly PlanNode[];
  /** Absent where the run was not measured. */
  readonly actual?: Meter | undefined;
}

export const CONSTANT_SCAN: PlanNode = { physical: 'Constant Scan', logical: 'Constant Scan', rows: 1, children: [] };

/** An operator that only passes on the rows of others. */
export function passing(name: string, children: readonly PlanNode[], rows: number, logical = name): PlanNode {
  return { physical: name, logical, rows, children };
}

/** Counts the rows of a stream and its runs. */
export function* metered(meter: Meter, stream: RowStream): RowStream {
  meter.executions++;
  for (const item of stream) {
    if (isRow(item)) meter.rows++;
    yield item;
  }
}
