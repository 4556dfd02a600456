export const ORDERS = ['time', 'average_time', 'cpu', 'reads', 'calls'] as const;
export type Order = (typeof ORDERS)[number];

/** The source of the figures. Query Store keeps them for weeks, the plan cache until it evicts the plan. */
export type Source = 'query_store' | 'plan_cache';

/** A statement with the figures that the database recorded. Its text contains values. */
export interface CountedStatement {
  /** The text of the statement itself. */
  readonly statement: string;
  /** The whole batch; it may hold several statements. */
  readonly batch: string;
  readonly calls: number;
  /** The total of all calls, in milliseconds. */
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** Logical reads of all calls, in pages. */
  readonly reads: number;
  /** The last call, in milliseconds since the epoch. */
  readonly last: number;
  /** Identifies the plan within the source: a plan_id of Query Store, or a plan_handle in hex. */
  readonly planKey: string;
}

/** The URI template (RFC 6570) of the plans of slow statements. */
export const SLOW_PLAN_URI = 'mssql://slow-plans/{source}/{key}';

export function slowPlanUri(source: Source, key: string): string {
  return SLOW_PLAN_URI.replace('{source}', source).replace('{key}', key);
}

/** Removes the parameter declarations of sp_executesql, which SQL Server puts in parentheses before the text. */
export function withoutDeclarations(text: string): string {
  if (!/^\(@/.test(text)) return text;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return text.slice(i + 1);
  }
  return text;
}
