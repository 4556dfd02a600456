export const ORDERS = ['time', 'average_time', 'cpu', 'reads', 'calls'] as const;
export type Order = (typeof ORDERS)[number];

/** Where the figures come from: Query Store keeps them for weeks, the plan cache until it forgets a plan. */
export type Source = 'query_store' | 'plan_cache';

/** A statement as the database counted it. Its text holds values. */
export interface CountedStatement {
  /** The text of the statement itself. */
  readonly statement: string;
  /** The whole batch; it may hold several statements. */
  readonly batch: string;
  readonly calls: number;
  /** Of all calls together, in milliseconds. */
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** Pages. */
  readonly reads: number;
  /** Milliseconds since the epoch. */
  readonly last: number;
  /** Names the plan within the source. */
  readonly planKey: string;
}

/** RFC 6570; the resource template of the plans of slow statements. */
export const SLOW_PLAN_URI = 'mssql://slow-plans/{source}/{key}';

export function slowPlanUri(source: Source, key: string): string {
  return SLOW_PLAN_URI.replace('{source}', source).replace('{key}', key);
}

/** SQL Server puts the declarations of sp_executesql's parameters in parentheses before the text. */
export function withoutDeclarations(text: string): string {
  if (!/^\(@/.test(text)) return text;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return text.slice(i + 1);
  }
  return text;
}
