import type * as ast from '../../parser/ast.ts';
import type { Pause, Ticker } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import type { Meter } from '../query/plan-node.ts';
import type { BindContext, TableRead } from './bind-context.ts';

export interface CachedSubquery {
  needed: boolean;
  known: { readonly generation: number; readonly result: unknown } | undefined;
  compute(): Generator<Pause, unknown, void>;
}

const MAX_SELECTS = 5000;

/** State that all parts of a statement share while it is compiled and while it runs. It runs once at a time. */
export class Compilation {
  readonly context: BindContext;
  readonly reads: TableRead[] = [];
  /** Set when the statement starts to run; expressions with subqueries tick this clock. */
  ticker: Ticker = { tick: () => false };
  /** Increases with every run, which invalidates cached results of subqueries. */
  generation = 0;
  /** Depth of views and functions being expanded. */
  nesting = 0;
  /** Above 0 while an operand is bound that may never be evaluated: a branch of CASE, an operand of OR. */
  optional = 0;
  /** Results of subqueries that don't depend on the row around them, and how they are computed. */
  readonly subqueries = new Map<ast.Query, CachedSubquery>();
  /** What each operator did, while a run is measured (SET STATISTICS XML). */
  meters: Map<object, Meter> | undefined;
  private selects = 0;

  constructor(context: BindContext) {
    this.context = context;
  }

  /** Views and CTEs are compiled at each reference, so a few that name each other twice would become millions. */
  countSelect(): void {
    if (++this.selects <= MAX_SELECTS) return;
    throw new SqlError(
      8623,
      'The query processor ran out of internal resources and could not produce a query plan. This is a rare event and only expected for extremely complex queries or queries that reference a very large number of tables or partitions. Please simplify the query. If you believe you have received this message in error, contact Customer Support Services for more information.',
    );
  }

  start(ticker: Ticker, measured = false): void {
    this.ticker = ticker;
    this.generation++;
    this.meters = measured ? new Map() : undefined;
  }

  /** The meter of an operator in a run that is measured. */
  meterOf(operator: object): Meter | undefined {
    if (!this.meters) return undefined;
    let meter = this.meters.get(operator);
    if (!meter) this.meters.set(operator, (meter = { rows: 0, executions: 0 }));
    return meter;
  }

  /**
   * Runs the uncorrelated subqueries that are certainly needed, with pauses, which an expression could not make.
   * An error is ignored here: the evaluation raises it, if it takes place.
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
