import type { Compilation } from '../binder/compilation.ts';
import { PAUSE, type Env, type RowStream } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import type { Value } from '../sql-type.ts';
import { type Row, isRow } from './row-source.ts';
import { convertRow } from './set-operators.ts';

/** The rows that a recursive member reads under the CTE's own name: those of the round before. */
export class WorkingRows {
  rows: readonly Row[] = [];

  *open(compilation: Compilation): RowStream {
    const { ticker } = compilation;
    for (const row of this.rows) {
      if (ticker.tick()) yield PAUSE;
      yield row;
    }
  }
}

export interface RecursiveMember {
  readonly working: WorkingRows;
  readonly converters: readonly (((v: Value) => Value) | undefined)[];
  run(outer: Env | null): RowStream;
}

export interface RecursionPlan {
  anchor(outer: Env | null): RowStream;
  readonly members: readonly RecursiveMember[];
  /** OPTION (MAXRECURSION n); 0 means no limit. */
  readonly maximum: number;
}

export const DEFAULT_MAX_RECURSION = 100;

/** Evaluates a recursive common table expression round by round, until a round gives no row. */
export function* runRecursion(plan: RecursionPlan, outer: Env | null, compilation: Compilation): RowStream {
  const { ticker } = compilation;
  let current: Row[] = [];
  for (const item of plan.anchor(outer)) {
    if (isRow(item)) current.push(item);
    yield item;
  }
  for (let round = 1; current.length > 0; round++) {
    const next: Row[] = [];
    for (const member of plan.members) {
      member.working.rows = current;
      for (const item of member.run(outer)) {
        if (ticker.tick()) yield PAUSE;
        if (!isRow(item)) {
          yield item;
          continue;
        }
        if (plan.maximum > 0 && round > plan.maximum) {
          throw new SqlError(
            530,
            `The statement terminated. The maximum recursion ${plan.maximum} has been exhausted before statement completion.`,
          );
        }
        const row = convertRow(item, member.converters);
        next.push(row);
        yield row;
      }
    }
    current = next;
  }
}
