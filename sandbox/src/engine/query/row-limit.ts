import type { BoundExpression, Env } from '../contracts.ts';
import { SqlError } from '../sql-error.ts';
import type { Value } from '../sql-type.ts';
import { isApproximate, isDecimal, isInteger, precisionScale } from '../types.ts';
import { NO_VALUES } from './row-source.ts';

/** TOP, or OFFSET and FETCH. */
export interface RowLimit {
  readonly top?: BoundExpression;
  readonly percent: boolean;
  readonly withTies: boolean;
  readonly offset?: BoundExpression;
  readonly fetch?: BoundExpression;
}

export const NO_LIMIT: RowLimit = { percent: false, withTies: false };

export interface EvaluatedLimit {
  readonly skip: number;
  /** How many rows, or which percentage of them. */
  readonly take: number;
  readonly percent: boolean;
  readonly withTies: boolean;
}

export function evaluateLimit(limit: RowLimit, outer: Env | null): EvaluatedLimit {
  const env: Env = { row: NO_VALUES, outer };
  let skip = 0;
  let take = Infinity;
  if (limit.top) {
    take = limit.percent ? toNumber(limit.top, env) : toCount(limit.top, env);
    if (limit.percent && (take < 0 || take > 100))
      throw new SqlError(1031, 'Percent values must be between 0 and 100.', 15);
    if (take < 0) throw new SqlError(127, 'A TOP N or FETCH rowcount value may not be negative.', 15);
  }
  if (limit.offset) {
    skip = toCount(limit.offset, env);
    if (skip < 0) throw new SqlError(10742, 'The offset specified in a OFFSET clause may not be negative.', 15);
  }
  if (limit.fetch) {
    take = toCount(limit.fetch, env);
    if (take <= 0)
      throw new SqlError(10744, 'The number of rows provided for a FETCH clause must be greater then zero.', 15);
  }
  return { skip, take, percent: limit.percent, withTies: limit.withTies };
}

const notInteger = (): SqlError =>
  new SqlError(
    1060,
    'The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.',
    15,
  );

function toCount(expression: BoundExpression, env: Env): number {
  if (!isInteger(expression.type)) throw notInteger();
  const value = expression.evaluate(env);
  if (value === null) throw notInteger();
  return Number(value);
}

function toNumber({ type, evaluate }: BoundExpression, env: Env): number {
  const value: Value = evaluate(env);
  if (value === null || !(isInteger(type) || isDecimal(type) || isApproximate(type))) throw notInteger();
  return isDecimal(type) ? Number(value) / 10 ** precisionScale(type).scale : Number(value);
}
