import type { ResultSink } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import { Transaction } from '../storage/transaction.ts';

/** The open transaction of a session: nesting (@@TRANCOUNT), whether it is doomed, and what the client hears of it. */
export class TransactionState {
  readonly #spid: number;
  #current: Transaction | undefined;
  #name = '';
  #count = 0;
  #doomed = false;

  constructor(spid: number) {
    this.#spid = spid;
  }

  /** @@TRANCOUNT. */
  get count(): number {
    return this.#count;
  }
  /** The transaction that BEGIN TRANSACTION opened, if one is open. */
  get current(): Transaction | undefined {
    return this.#current;
  }
  /** XACT_STATE() = -1: it can only be rolled back. */
  get doomed(): boolean {
    return this.#doomed;
  }

  doom(): void {
    if (this.#current) this.#doomed = true;
  }

  begin(name: string, sink: ResultSink | undefined): void {
    if (this.#doomed) throw doomedError();
    this.#count++;
    if (this.#current) return;
    this.#current = new Transaction(this.#spid);
    this.#name = name;
    sink?.environment({ type: 'begin', transaction: this.#current.id });
  }

  commit(sink: ResultSink | undefined): void {
    if (!this.#current) {
      throw new SqlError(3902, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    if (this.#doomed) throw doomedError();
    if (--this.#count > 0) return;
    const transaction = this.#end();
    transaction.commit();
    sink?.environment({ type: 'commit', transaction: transaction.id });
  }

  /** ROLLBACK, or ROLLBACK to a savepoint. */
  rollback(name: string, sink: ResultSink | undefined): void {
    if (!this.#current) {
      throw new SqlError(3903, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    if (name !== '' && name.toLowerCase() !== this.#name.toLowerCase()) {
      if (this.#doomed) {
        throw new SqlError(
          3931,
          'The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.',
        );
      }
      if (this.#current.rollbackToSavepoint(name)) return;
      throw new SqlError(6401, `Cannot roll back ${name}. No transaction or savepoint of that name was found.`);
    }
    this.rollbackAll(sink);
  }

  rollbackAll(sink: ResultSink | undefined): void {
    if (!this.#current) return;
    const transaction = this.#end();
    transaction.rollback();
    sink?.environment({ type: 'rollback', transaction: transaction.id });
  }

  save(name: string): void {
    if (!this.#current) {
      throw new SqlError(628, 'Cannot issue SAVE TRANSACTION when there is no active transaction.');
    }
    if (this.#doomed) throw doomedError();
    this.#current.save(name);
  }

  #end(): Transaction {
    const transaction = this.#current!;
    this.#current = undefined;
    this.#name = '';
    this.#count = 0;
    this.#doomed = false;
    return transaction;
  }
}

export const doomedError = (): SqlError =>
  new SqlError(
    3930,
    'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.',
  );
