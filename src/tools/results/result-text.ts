import type { ResultFormat } from '../../config/tenants/tenant.config.js';
import type { CellValue, QueryResult, ResultColumn, ResultSet } from '../../database/driver/result-set.js';
import { ToolOutput } from '../tool.js';
import { rowFormat } from './result-format.js';
import type { ResultFacts, RowFormat } from './row-format.js';
import type { DefinitionOutput, ResultSetOutput, ResultSetsOutput } from './result-schemas.js';

/** The fields of an output apart from its result sets. */
export interface ResultExtras {
  /** Where the answer comes from. */
  readonly definition?: DefinitionOutput | readonly DefinitionOutput[] | undefined;
  readonly sql?: string | undefined;
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly cached_at?: string | undefined;
  readonly max_age?: number | undefined;
  readonly next_cursor?: string | undefined;
  readonly note?: string | undefined;
  readonly affected_rows?: number | undefined;
  readonly per_statement?: readonly number[] | undefined;
  readonly output?: Readonly<Record<string, CellValue>> | undefined;
  readonly return_value?: number | undefined;
}

interface FormattedSet {
  readonly format: RowFormat;
  readonly rows: string[];
}

/** The longest facts that are possible, because the size of the text is needed before the facts are known. */
const LONGEST_FACTS: ResultFacts = {
  row_count: 10_000_000,
  truncated: true,
  truncated_by: 'bytes',
  next_cursor: '-'.repeat(50),
  note: '-'.repeat(120),
  untrusted: true,
  cut_cells: 10_000_000,
};

/**
 * Writes rows in the chosen format while they are read, so that the byte limit applies to the text that the caller gets
 * and each row is written once.
 */
export class ResultText {
  private readonly sets = new Map<readonly ResultColumn[], FormattedSet>();

  /** `extraBytes` is the length of extras that are longer than usual. */
  constructor(
    private readonly format: ResultFormat,
    private readonly extraBytes = 0,
  ) {}

  /** Returns the bytes of a row, for `ReadOptions.measureRow`. The first row includes the text around the rows. */
  readonly measureRow = (row: readonly CellValue[], columns: readonly ResultColumn[]): number => {
    const set = this.setOf(columns);
    const text = set.format.row(row);
    const frame =
      set.rows.length === 0 ? Buffer.byteLength(set.format.document([], LONGEST_FACTS)) + this.extraBytes : 0;
    set.rows.push(text);
    return frame + Buffer.byteLength(text) + 1;
  };

  /** Writes the rows of a result that was not measured by this object while it arrived. */
  write({ resultSets }: QueryResult): void {
    for (const { rows, columns } of resultSets) for (const row of rows) this.measureRow(row, columns);
  }

  /** The output as data and as text. */
  output(result: QueryResult, extras: ResultExtras = {}): ToolOutput<ResultSetOutput | ResultSetsOutput> {
    const [first] = result.resultSets;
    if (first !== undefined && result.resultSets.length === 1) return this.single(first, result, extras);
    return this.several(result, extras);
  }

  private single(set: ResultSet, result: QueryResult, extras: ResultExtras): ToolOutput<ResultSetOutput> {
    const facts = { ...factsOf(set, result), ...present(extras), ...aboutOf(result) };
    const structured = { columns: plainColumns(set), rows: set.rows, ...facts } as ResultSetOutput;
    return new ToolOutput(structured, this.document(set, facts), this.format === 'compact');
  }

  private several(result: QueryResult, extras: ResultExtras): ToolOutput<ResultSetsOutput> {
    const about = { ...aboutOf(result), ...present(extras) };
    const structured = {
      result_sets: result.resultSets.map(set => ({
        columns: plainColumns(set),
        rows: set.rows,
        ...factsOf(set, result),
      })),
      ...about,
    } as unknown as ResultSetsOutput;
    const documents = result.resultSets.map(set => this.document(set, factsOf(set, result)));
    const json = this.format === 'compact' || this.format === 'objects';
    const text = json
      ? `{"result_sets":[${documents.join(',')}],${JSON.stringify(about).slice(1)}`
      : [
          ...documents,
          ...factLines({ ...extras, ...(result.messages.length === 0 ? {} : { messages: result.messages }) }),
        ].join('\n\n');
    return new ToolOutput(structured, text, this.format === 'compact');
  }

  private document(set: ResultSet, facts: ResultFacts): string {
    const { format, rows } = this.setOf(set.columns);
    // The last text may belong to a row that exceeded the limit.
    return format.document(rows.length > set.rows.length ? rows.slice(0, set.rows.length) : rows, facts);
  }

  private setOf(columns: readonly ResultColumn[]): FormattedSet {
    let set = this.sets.get(columns);
    if (set === undefined) {
      set = { format: rowFormat(this.format, columns), rows: [] };
      this.sets.set(columns, set);
    }
    return set;
  }
}

function plainColumns(set: ResultSet): readonly ResultColumn[] {
  return set.columns.map(({ name, type }) => ({ name, type }));
}

function factsOf(set: ResultSet, { cutCells }: QueryResult): ResultFacts {
  const reason = set.truncatedBy ?? (cutCells > 0 ? 'cells' : undefined);
  return {
    row_count: set.rows.length,
    truncated: reason !== undefined,
    ...(reason === undefined ? {} : { truncated_by: reason }),
  };
}

function aboutOf(result: QueryResult): object {
  return {
    untrusted: true,
    ...(result.cutCells === 0 ? {} : { cut_cells: result.cutCells }),
    ...(result.messages.length === 0 ? {} : { messages: result.messages }),
  };
}

function factLines(facts: object): readonly string[] {
  return Object.entries(present(facts)).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
}

function present(extras: object): object {
  return Object.fromEntries(Object.entries(extras).filter(([, value]) => value !== undefined));
}
