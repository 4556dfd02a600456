import { AppError } from '../../common/app-error.js';
import type { CellValue, ResultColumn } from '../driver/result-set.js';
import type { RowSink } from './row-limiter.js';

/** Receives rows as they arrive. The columns of a result set come before its rows. */
export interface RowConsumer {
  columns(columns: readonly ResultColumn[]): void;
  /** Returns the size of the row in bytes. A promise pauses the stream until it resolves. */
  row(row: readonly CellValue[]): number | Promise<number>;
}

/** Carries what a consumer threw past the translation of database errors: its code may be one of theirs (ECONNRESET). */
export class ConsumerFailure extends Error {
  constructor(readonly thrown: unknown) {
    super('The consumer of the rows failed.', { cause: thrown });
  }

  /** What the report of the statement says. */
  get reported(): AppError {
    return this.thrown instanceof AppError
      ? this.thrown
      : new AppError('INTERNAL', this.message, { cause: this.thrown });
  }
}

/** Passes the rows on to a consumer. */
export class StreamSink implements RowSink {
  constructor(private readonly consumer: RowConsumer) {}

  columns(columns: readonly ResultColumn[]): void {
    try {
      this.consumer.columns(columns);
    } catch (error) {
      throw new ConsumerFailure(error);
    }
  }

  row(row: readonly CellValue[], bytesLeft: number): number | undefined | Promise<number | undefined> {
    if (bytesLeft <= 0) return undefined;
    let bytes: number | Promise<number>;
    try {
      bytes = this.consumer.row(row);
    } catch (error) {
      throw new ConsumerFailure(error);
    }
    return typeof bytes === 'number' ? bytes : bytes.catch(fail);
  }
}

function fail(error: unknown): never {
  throw new ConsumerFailure(error);
}
