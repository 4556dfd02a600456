import { AppError } from '../common/app-error.js';
import type { CallContext } from '../database/call-context.js';
import type { CellValue, ResultColumn } from '../database/driver/result-set.js';
import type { CellLimit } from '../database/driver/values/cut-text.js';
import type { QueryService } from '../database/query/query.service.js';
import type { RowConsumer } from '../database/query/stream-sink.js';
import type { QueryOrder } from './export-order.js';
import type { FileOutput } from './file-output.js';
import { CELL_LIMIT, cellTooLong, type ExportedFile, fileLimitsOf, type FileRun, tooManyRows } from './file-run.js';
import { ProtectedColumns } from './protected-columns.js';
import type { FileWriter } from './writers/file-writer.js';
import { makeWriter } from './writers/make-writer.js';

/**
 * Runs one statement and writes its result into an output while it arrives. Throws the errors of the statement, of the
 * format and of the output; what was written by then is not a whole file. The caller ends or destroys the output's stream.
 */
export class ExportRun implements FileRun, RowConsumer {
  rows = 0;
  private readonly columnsAllowed: ProtectedColumns;
  private readonly writer: FileWriter;
  private readonly cells: CellLimit = { ...CELL_LIMIT };
  private kept: readonly number[] | undefined;
  private hasColumns = false;

  constructor(
    private readonly order: QueryOrder,
    private readonly call: CallContext,
    readonly output: FileOutput,
  ) {
    const { tenant, principal } = call;
    const { statement, format, definition } = order;
    this.columnsAllowed = new ProtectedColumns(tenant.config.protectedColumns, statement);
    const facts = {
      statement,
      person: principal.subject,
      tenant: tenant.name,
      database: tenant.config.database.database,
      at: new Date(),
      definition,
    };
    this.writer = makeWriter(format, output, facts, order);
  }

  /** Resolves when the output has the last byte. */
  async run(queries: QueryService): Promise<ExportedFile> {
    const { statement, parameters } = this.order;
    const file = fileLimitsOf(this.call.tenant, this.cells);
    const { truncatedBy } = await queries.stream(statement, this.call, this, { parameters, file });
    if (truncatedBy !== undefined) throw tooManyRows(file.maxRows);
    if (!this.hasColumns) throw unsuitable('The statement returned no result set.');
    await this.writer.finish();
    return { ...(await this.output.end()), rows: this.rows };
  }

  columns(columns: readonly ResultColumn[]): void {
    if (this.hasColumns) throw unsuitable('The statement returned several result sets, and a file holds one.');
    if (columns[0]?.document === true) {
      throw unsuitable('FOR JSON and FOR XML make one document of all rows; leave them out, and choose a format.');
    }
    this.hasColumns = true;
    this.kept = this.columnsAllowed.allowed(columns);
    this.writer.begin(pick(columns, this.kept));
  }

  row(row: readonly CellValue[]): number | Promise<number> {
    if (this.cells.cutCells > 0) throw cellTooLong();
    this.rows++;
    const paused = this.writer.row(pick(row, this.kept));
    // The bytes of the file are counted by its output.
    return paused === undefined ? 0 : paused.then(() => 0);
  }
}

function pick<T>(items: readonly T[], kept: readonly number[] | undefined): readonly T[] {
  return kept === undefined ? items : kept.map(index => items[index] as T);
}

function unsuitable(message: string): AppError {
  return new AppError('INVALID_ARGUMENT', message, { hint: 'Export one SELECT.' });
}
