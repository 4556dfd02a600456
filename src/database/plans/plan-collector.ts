import { AppError } from '../../common/app-error.js';
import type { CellValue, ResultColumn } from '../driver/result-set.js';
import type { ResponseHandler } from '../driver/session-request.js';

/** Each must be alone in its batch. The setting lasts as long as the session. */
export const SHOW_PLANS = 'SET SHOWPLAN_XML ON;';
export const MEASURE_PLANS = 'SET STATISTICS XML ON;';

/** The name of the only column of a result set with a plan (SET SHOWPLAN_XML). */
const PLAN_COLUMN = /^Microsoft SQL Server \d{4} XML Showplan$/;

/** The size limit of the plans of one statement together, in bytes. */
export const MAX_PLAN_BYTES = 2_000_000;
/** The number of plans that are kept of one statement. A batch or a function can produce more. */
const MAX_PLANS = 20;

/** Collects the plans of a response. Rows of the statement itself are counted and dropped. */
export class PlanCollector implements ResponseHandler {
  readonly plans: string[] = [];
  /** Rows that the statement returned. */
  rows = 0;
  private bytes = 0;
  private inPlan = false;

  /** With `onlyPlans` the first row of the statement itself stops the request, because the statement must not run. */
  constructor(private readonly options: { readonly onlyPlans: boolean; onRows?(rows: number): void }) {}

  columns(columns: readonly ResultColumn[]): void {
    this.inPlan = columns.length === 1 && PLAN_COLUMN.test(columns[0]?.name ?? '');
  }

  row(row: CellValue[]): void | 'stop' {
    if (!this.inPlan) {
      this.rows++;
      if (this.rows % 1000 === 0) this.options.onRows?.(this.rows);
      return this.options.onlyPlans ? 'stop' : undefined;
    }
    if (this.plans.length >= MAX_PLANS) return undefined;
    const plan = String(row[0] ?? '');
    this.bytes += Buffer.byteLength(plan);
    if (this.bytes > MAX_PLAN_BYTES) throw planTooLarge();
    this.plans.push(plan);
    return undefined;
  }

  done(): void {
    this.inPlan = false;
  }

  message(): void {
    // PRINT and warnings belong to the statement, whose answer nobody reads here.
  }
}

export function planTooLarge(): AppError {
  return new AppError('RESULT_TOO_LARGE', `The plan is larger than this server reads (${MAX_PLAN_BYTES} bytes).`, {
    hint: 'Explain a part of the statement: a subquery, or one branch of a UNION.',
  });
}
