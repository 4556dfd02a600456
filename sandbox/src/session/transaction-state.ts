import type { ResultSink } from '../engine/contracts.ts';
import { SqlError } from '../engine/sql-error.ts';
import { Transaction } from '../storage/transaction.ts';

/** The open transaction of a session: nesting (@@TRANCOUNT), whether it is doomed, and the reports to the client. */
export class TransactionState {
  private readonly spid: number;
  private transaction: Transaction | undefined;
  private name = '';
  private nesting = 0;
  private mustRollBack = false;

  constructor(spid: number) {
    this.spid = spid;
  }

  /** @@TRANCOUNT. */
  get count(): number {
    return this.nesting;
  }
  /** The transaction that BEGIN TRANSACTION opened, if one is open. */
  get current(): Transaction | undefined {
    return this.transaction;
  }
  /** XACT_STATE() = -1: it can only be rolled back. */
  get doomed(): boolean {
    return this.mustRollBack;
  }

  doom(): void {
    if (this.transaction) this.mustRollBack = true;
  }

  begin(name: string, sink: ResultSink | undefined): void {
    if (this.mustRollBack) throw doomedError();
    this.nesting++;
    if (this.transaction) return;
    this.transaction = new Transaction(this.spid);
    this.name = name;
    sink?.environment({ type: 'begin', transaction: this.transaction.id });
  }

  commit(sink: ResultSink | undefined): void {
    if (!this.transaction) {
      throw new SqlError(3902, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    if (this.mustRollBack) throw doomedError();
    if (--this.nesting > 0) return;
    const transaction = this.end();
    transaction.commit();
    sink?.environment({ type: 'commit', transaction: transaction.id });
  }

  /** ROLLBACK, or ROLLBACK to a savepoint. */
  rollback(name: string, sink: ResultSink | undefined): void {
    if (!this.transaction) {
      throw new SqlError(3903, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    if (name !== '' && name.toLowerCase() !== this.name.toLowerCase()) {
      if (this.mustRollBack) {
        throw new SqlError(
          3931,
          'The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.',
        );
      }
      if (this.transaction.rollbackToSavepoint(name)) return;
      throw new SqlError(6401, `Cannot roll back ${name}. No transaction or savepoint of that name was found.`);
    }
    this.rollbackAll(sink);
  }

  rollbackAll(sink: ResultSink | undefined): void {
    if (!this.transaction) return;
    const transaction = this.end();
    transaction.rollback();
    sink?.environment({ type: 'rollback', transaction: transaction.id });
  }

  save(name: string): void {
    if (!this.transaction) {
      throw new SqlError(628, 'Cannot issue SAVE TRANSACTION when there is no active transaction.');
    }
    if (this.mustRollBack) throw doomedError();
    this.transaction.save(name);
  }

  private end(): Transaction {
    const transaction = this.transaction!;
    this.transaction = undefined;
    this.name = '';
    this.nesting = 0;
    this.mustRollBack = false;
    return transaction;
  }
}

export const doomedError = (): SqlError =>
  new SqlError(
    3930,
    'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.',
  );
