import type { QueryResult } from '../database/driver/result-set.js';
import type { StatementReport } from '../database/statement-report.js';

/** What is known of an answer besides its rows. It holds no values of parameters. */
export type CachedReport = Pick<StatementReport, 'parameterTypes' | 'rows' | 'bytes' | 'truncatedBy' | 'affectedRows'>;

/** An answer that was kept. */
export interface CacheEntry {
  readonly result: QueryResult;
  readonly report: CachedReport;
  /** When its statement began, in milliseconds. */
  readonly at: number;
  /** What the answer depends on, as it was then: it holds only while that is the same. */
  readonly version: string;
}

/** Keeps answers by names, which are keyed hashes. It may forget any of them at any time. */
export interface CacheStore {
  get(name: string): Promise<CacheEntry | undefined>;
  set(name: string, entry: CacheEntry, ttlSeconds: number): Promise<void>;
}
