import type { QueryResult } from '../database/driver/result-set.js';
import type { StatementReport } from '../database/statement-report.js';

/** The report of the statement without its text. It contains no values of parameters. */
export type CachedReport = Pick<StatementReport, 'parameterTypes' | 'rows' | 'bytes' | 'truncatedBy' | 'affectedRows'>;

/** A cached answer. */
export interface CacheEntry {
  readonly result: QueryResult;
  readonly report: CachedReport;
  /** When its statement began, in milliseconds. */
  readonly at: number;
  /** The version of the data from before the statement. The answer is valid while the version is the same. */
  readonly version: string;
}

/** Stores answers under names, which are keyed hashes. It may drop any of them at any time. */
export interface CacheStore {
  get(name: string): Promise<CacheEntry | undefined>;
  set(name: string, entry: CacheEntry, ttlSeconds: number): Promise<void>;
}
