import { AppError } from '../../common/app-error.js';
import type { CallContext } from '../../database/call-context.js';
import type { CellValue, ResultColumn } from '../../database/driver/result-set.js';
import type { CellLimit } from '../../database/driver/values/cut-text.js';
import type { FileLimits, QueryService } from '../../database/query/query.service.js';
import type { RowConsumer } from '../../database/query/stream-sink.js';
import type { SubjectOrder, SubjectPart } from '../export-order.js';
import { CELL_LIMIT, cellTooLong, fileLimitsOf, tooManyRows } from '../file-run.js';
import { ProtectedColumns } from '../protected-columns.js';

/** Takes the categories one after the other. */
export interface SubjectSink {
  /** `leftOut`: the columns that are not handed out. */
  begin(part: SubjectPart, columns: readonly ResultColumn[], leftOut: readonly string[]): void;
  /** A promise pauses the statements. */
  row(row: readonly CellValue[]): void | Promise<void>;
}

/**
 * Reads all that belongs to a person, in one batch and one transaction. It is complete or throws: RESULT_TOO_LARGE for more
 * than EXPORT_MAX_ROWS rows, INVALID_ARGUMENT for a statement without one result set, and the errors of QueryService.
 */
export class SubjectReader implements RowConsumer {
  rows = 0;
  private readonly cells: CellLimit = { ...CELL_LIMIT };
  private readonly rules: readonly (ProtectedColumns | undefined)[];
  private next = 0;
  private kept: readonly number[] = [];

  constructor(
    private readonly order: SubjectOrder,
    private readonly call: CallContext,
    private readonly sink: SubjectSink,
  ) {
    const { protectedColumns } = call.tenant.config;
    this.rules = order.dataSubject.parts.map(({ isQuery, statement }) =>
      isQuery ? new ProtectedColumns(protectedColumns, statement) : undefined,
    );
  }

  /** Reads for an answer, in the time of a call. Returns whether all categories are of one moment. */
  readForAnswer(queries: QueryService): Promise<{ readonly snapshot: boolean }> {
    const { maxRows, cells } = fileLimitsOf(this.call.tenant, this.cells);
    return this.read(queries, { maxRows, timeoutMs: this.call.tenant.config.limits.queryTimeoutMs, cells });
  }

  readForFile(queries: QueryService): Promise<{ readonly snapshot: boolean }> {
    return this.read(queries, fileLimitsOf(this.call.tenant, this.cells));
  }

  private async read(queries: QueryService, file: FileLimits): Promise<{ readonly snapshot: boolean }> {
    const { parameters, dataSubject } = this.order;
    const statements = dataSubject.parts.map(({ statement }) => statement);
    const { snapshot, truncatedBy } = await queries.streamTogether(statements, this.call, this, { parameters, file });
    if (truncatedBy !== undefined) throw tooManyRows(file.maxRows);
    if (this.next !== dataSubject.parts.length) throw notOneEach();
    if (this.cells.cutCells > 0) throw cellTooLong();
    return { snapshot };
  }

  columns(columns: readonly ResultColumn[]): void {
    const part = this.order.dataSubject.parts[this.next];
    if (part === undefined || columns[0]?.document === true) throw notOneEach();
    const allowed = this.rules[this.next]?.allowed(columns);
    const leaveOut = new Set(part.leftOut.map(name => name.toLowerCase()));
    const missing = part.isQuery ? missingIn(columns, leaveOut) : undefined;
    if (missing !== undefined) throw notReturned(missing);
    const isKept = ({ name }: ResultColumn, i: number): boolean =>
      allowed?.includes(i) !== false && !leaveOut.has(name.toLowerCase());
    this.kept = columns.flatMap((column, i) => (isKept(column, i) ? [i] : []));
    const dropped = columns.filter((_column, i) => !this.kept.includes(i)).map(({ name }) => name);
    this.next++;
    this.sink.begin(part, pick(columns, this.kept), [...new Set([...part.leftOut, ...dropped])]);
  }

  row(row: readonly CellValue[]): number | Promise<number> {
    if (this.cells.cutCells > 0) throw cellTooLong();
    this.rows++;
    const paused = this.sink.row(pick(row, this.kept));
    return paused === undefined ? 0 : paused.then(() => 0);
  }
}

function pick<T>(items: readonly T[], kept: readonly number[]): readonly T[] {
  return kept.map(index => items[index] as T);
}

/** A misspelled name must not hand out the column that was meant. */
function missingIn(columns: readonly ResultColumn[], leaveOut: ReadonlySet<string>): string | undefined {
  const returned = new Set(columns.map(({ name }) => name.toLowerCase()));
  return [...leaveOut].find(name => !returned.has(name));
}

function notReturned(name: string): AppError {
  return new AppError(
    'INVALID_ARGUMENT',
    `The query of a category does not return ${JSON.stringify(name)}, which it is to leave out.`,
    { hint: 'An administrator must correct leave_out or the query in the knowledge file.' },
  );
}

function notOneEach(): AppError {
  return new AppError('INVALID_ARGUMENT', 'A category of the subject does not return one result set.', {
    hint: 'An administrator must correct it in the knowledge file: each category is one SELECT.',
  });
}
