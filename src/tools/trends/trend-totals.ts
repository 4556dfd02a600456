import type { CellValue } from '../../database/driver/result-set.js';
import { PARTS, type Part } from './trend-statement.js';

/** A total as results have numbers: exact. Null where all values are NULL. */
export type Total = number | string | null;

export interface Counted {
  readonly total: Total;
  readonly rows: number;
  /** Rows whose value is not NULL. */
  readonly values: number;
}

/** The rows of a trend's statement. */
export interface TrendTotals {
  /** By the first day of the period. */
  readonly periods: ReadonlyMap<string, Counted>;
  readonly parts: Partial<Record<Part, Counted>>;
}

export function totalsOf(rows: readonly (readonly CellValue[])[]): TrendTotals {
  const periods = new Map<string, Counted>();
  const parts: Partial<Record<Part, Counted>> = {};
  for (const [part, period, whole, total, count, values] of rows) {
    const counted = { total: numeric(total), rows: Number(count), values: Number(values) };
    const known = PARTS.find(each => each === part);
    if (Number(whole) === 1 && known !== undefined) parts[known] = counted;
    else if (typeof period === 'string') periods.set(period, counted);
  }
  return { periods, parts };
}

function numeric(value: CellValue | undefined): Total {
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}
