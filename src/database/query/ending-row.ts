import type { CellValue, ResultColumn } from '../driver/result-set.js';
import type { ResponseHandler } from '../driver/session-request.js';
import { ENDING } from '../policy/modules/module-call.js';
import type { RunnableText } from '../policy/admitted-statement.js';
import type { RowLimiter } from './row-limiter.js';

/** Returns the handler for the response of a text, which may be the call of a procedure. */
export function handlerOf(module: RunnableText['module'], response: RowLimiter): ResponseHandler {
  return module === 'procedure' ? new EndingRow(response) : response;
}

/**
 * Passes on the response of a procedure, and keeps the row with the return value and the OUTPUT values that our batch
 * returns last. That row is not part of the result, so the limits don't apply to it.
 */
class EndingRow implements ResponseHandler {
  private names: readonly string[] | undefined;

  constructor(private readonly response: RowLimiter) {}

  columns(columns: readonly ResultColumn[]): void {
    this.names = columns[0]?.name === ENDING ? columns.map(({ name }) => name) : undefined;
    if (this.names === undefined) this.response.columns(columns);
  }

  row(row: CellValue[]): void | 'stop' | Promise<void | 'stop'> {
    if (this.names === undefined) return this.response.row(row);
    const [returnValue = null, ...values] = row;
    const output = Object.fromEntries(this.names.slice(1).map((name, i) => [name, values[i] ?? null]));
    this.response.ending = { returnValue, output };
    return undefined;
  }

  /** An assignment counts rows too; only changes are the effect of a procedure. */
  done(rows: number | undefined, changes: boolean): void | Promise<void> {
    if (this.names === undefined) return this.response.done(changes ? rows : undefined, changes);
    this.names = undefined;
    return undefined;
  }

  message(text: string, number: number): void {
    this.response.message(text, number);
  }
}
