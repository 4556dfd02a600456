import { nowTicks } from './clock.ts';
import type { StoredQuery } from './table.ts';

/** Older queries are forgotten. */
const MAX_QUERIES = 1_000;

/** The queries that ran in one database, while ALTER DATABASE … SET QUERY_STORE = ON holds. */
export class QueryStore {
  enabled = false;
  private readonly byText = new Map<string, StoredQuery>();
  private lastId = 0;

  get queries(): Iterable<StoredQuery> {
    return this.byText.values();
  }

  record(text: string): void {
    const now = nowTicks();
    const known = this.byText.get(text);
    const id = known?.id ?? ++this.lastId;
    this.byText.delete(text);
    this.byText.set(text, {
      id,
      text,
      executions: (known?.executions ?? 0) + 1,
      first: known?.first ?? now,
      last: now,
    });
    const [oldest] = this.byText.keys();
    if (this.byText.size > MAX_QUERIES && oldest !== undefined) this.byText.delete(oldest);
  }

  clear(): void {
    this.byText.clear();
  }
}
