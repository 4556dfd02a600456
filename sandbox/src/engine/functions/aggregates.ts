import { notSupported } from '../sql-error.ts';
import type { SqlType, Value } from '../sql-type.ts';

export interface Accumulator {
  /** One row's argument values (none for COUNT(*)). NULLs and duplicates (DISTINCT) are dealt with in here. */
  add(values: readonly Value[]): void;
  result(): Value;
}

export interface BoundAggregate {
  readonly type: SqlType;
  create(): Accumulator;
}

export interface AggregateOptions {
  readonly distinct?: boolean;
  readonly star?: boolean;
}

export const AGGREGATE_NAMES: ReadonlySet<string> = new Set([
  'COUNT',
  'COUNT_BIG',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STDEV',
  'STDEVP',
  'VAR',
  'VARP',
  'STRING_AGG',
  'CHECKSUM_AGG',
  'APPROX_COUNT_DISTINCT',
]);

/** Binds an aggregate function; undefined when there is none of that name. */
export function bindAggregate(
  name: string,
  _argTypes: readonly SqlType[],
  _options: AggregateOptions = {},
): BoundAggregate | undefined {
  throw notSupported(`the aggregate ${name}`);
}
