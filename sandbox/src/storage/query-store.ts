import { nowTicks } from './clock.ts';
import type { StoredQuery } from './table.ts';

/** Older queries are forgotten. */
const MAX_QUERIES = 1_000;
/** Characters; longer texts are not remembered. */
const MAX_TEXT = 20_000;

/** One run of a query. */
export interface QueryRun {
  /** The batch, and before it the declarations of sp_executesql in parentheses. */
  readonly text: string;
  /** Where the statement stands in `text`. */
  readonly start: number;
  readonly end: number;
  /** Microseconds. */
  readonly duration: number;
  readonly rows: number;
  /** Its plan as XML, which is made for the first run only. */
  plan(): string;
}

/** The queries that ran in one database: those of Query Store, or those of the plan cache. */
export class QueryStore {
  enabled: boolean;
  private readonly byText = new Map<string, StoredQuery>();
  private lastId = 0;

  constructor(enabled = false) {
    this.enabled = enabled;
  }

  get queries(): Iterable<StoredQuery> {
    return this.byText.values();
  }

  record(key: string, { text, start, end, duration, rows, plan }: QueryRun): void {
    if (text.length > MAX_TEXT) return;
    const now = nowTicks();
    const known = this.byText.get(key);
    this.byText.delete(key);
    this.byText.set(key, {
      id: known?.id ?? ++this.lastId,
      text,
      start,
      end,
      executions: (known?.executions ?? 0) + 1,
      duration: (known?.duration ?? 0) + duration,
      longest: Math.max(known?.longest ?? 0, duration),
      rows: (known?.rows ?? 0) + rows,
      first: known?.first ?? now,
      last: now,
      plan: known?.plan ?? plan(),
    });
    const [oldest] = this.byText.keys();
    if (this.byText.size > MAX_QUERIES && oldest !== undefined) this.byText.delete(oldest);
  }

  clear(): void {
    this.byText.clear();
  }
}
