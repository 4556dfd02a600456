import { distinctNames } from '../../common/distinct-names.js';
import type { CallContext } from '../../database/call-context.js';
import type { CellValue, ResultColumn } from '../../database/driver/result-set.js';
import type { QueryService } from '../../database/query/query.service.js';
import type { SubjectOrder, SubjectPart } from '../export-order.js';
import type { FileOutput } from '../file-output.js';
import type { ExportedFile, FileRun } from '../file-run.js';
import { TextChunks } from '../writers/text-chunks.js';
import { SubjectReader, type SubjectSink } from './subject-reader.js';

/**
 * Writes all that belongs to a person as one JSON document, a row a line. Values are those of docs/results.md. The document
 * ends with `"complete":true`, so that nobody takes a part of it for the whole.
 */
export class SubjectRun implements FileRun, SubjectSink {
  private readonly chunks: TextChunks;
  private readonly reader: SubjectReader;
  private keys: readonly string[] = [];
  private rowCount = 0;
  private isOpen = false;
  /** What belongs before the next row. */
  private pending = '';

  constructor(
    private readonly order: SubjectOrder,
    private readonly call: CallContext,
    readonly output: FileOutput,
  ) {
    this.chunks = new TextChunks(output);
    this.reader = new SubjectReader(order, call, this);
  }

  get rows(): number {
    return this.reader.rows;
  }

  async run(queries: QueryService): Promise<ExportedFile> {
    const { dataSubject } = this.order;
    const { tenant, principal } = this.call;
    const head = {
      subject: dataSubject.name,
      id: dataSubject.id,
      requested_at: dataSubject.requestedAt,
      requested_by: principal.subject,
      read_at: new Date().toISOString(),
      tenant: tenant.name,
      database: tenant.config.database.database,
      retention_policy: dataSubject.retention,
    };
    // Nothing is written before the first row: until then an error is an answer of its own, and not half a file.
    this.pending = `${JSON.stringify(head).slice(0, -1)},"categories":{`;
    const { snapshot } = await this.reader.readForFile(queries);
    const end = `${this.endOfCategory()}},"consistency":"${consistencyOf(snapshot)}","complete":true}\n`;
    await this.chunks.add(this.taken() + end);
    await this.chunks.flush();
    return { ...(await this.output.end()), rows: this.rows };
  }

  begin({ category, retention }: SubjectPart, columns: readonly ResultColumn[], leftOut: readonly string[]): void {
    const facts = {
      ...(retention === undefined ? {} : { retention }),
      ...(leftOut.length === 0 ? {} : { left_out: leftOut }),
      columns: columns.map(({ name, type }) => ({ name, type })),
    };
    this.keys = distinctNames(columns.map(({ name }) => name)).map(name => `${JSON.stringify(name)}:`);
    const separator = this.isOpen ? `${this.endOfCategory()},` : '';
    this.pending += `${separator}\n${JSON.stringify(category)}:${JSON.stringify(facts).slice(0, -1)},"rows":[`;
    this.isOpen = true;
    this.rowCount = 0;
  }

  row(row: readonly CellValue[]): void | Promise<void> {
    const cells = row.map((value, i) => `${this.keys[i]}${JSON.stringify(value)}`).join(',');
    const separator = this.rowCount++ === 0 ? '' : ',';
    return this.chunks.add(`${this.taken()}${separator}\n{${cells}}`);
  }

  private taken(): string {
    const text = this.pending;
    this.pending = '';
    return text;
  }

  private endOfCategory(): string {
    return this.isOpen ? `],"row_count":${this.rowCount}}` : '';
  }
}

/** `snapshot`: all categories show the same moment; `per_category`: each shows the moment at which it was read. */
export function consistencyOf(snapshot: boolean): 'snapshot' | 'per_category' {
  return snapshot ? 'snapshot' : 'per_category';
}
