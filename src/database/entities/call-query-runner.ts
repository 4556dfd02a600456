import { type DataSource, QueryResult } from 'typeorm';
import type { SqlServerDriver } from 'typeorm/driver/sqlserver/SqlServerDriver.js';
import { SqlServerQueryRunner } from 'typeorm/driver/sqlserver/SqlServerQueryRunner.js';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';
import { AppError } from '../../common/app-error.js';
import type { CallScope } from './call-scope.js';
import type { CallTransaction } from './call-transaction.js';
import type { EntityStatements } from './entity-statements.js';

const MAX_WAITING = 1_000;

/**
 * Runs what TypeORM asks for as statements of a call, one after another. Only a transaction holds a session between
 * statements. TypeORM makes one runner for each operation of a manager, and one for each transaction.
 */
export class CallQueryRunner extends SqlServerQueryRunner {
  private transaction: CallTransaction | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    source: DataSource,
    private readonly scope: CallScope,
    private readonly statements: EntityStatements,
  ) {
    super(source.driver as SqlServerDriver, 'master');
    this.dataSource = source;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the type of TypeORM's method
  override async query(query: string, parameters?: unknown, useStructuredResult = false): Promise<any> {
    if (parameters !== undefined && !Array.isArray(parameters)) throw namedParameters();
    const { sets, affectedRows } = await this.inTurn(() =>
      this.statements.run(query, (parameters as unknown[] | undefined) ?? [], this.scope.call, this.transaction),
    );
    const [records] = sets;
    const [affected] = affectedRows;
    // The shapes in which TypeORM's own runner returns the first result set and the first count.
    const raw = query.startsWith('DELETE ') ? [records, affected] : records;
    return useStructuredResult ? Object.assign(new QueryResult(), { records: records ?? [], affected, raw }) : raw;
  }

  override stream(): Promise<never> {
    return Promise.reject(
      new AppError('INTERNAL', 'Entities cannot be streamed.', {
        hint: 'Use `take` and a condition on the key, or QueryService.stream with a statement.',
      }),
    );
  }

  /** A transaction within a transaction is a part of it: there are no savepoints. */
  override startTransaction(isolation?: IsolationLevel): Promise<void> {
    try {
      this.scope.assertLive();
      if (this.transactionDepth === 0) this.begin(isolation);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    this.transactionDepth++;
    this.isTransactionActive = true;
    return Promise.resolve();
  }

  override async commitTransaction(): Promise<void> {
    const transaction = this.current();
    if (this.transactionDepth > 1) this.transactionDepth--;
    else await this.inTurn(() => this.leave(transaction, () => transaction.commit()));
  }

  override async rollbackTransaction(): Promise<void> {
    const transaction = this.current();
    transaction.fail();
    if (this.transactionDepth > 1) this.transactionDepth--;
    else await this.leave(transaction, () => transaction.rollback());
  }

  /** The session was returned already, unless a transaction is open. Lazy relations use a runner after its release. */
  override async release(): Promise<void> {
    if (!this.isTransactionActive) return;
    this.transactionDepth = 1;
    await this.rollbackTransaction();
  }

  private begin(isolation: IsolationLevel | undefined): void {
    if (isolation !== undefined && !this.driver.supportedIsolationLevels.includes(isolation))
      throw new AppError('INTERNAL', `SQL Server has no isolation level ${JSON.stringify(isolation)}.`);
    const setting = isolation === undefined ? '' : `SET TRANSACTION ISOLATION LEVEL ${isolation};\n`;
    this.transaction = this.statements.transaction(this.scope.call, setting);
    this.scope.begun(this.transaction);
  }

  private current(): CallTransaction {
    if (this.transaction !== undefined && this.isTransactionActive) return this.transaction;
    throw new AppError('INTERNAL', 'No transaction has begun on this query runner.');
  }

  private async leave(transaction: CallTransaction, end: () => Promise<void>): Promise<void> {
    try {
      await end();
    } finally {
      // It stays the runner's: a statement that comes too late is refused, and not committed on its own.
      this.scope.ended(transaction);
      this.transactionDepth = 0;
      this.isTransactionActive = false;
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.scope.assertLive();
    if (this.waiting >= MAX_WAITING)
      throw new AppError('INTERNAL', `More than ${MAX_WAITING} statements wait for one query runner.`);
    this.waiting++;
    const turn = this.last.then(work);
    this.last = turn.catch(() => {});
    try {
      return await this.scope.track(turn);
    } finally {
      this.waiting--;
    }
  }
}

function namedParameters(): AppError {
  return new AppError('INTERNAL', 'The parameters of a query must be a list, for @0, @1 and so on.');
}
