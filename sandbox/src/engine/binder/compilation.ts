import type * as ast from '../../parser/ast.ts';
import type { Pause, Ticker } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import type { BindContext, TableRead } from './bind-context.ts';

export interface CachedSubquery {
  needed: boolean;
  known: { readonly generation: number; readonly result: unknown } | undefined;
  compute(): Generator<Pause, unknown, void>;
}

const MAX_SELECTS = 5000;

/** What one statement's parts share while it is compiled and while it runs. A compiled query runs once at a time. */
export class Compilation {
  readonly context: BindContext;
  readonly reads: TableRead[] = [];
  /** Set when the statement starts to run; expressions with subqueries tick this clock. */
  ticker: Ticker = { tick: () => false };
  /** Grows with every run, so that cached subquery results are dropped. */
  generation = 0;
  /** Depth of views and functions being expanded. */
  nesting = 0;
  /** Above 0 while something is bound that may never be evaluated: a branch of CASE, an operand of OR. */
  optional = 0;
  /** Results of subqueries that don't depend on the row around them, and how they are computed. */
  readonly subqueries = new Map<ast.Query, CachedSubquery>();
  private selects = 0;

  constructor(context: BindContext) {
    this.context = context;
  }

  /** Views and common table expressions are compiled where they are named: a few that name each other twice are millions. */
  countSelect(): void {
    if (++this.selects <= MAX_SELECTS) return;
    throw new SqlError(
      8623,
      'The query processor ran out of internal resources and could not produce a query plan. This is a rare event and only expected for extremely complex queries or queries that reference a very large number of tables or partitions. Please simplify the query. If you believe you have received this message in error, contact Customer Support Services for more information.',
    );
  }

  start(ticker: Ticker): void {
    this.ticker = ticker;
    this.generation++;
  }

  /**
   * Runs the uncorrelated subqueries that are needed anyway, with pauses: inside an expression they could make none.
   * An error is left to the evaluation, which may never come.
   */
  *prepare(): Generator<Pause, void, void> {
    for (const subquery of this.subqueries.values()) {
      if (!subquery.needed) continue;
      try {
        const result = yield* subquery.compute();
        subquery.known = { generation: this.generation, result };
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
      }
    }
  }
}
