import type { ResultColumn, ResultSink } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import type { Value } from '../engine/sql-type.ts';

const READY = { ready: (): boolean => true };

/** The sink of functions, which send nothing: SQL Server refuses such statements at CREATE. */
export const NO_RESULTS: ResultSink = {
  columns: () => {
    throw new SqlError(444, 'Select statements included within a function cannot return data to a client.', 16, 2);
  },
  row: () => false,
  drained: READY,
  done: () => undefined,
  info: () => undefined,
  error: () => undefined,
  environment: () => undefined,
};

/** INSERT … EXEC: rows go to the table, messages to the client. */
export class CapturingSink implements ResultSink {
  private readonly outer: ResultSink;
  /** @@TRANCOUNT when it began: these transactions may not be ended inside. */
  readonly transactions: number;
  readonly sets: { readonly columns: readonly ResultColumn[]; readonly rows: (readonly Value[])[] }[] = [];
  readonly drained = READY;

  constructor(outer: ResultSink, transactions: number) {
    this.outer = outer;
    this.transactions = transactions;
  }

  columns(columns: readonly ResultColumn[]): void {
    this.sets.push({ columns, rows: [] });
  }
  row(values: readonly Value[]): boolean {
    this.sets[this.sets.length - 1]!.rows.push(values);
    return false;
  }
  done(): void {
    // The statements inside report no counts of their own.
  }
  info(message: Parameters<ResultSink['info']>[0]): void {
    this.outer.info(message);
  }
  error(message: Parameters<ResultSink['error']>[0]): void {
    this.outer.error(message);
  }
  environment(change: Parameters<ResultSink['environment']>[0]): void {
    this.outer.environment(change);
  }
}
